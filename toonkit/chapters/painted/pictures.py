"""The open pictures that painting learns from, and those that nobody trains on."""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.images.open_pictures import open_pictures
from toonkit.images.values import as_bytes

WHITE = 245  # bytes: paper
PLACES = 8  # tried for a crop
PHOTOGRAPHS = {  # sources, and the short sides (pixels) that crops are cut at: small, as they come, close up
    "caltech101": (160, 232),
    "kodak": (160, 192, 224, 256, 320, 384, 448, 512),
    "coral": (160, 192, 224, 256, 320, 384, 448, 480),
    "coco53": (160, 192, 224, 256, 320, 384),
    "felix": (160, 192, 224, 256, 320, 384),
}
DRAWINGS = {  # sources, the short sides that crops are cut at, and their share of a batch
    "peppercarrot-panels": ((160, 192, 224, 256, 320, 384), 0.5),
    "art4apps": ((144, 192), 0.2),
    "openclipart": ((144, 224), 0.12),
    "fluent-emoji": ((144,), 0.13),
    "dicebear": ((160,), 0.05),
}
MOST = 700  # pictures of a source of drawings, evenly spread
FILLED = 0.5  # the share of a drawing's crop that is not white paper; panels have no paper


def drawing_paths(source: str, split: str) -> list[Path]:
    """At most about MOST drawings of a source, "train" or "test". Raises SourceError where it is not here."""
    chosen = open_pictures(source, split)
    return chosen[:: max(1, len(chosen) // MOST)]


def crops(picture: Tensor, shorts: tuple[int, ...], side: int, generator: torch.Generator, filled: float) -> Tensor:
    """One crop of a picture (3, H, W) at each size of its short side, as bytes (len(shorts), 3, side, side).

    Of PLACES places the first with a share `filled` of pixels that are not white, or the fullest.
    """
    found = []
    for short in shorts:
        large = as_bytes(_scaled(picture, max(short, side)))
        places = [_crop(large, side, generator) for _ in range(PLACES)]
        shares = [float((place.amin(0) < WHITE).float().mean()) for place in places]
        good = [place for place, share in zip(places, shares, strict=True) if share >= filled]
        found.append(good[0] if good else places[shares.index(max(shares))])
    return torch.stack(found)


def _crop(picture: Tensor, side: int, generator: torch.Generator) -> Tensor:
    top, left = (int(torch.randint(0, length - side + 1, (), generator=generator)) for length in picture.shape[-2:])
    return picture[:, top : top + side, left : left + side]


def _scaled(picture: Tensor, short: int) -> Tensor:
    """(3, H, W) with its short side `short` pixels, whole."""
    factor = short / min(picture.shape[-2:])
    size = [max(short, round(length * factor)) for length in picture.shape[-2:]]
    return F.interpolate(picture[None], size, mode="bicubic", antialias=True)[0].clamp(-1, 1)
