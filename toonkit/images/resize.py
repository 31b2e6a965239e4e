"""Bring pictures to one size: the two rules that the reports use."""

from __future__ import annotations

from torch import Tensor
from torchvision.transforms.v2 import functional as transforms

from toonkit.project.errors import ToonkitError, check_name

RULES = ("crop", "stretch")


def fit_picture(picture: Tensor, size: int | tuple[int, int], rule: str = "crop") -> Tensor:
    """Fit (..., 3, H, W) to `size` (height, width; an int means a square): bicubic, antialiased, clamped to [-1, 1].

    "crop" cuts the middle out at the right proportions, then scales ("crop and resize", Semantic-aware cartoon style
    transfer, section 4.2). "stretch" scales each side by itself: nothing is cut, but a 178x218 face becomes 22 % wider
    (Animated variants, section 5.1). Raises ToonkitError for an unknown rule or a size below 1.
    """
    check_name("resize rule", rule, RULES)
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < 1:
        raise ToonkitError(f"picture size must be at least 1 pixel, not {size}")
    if rule == "crop":
        picture = centre_crop(picture, width / height)
    if picture.shape[-2:] == (height, width):
        return picture
    resized = transforms.resize(picture, [height, width], transforms.InterpolationMode.BICUBIC, antialias=True)
    return resized.clamp(-1, 1)  # bicubic overshoots at edges


def centre_crop(picture: Tensor, aspect: float) -> Tensor:
    """Cut the largest centred window with width / height = `aspect` out of (..., H, W)."""
    height, width = picture.shape[-2:]
    crop_height = max(1, min(height, round(width / aspect)))
    crop_width = max(1, min(width, round(height * aspect)))
    return transforms.center_crop(picture, [crop_height, crop_width])
