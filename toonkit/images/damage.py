"""Spoil a good picture in a known way, so that pruning can be scored: what should it say, and what does it say?

Each function takes a picture (3, H, W) and the mask of its subject (H, W) and returns both, spoiled.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

from toonkit.images.crops import subject_square
from toonkit.images.resize import fit_picture

Spoiled = tuple[Tensor, Tensor]


def soften(picture: Tensor, mask: Tensor) -> Spoiled:
    """Blur by 3 % of the picture's height."""
    sigma = 0.03 * picture.shape[1]
    size = 2 * round(3 * sigma) + 1
    return transforms.gaussian_blur(picture, [size, size], [sigma, sigma]), mask


def shrink(picture: Tensor, mask: Tensor, height: float = 0.3, width: float = 0.3) -> Spoiled:
    """Put the picture, scaled to shares of its sides, in the middle of its own blur."""
    sides = round(picture.shape[1] * height), round(picture.shape[2] * width)
    top, left = (picture.shape[1] - sides[0]) // 2, (picture.shape[2] - sides[1]) // 2
    spoiled = soften(picture, mask)[0].clone()
    small_mask = torch.zeros_like(mask)
    inside = slice(top, top + sides[0]), slice(left, left + sides[1])
    spoiled[:, *inside] = fit_picture(picture, sides, "stretch")
    small_mask[inside] = transforms.resize(mask[None], list(sides), transforms.InterpolationMode.NEAREST_EXACT)[0]
    return spoiled, small_mask


def squeeze(picture: Tensor, mask: Tensor) -> Spoiled:
    """Make everything three times narrower."""
    return shrink(picture, mask, 1.0, 1 / 3)


def cut_off(picture: Tensor, mask: Tensor) -> Spoiled:
    """Look at the middle of the subject only: the inner half of the square around it, at full size."""
    square = subject_square(mask, margin=-0.25)
    size = list(mask.shape)
    window = transforms.resize(square.cut(mask)[None], size, transforms.InterpolationMode.NEAREST_EXACT)[0]
    return fit_picture(square.cut(picture), (size[0], size[1]), "stretch"), window


def fence(picture: Tensor, mask: Tensor) -> Spoiled:
    """Put twelve grey bars, half the width, in front of everything."""
    bars = (torch.arange(picture.shape[2]) * 24 // picture.shape[2]) % 2 == 1
    return torch.where(bars, torch.tensor(-0.2), picture), torch.where(bars, torch.tensor(0), mask)


def half_hidden(picture: Tensor, mask: Tensor) -> Spoiled:
    """Put one grey block in front of the subject's left half."""
    columns = mask.nonzero()[:, 1]
    hidden = (torch.arange(mask.shape[1]) < columns.float().mean()) & (torch.arange(mask.shape[1]) >= columns.min())
    return torch.where(hidden, torch.tensor(-0.2), picture), torch.where(hidden, torch.tensor(0), mask)


def again(picture: Tensor, mask: Tensor) -> Spoiled:
    """Return the same picture a little darker and cropped by 2 %."""
    edge = max(1, round(0.02 * picture.shape[1]))
    window = picture[:, edge:-edge, edge:-edge] * 0.9 - 0.05
    return fit_picture(window, (picture.shape[1], picture.shape[2]), "stretch"), mask


DAMAGES: dict[str, tuple[Callable[[Tensor, Tensor], Spoiled], str]] = {  # name -> function, what pruning should answer
    "shrunk": (shrink, "too small"),
    "fence in front": (fence, "obscured"),
    "half hidden": (half_hidden, "obscured"),
    "cut off": (cut_off, "cut off"),
    "squeezed": (squeeze, "distorted"),
    "blurred": (soften, "blurred"),
    "again": (again, "duplicate"),
}
