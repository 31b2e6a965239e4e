"""Holes of photographs, filled from their rims without any learning.

A mask (N, 1, H, W) is 1 where a photograph is missing; what lies there is never looked at.
"""

from __future__ import annotations

import cv2
import torch
from torch import Tensor

from toonkit.filters.checks import check_pictures
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.errors import ToonkitError

RADIUS = 3  # pixels that Telea's inpainting looks around


def repair(photos: Tensor, masks: Tensor, radius: int = RADIUS) -> Tensor:
    """Fill the holes of photographs (N, 3, H, W) of any size from their rims (Telea, 2004); the rest stays as it is."""
    masks = fitting_masks(photos, masks)
    neutral = without_holes(photos, masks)  # what OpenCV answers depends a little on what it finds in the holes
    filled = [_telea(photo, mask[0] > 0, radius) for photo, mask in zip(neutral, masks, strict=True)]
    return torch.where(masks > 0, torch.stack(filled), photos)


def check_masks(masks: Tensor) -> Tensor:
    """Return masks (N, 1, H, W) of 0 and 1. Raises ToonkitError for others, and where nothing or all is missing."""
    if masks.dim() != 4 or masks.shape[1] != 1 or not masks.numel():
        raise ToonkitError(f"masks must have the shape (N, 1, H, W), not {tuple(masks.shape)}")
    if (odd := masks[(masks != 0) & (masks != 1)]).numel():
        raise ToonkitError(
            f"a mask holds 1 (white) where the photograph is missing and 0 (black) elsewhere; this one holds "
            f"{float(odd[0]):.3g}; threshold it, and save it as PNG without soft edges"
        )
    for number, values in enumerate(masks.flatten(1)):
        if (values == values[0]).all():
            missing = "everything is missing; leave something" if values[0] else "nothing is missing; draw without it"
            raise ToonkitError(f"mask {number} says that {missing}")
    return masks


def fitting_masks(photos: Tensor, masks: Tensor) -> Tensor:
    """The masks as numbers like the photographs'. Raises ToonkitError for bad ones and for another size or number."""
    check_pictures(photos)
    (h, w), (height, width) = check_masks(masks).shape[2:], photos.shape[2:]
    if (h, w) != (height, width) or len(masks) != len(photos):
        raise ToonkitError(
            f"masks: {len(masks)} of {w}x{h} pixels; photographs: {len(photos)} of {width}x{height}; "
            "each photograph needs a mask of its size"
        )
    return masks.to(photos)


def without_holes(photos: Tensor, masks: Tensor) -> Tensor:
    """The photographs with the mean colour of what is known in their holes."""
    mean = (photos * (1 - masks)).sum((2, 3), keepdim=True) / (1 - masks).sum((2, 3), keepdim=True)
    return torch.where(masks > 0, mean, photos)


def _telea(photo: Tensor, missing: Tensor, radius: int) -> Tensor:
    pixels = as_bytes(photo).permute(1, 2, 0).contiguous().cpu().numpy()
    filled = cv2.inpaint(pixels, missing.byte().cpu().numpy(), radius, cv2.INPAINT_TELEA)
    return as_pictures(torch.from_numpy(filled)).permute(2, 0, 1).to(photo)
