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
    rows = []
    for start in range(0, len(photos), columns):
        part = photos[start : start + columns]
        rows += [torch.stack(list(part)), *(torch.cat([way(photo[None]) for photo in part]) for way in ways)]
    shown = [F.interpolate(row, (side, side), mode="bilinear", antialias=True).clamp(-1, 1) for row in rows]
    return contact_sheet(torch.cat(shown), columns)


def drawn_people(ways: Mapping[str, Drawing], size: int = 64) -> dict[str, Tensor]:
    """Rows (8, 3, size, size): photographs of held-out people, what each way draws of them, their true cartoons."""
    pairs = ToonWorld("faces", "test", size).batch(range(8))
    drawn = {name: way(pairs["photo"]) for name, way in ways.items()}
    return {"photograph": pairs["photo"], **drawn, "true cartoon": pairs["toon"]}
