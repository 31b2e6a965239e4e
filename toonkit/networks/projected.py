"""Discriminators on a frozen network's features (Projected GAN, Sauer et al., 2021)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

SQUEEZENET = {"conv1": 64, "fire2": 128, "fire4": 256, "fire5": 256}  # layers that heads look at, and their channels
LOUDNESS = 20.0  # about the mean of SqueezeNet's layers: heads without norm want numbers about 1
SLOPE = 0.2  # of LeakyReLU; Projected GAN's


class ProjectedDiscriminator(nn.Module):
    """A small head on each of several feature maps of a frozen network, which is no part of the weights.

    `widths` are the maps' channels, `filters` the heads' own, `strides` by how much each head first shrinks its map.
    Every convolution has spectral norm.
    """

    def __init__(self, widths: Sequence[int], filters: Sequence[int], strides: Sequence[int], kernel: int = 3) -> None:
        super().__init__()
        sizes = zip(widths, filters, strides, strict=True)
        self.heads = nn.ModuleList(head(width, own, stride, kernel) for width, own, stride in sizes)

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Feature maps (N, width, h, w) to scores (N, 1, h / stride, w / stride), one map a head, in float32."""
        return [one(feature).float() for one, feature in zip(self.heads, features, strict=True)]


def head(width: int, filters: int, stride: int, kernel: int) -> nn.Sequential:
    """Three convolutions: (N, width, h, w) to scores (N, 1, h / stride, w / stride)."""
    middle = kernel // 2
    return nn.Sequential(
        spectral_norm(nn.Conv2d(width, filters, kernel, stride, middle)),
        nn.LeakyReLU(SLOPE),
        spectral_norm(nn.Conv2d(filters, filters, 3, 1, 1)),
        nn.LeakyReLU(SLOPE),
        spectral_norm(nn.Conv2d(filters, 1, kernel, 1, middle)),
    )
