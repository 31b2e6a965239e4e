"""How the networks of the recipe are shown a picture."""

from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.images.values import as_bytes
from toonkit.networks.features import Features
from toonkit.networks.projected import SQUEEZENET

SHRINK = 2  # the classes of a picture are compared at half its size


class TextureView:
    """Eq. 6: the picture's grey with random weights; for a projected discriminator what a frozen network sees of it."""

    WIDTHS: ClassVar[list[int]] = list(SQUEEZENET.values())
    FILTERS: ClassVar[list[int]] = [width // 2 if width < 128 else 64 for width in WIDTHS]

    def __init__(self, features: Features, network: str) -> None:
        self.features, self.network = features, network

    def __call__(self, pictures: Tensor, grey: Tensor) -> Tensor | list[Tensor]:
        """Pictures (N, 3, H, W) and weights of R, G, B (3,) to (N, 1, H, W), or layers (N, C, h, w) of SQUEEZENET."""
        shown = (pictures * grey.view(1, 3, 1, 1)).sum(1, keepdim=True)  # (N, 1, H, W)
        if self.network == "patch":
            return shown
        spread = shown.expand_as(pictures).contiguous(memory_format=torch.channels_last)  # (N, 3, H, W)
        return self.features.several(spread, tuple(SQUEEZENET))


def half_size(shares: Tensor) -> Tensor:
    """Shares of classes (N, classes, H, W) to (N, classes, H/2, W/2)."""
    return F.avg_pool2d(shares, SHRINK)


@torch.no_grad()
def stored_view(segmentation: nn.Module, photos: Tensor) -> Tensor:
    """The shares of classes that a network sees in photographs (n, 3, H, W), as bytes (n, classes, H/2, W/2)."""
    return as_bytes(half_size(segmentation(photos).softmax(1)) * 2 - 1)


def probabilities(stored: Tensor) -> Tensor:
    """The shares of `stored_view`, which a batch brings as pictures in [-1, 1]; (n, classes, H/2, W/2) in [0, 1]."""
    return stored / 2 + 0.5
