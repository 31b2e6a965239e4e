"""Sheets of photographs, each above what several ways of drawing make of it, and of ToonWorld's held-out people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.contract import Drawing
from toonkit.images.listing import contact_sheet
from toonkit.world import ToonWorld


def evenly(paths: Sequence[Path], count: int) -> list[Path]:
    """`count` of the paths, evenly spread, the first of them first; all where there are fewer."""
    return [paths[number * len(paths) // count] for number in range(count)] if count < len(paths) else list(paths)


@torch.no_grad()
def drawn_beside(photos: Sequence[Tensor], ways: Sequence[Drawing], columns: int, side: int) -> Tensor:
    """Square photographs (3, H, H) in rows of `columns`, below each row what every way draws, shown at `side` pixels.

    Returns a contact sheet (3, h, w).
    """
    drawn = [torch.stack(list(photos)), *(torch.cat([way(photo[None]) for photo in photos]) for way in ways)]
    shown = [F.interpolate(row, (side, side), mode="bilinear", antialias=True).clamp(-1, 1) for row in drawn]
    return in_blocks(shown, columns)


def in_blocks(rows: Sequence[Tensor], columns: int) -> Tensor:
    """Rows of pictures (N, 3, H, W) that belong together, cut into blocks of `columns`, one block below the other.

    N is a multiple of `columns`: pictures of a shorter last block would not stand one below the other. Returns a
    contact sheet (3, h, w).
    """
    blocks = zip(*(row.split(columns) for row in rows), strict=True)
    return contact_sheet(torch.cat([part for block in blocks for part in block]), columns)


def enlarged(sheet: Tensor) -> Tensor:
    """A picture (3, H, W) at twice its size, pixels kept sharp."""
    return sheet.repeat_interleave(2, 1).repeat_interleave(2, 2)


def drawn_people(ways: Mapping[str, Drawing], size: int = 64) -> dict[str, Tensor]:
    """Rows (8, 3, size, size): photographs of held-out people, what each way draws of them, their true cartoons."""
    pairs = ToonWorld("faces", "test", size).batch(range(8))
    drawn = {name: way(pairs["photo"]) for name, way in ways.items()}
    return {"photograph": pairs["photo"], **drawn, "true cartoon": pairs["toon"]}
