"""Sheets of photographs, each above what several ways of drawing make of it, and of ToonWorld's held-out people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torchvision.transforms.v2.functional import pil_to_tensor

from toonkit.chapters.contract import Drawing
from toonkit.images.listing import contact_sheet
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld

GAP = 2  # white pixels around a picture
STRIP, LETTERS = 24, 15  # pixels: how wide the words beside a row are, and how high their letters


@torch.no_grad()
def drawn_beside(photos: Sequence[Tensor], ways: Mapping[str, Drawing], columns: int, side: int) -> Tensor:
    """Square photographs (3, H, H) in rows of `columns`, below each row what every way draws, shown at `side` pixels.

    Returns a contact sheet (3, h, w) whose rows say on their left what they are.
    """
    drawn = {name: torch.cat([way(photo[None]) for photo in photos]) for name, way in ways.items()}
    rows = {"photograph": torch.stack(list(photos)), **drawn}
    return in_blocks(
        {
            name: F.interpolate(row, (side, side), mode="bilinear", antialias=True).clamp(-1, 1)
            for name, row in rows.items()
        },
        columns,
    )


def in_blocks(rows: Mapping[str, Tensor], columns: int, heads: Sequence[str] = ()) -> Tensor:
    """Rows of pictures (N, 3, H, W) that belong together, cut into blocks of `columns`, one block below the other.

    H may differ from row to row. Returns a contact sheet (3, h, w) whose rows say on their left what they are, and
    whose columns say so above where `heads` names them. Raises ToonkitError where the last block would be a shorter one
    (its pictures would not stand one below the other), and for another number of heads than of columns.
    """
    count = len(next(iter(rows.values())))
    if count % columns:
        raise ToonkitError(f"{count} pictures make no full rows of {columns}; show a multiple of {columns}")
    if heads and len(heads) != columns:
        raise ToonkitError(f"{len(heads)} heads for {columns} columns; give each its own")
    width = next(iter(rows.values())).shape[-1]
    lines = [torch.cat([F.pad(_level(head, width), (GAP, 0, 0, 0), value=1.0) for head in heads], 2)] if heads else []
    lines = [F.pad(line, (STRIP + GAP, GAP, 0, 0), value=1.0) for line in lines]
    for start in range(0, count, columns):
        for name, row in rows.items():
            pictures = contact_sheet(row[start : start + columns], columns, GAP)
            words = F.pad(_upright(name, row.shape[-2]), (GAP, 0, GAP, GAP), value=1.0)
            lines.append(torch.cat([words, pictures], 2)[:, :-GAP])
    return F.pad(torch.cat(lines, 1), (0, 0, 0, GAP), value=1.0)


def _upright(words: str, height: int) -> Tensor:
    """Words from bottom to top, black on white, (3, height, STRIP)."""
    return _level(words, height).rot90(1, (1, 2))


def _level(words: str, width: int) -> Tensor:
    """Words from left to right, black on white, (3, STRIP, width)."""
    line = Image.new("RGB", (width, STRIP), "white")
    font = ImageFont.load_default(LETTERS)
    ImageDraw.Draw(line).text((width / 2, STRIP / 2), words, fill="black", font=font, anchor="mm")
    return pil_to_tensor(line) / 127.5 - 1


def enlarged(pictures: Tensor) -> Tensor:
    """Pictures (..., H, W) at twice their size, pixels kept sharp."""
    return pictures.repeat_interleave(2, -2).repeat_interleave(2, -1)


def drawn_people(ways: Mapping[str, Drawing], size: int = 64) -> dict[str, Tensor]:
    """Rows (8, 3, size, size): photographs of held-out people, what each way draws of them, their true cartoons."""
    pairs = ToonWorld("faces", "test", size).batch(range(8))
    drawn = {name: way(pairs["photo"]) for name, way in ways.items()}
    return {"photograph": pairs["photo"], **drawn, "true cartoon": pairs["toon"]}
