"""The photograph that the filters are compared on, in the forms that their programs want."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from toonkit.course.speed.contest import Work
from toonkit.images.samples import sample_photo

SIZE = "1 photograph of 512 x 512"


def both(ours: Work, theirs: Work) -> tuple[Work, Work]:
    """What a contest's `make` gives where there is nothing to make."""
    return ours, theirs


def photograph() -> Tensor:
    """(1, 3, 512, 512) in [-1, 1]."""
    return sample_photo("astronaut")[None]


def pixels_of(photo: Tensor) -> np.ndarray:
    """As OpenCV and scikit-image have it, (H, W, 3)."""
    return np.ascontiguousarray(photo[0].permute(1, 2, 0).numpy())


def planes_of(pixels: np.ndarray) -> Tensor:
    """Back again, (1, 3, H, W)."""
    return torch.from_numpy(pixels).permute(2, 0, 1)[None]


def inside(pictures: Tensor, margin: int) -> Tensor:
    """Without so many pixels at each border."""
    return pictures[..., margin:-margin, margin:-margin]
