"""Square crops around a subject (Tom and Jerry in real life, appendix 6.1: 512x512 pixels)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from toonkit.images.resize import fit_picture
from toonkit.project.errors import ToonkitError


@dataclass(frozen=True)
class Square:
    """A square window inside a picture, in pixels."""

    top: int
    left: int
    side: int

    def cut(self, picture: Tensor) -> Tensor:
        """Cut the window out of (..., H, W)."""
        return picture[..., self.top : self.top + self.side, self.left : self.left + self.side]


def subject_square(mask: Tensor, margin: float = 0.15) -> Square:
    """Return the square around the non-zero part of a mask (H, W), `margin` of its longer side free on every side.

    The square is moved into the picture; where it is larger than the picture it shrinks to the shorter side. Raises
    ToonkitError for an empty mask.
    """
    rows, columns = mask.nonzero(as_tuple=True)
    if len(rows) == 0:
        raise ToonkitError("the mask is empty: there is no subject to crop around")
    (top, bottom), (left, right) = ((int(at.min()), int(at.max()) + 1) for at in (rows, columns))
    height, width = mask.shape
    side = min(round(max(bottom - top, right - left) * (1 + 2 * margin)), height, width)
    return Square(_place(top, bottom, side, height), _place(left, right, side, width), side)


def subject_crop(picture: Tensor, mask: Tensor, size: int = 512, margin: float = 0.15) -> Tensor:
    """Cut `subject_square` out of (3, H, W), scaled to (3, size, size); a smaller window is enlarged."""
    if mask.shape != picture.shape[-2:]:
        raise ToonkitError(f"the mask is {tuple(mask.shape)}, the picture {tuple(picture.shape[-2:])}; they must agree")
    return fit_picture(subject_square(mask, margin).cut(picture), size)


def crop_mask(mask: Tensor, size: int = 512, margin: float = 0.15) -> Tensor:
    """Cut and scale a mask (H, W) as `subject_crop` does its picture, labels unchanged (nearest neighbour)."""
    window = subject_square(mask, margin).cut(mask)
    scaled = torch.nn.functional.interpolate(window[None, None].double(), (size, size), mode="nearest-exact")
    return scaled[0, 0].to(mask.dtype)


def _place(start: int, end: int, side: int, limit: int) -> int:
    return min(max((start + end - side) // 2, 0), limit - side)
