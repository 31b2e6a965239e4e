"""Pictures as bytes and back."""

from __future__ import annotations

import torch
from torch import Tensor


def as_pictures(stored: Tensor) -> Tensor:
    """Bytes 0 to 255, any shape, as float32 in [-1, 1]."""
    return stored.float() / 127.5 - 1


def as_bytes(pictures: Tensor) -> Tensor:
    """Pictures in [-1, 1], any shape, as uint8, a quarter of the memory; values outside are cut off."""
    return ((pictures.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
