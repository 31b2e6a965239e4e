"""The generator that paints photographs, and the discriminator of its surfaces."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from toonkit.filters.flat import PHOTO_AND_FLAT
from toonkit.networks.blocks import SPECTRAL, ResidualBlock, convolution, leaky_convolution

GAIN = 1.2  # of the flat picture inside the tanh: the generator only learns what to change


class PaintingGenerator(nn.Module):
    """U-Net: two steps down, residual blocks, two steps up with additive skips; what it draws is added to `flat`.

    It is given a photograph and its flat abstraction, (N, 6, H, W) in [-1, 1], and draws (N, 3, H, W); H and W are
    multiples of `multiple`. A pixel depends on those at most `reach` pixels away. Upsampling is bilinear and then
    convolved, which leaves no checkerboard.
    """

    multiple = 4

    def __init__(self, filters: int = 16, blocks: int = 4, norm_kind: str = "batch") -> None:
        super().__init__()
        f = filters
        # a block's two convolutions see 8 pixels to each side, all the others 20
        self.reach = None if norm_kind == "instance" else 20 + 8 * blocks
        self.top = nn.Sequential(*convolution(6, f, 5, 1, norm_kind))
        self.down1 = nn.Sequential(*convolution(f, 2 * f, 3, 2, norm_kind))
        self.down2 = nn.Sequential(*convolution(2 * f, 4 * f, 3, 2, norm_kind))
        self.blocks = nn.Sequential(*(ResidualBlock(4 * f, norm_kind) for _ in range(blocks)))
        self.up1 = nn.Sequential(*convolution(4 * f, 2 * f, 3, 1, norm_kind))
        self.up2 = nn.Sequential(*convolution(2 * f, f, 3, 1, norm_kind))
        self.last = nn.Conv2d(f, 3, 5, padding=2, padding_mode="reflect")
        nn.init.zeros_(self.last.bias)
        self.last.weight.data.mul_(0.1)

    def input_shapes(self, count: Any, height: Any, width: Any) -> dict[str, tuple[Any, ...]]:
        """The shape of its one input by its name."""
        return {PHOTO_AND_FLAT: (count, 6, height, width)}

    def forward(self, both: Tensor) -> Tensor:
        flat = both[:, 3:]  # (N, 3, H, W)
        top = self.top(both.contiguous(memory_format=torch.channels_last))  # (N, f, H, W)
        middle = self.down1(top)  # (N, 2f, H/2, W/2)
        x = self.blocks(self.down2(middle))  # (N, 4f, H/4, W/4)
        x = self.up1(_twice(x)) + middle  # (N, 2f, H/2, W/2)
        x = self.up2(_twice(x)) + top  # (N, f, H, W)
        return (GAIN * flat + self.last(x)).tanh()  # (N, 3, H, W)


class SurfaceDiscriminator(nn.Module):
    """Spectrally normed convolutions on pictures (N, 3, H, W): a score a patch, (N, 1, H/4, W/4)."""

    def __init__(self, filters: int = 24) -> None:
        super().__init__()
        f = filters
        self.layers = nn.Sequential(
            *leaky_convolution(3, f, 3, 1, SPECTRAL),
            *leaky_convolution(f, f, 3, 2, SPECTRAL),
            *leaky_convolution(f, 2 * f, 3, 1, SPECTRAL),
            *leaky_convolution(2 * f, 2 * f, 3, 2, SPECTRAL),
            *leaky_convolution(2 * f, 4 * f, 3, 1, SPECTRAL),
            spectral_norm(nn.Conv2d(4 * f, 1, 1)),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures).float()  # (N, 1, H/4, W/4)


def _twice(planes: Tensor) -> Tensor:
    """(N, C, h, w) to (N, C, 2h, 2w)."""
    return F.interpolate(planes, scale_factor=2, mode="bilinear", align_corners=False)
