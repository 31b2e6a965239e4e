"""Crops at random places and several scales: what networks learn open pictures from."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.images.values import as_bytes

WHITE = 245  # bytes: paper
PLACES = 8  # tried for a crop


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
