"""The report's networks: convolutions, LeakyReLU and bilinear resizing; discriminators of patches."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.filters.flat import PHOTO_AND_FLAT
from toonkit.filters.guided import smooth_by_guide
from toonkit.networks.blocks import SPECTRAL, leaky_convolution
from toonkit.networks.film import Film, film

SLOPE = 0.2  # of LeakyReLU; white-box cartoonisation's
GUIDE_RADIUS = 1  # pixels, of the last filter


class SemanticGenerator(nn.Module):
    """U-Net of convolutions, LeakyReLU and bilinear resizing only (report, figure 3); no norm, no tanh.

    What it draws once it is trained is cut to [-1, 1].
    Two steps down, residual blocks, two steps up with additive skips, as white-box cartoonisation has it. Where
    `guide_eps` is above 0 a guided filter, the photograph its guide, takes away what has no edge there. With `on_flat`
    (ours) the network is given the photograph's flat abstraction too, (N, 6, H, W), and draws what changes there. With
    `controls` (ours) that many numbers scale and shift the features of every block (FiLM, Perez et al., 2018). H and W
    are multiples of `multiple`; a pixel depends on those at most `reach` pixels away.
    """

    multiple = 4

    def __init__(
        self, filters: int = 16, blocks: int = 4, guide_eps: float = 0.01, on_flat: bool = False, controls: int = 0
    ) -> None:
        super().__init__()
        f = filters
        self.guide_eps, self.on_flat, self.controls = guide_eps, on_flat, controls
        # a block's two convolutions see 8 pixels to each side, all the others 30, the guided filter 2
        self.reach = 30 + 8 * blocks + 2 * GUIDE_RADIUS
        self.top = _leaky(6 if on_flat else 3, f, 7)
        self.down1 = nn.Sequential(_leaky(f, f, 3, 2), _leaky(f, 2 * f, 3))
        self.down2 = nn.Sequential(_leaky(2 * f, 2 * f, 3, 2), _leaky(2 * f, 4 * f, 3))
        self.blocks = nn.ModuleList(_ResidualBlock(4 * f) for _ in range(blocks))
        self.narrow = _leaky(4 * f, 2 * f, 3)
        self.up1 = nn.Sequential(_leaky(2 * f, 2 * f, 3), _leaky(2 * f, f, 3))
        self.up2 = _leaky(f, f, 3)
        self.last = _reflecting(f, 3, 7)
        if on_flat:
            self.last.weight.data.mul_(0.1)
        self.film = Film(controls, [*[4 * f] * blocks, 2 * f, f]) if controls else None

    def input_shapes(self, count: Any, height: Any, width: Any) -> dict[str, tuple[Any, ...]]:
        """The shape of each input by its name."""
        photo = {PHOTO_AND_FLAT: (count, 6, height, width)} if self.on_flat else {"photo": (count, 3, height, width)}
        return photo | ({"settings": (count, self.controls)} if self.controls else {})

    def forward(self, photo: Tensor, settings: Tensor | None = None) -> Tensor:
        """Photographs (N, 3, H, W) (`on_flat`: and their flat abstraction, (N, 6, H, W)) and settings (N, controls),
        none for zeros, to drawings (N, 3, H, W)."""
        shifts = self.film.shifts(photo, settings) if self.film else [None] * (len(self.blocks) + 2)
        top = self.top(photo.contiguous(memory_format=torch.channels_last))  # (N, f, H, W); faster so on a CPU
        middle = self.down1(top)  # (N, 2f, H/2, W/2)
        x = self.down2(middle)  # (N, 4f, H/4, W/4)
        for block, shift in zip(self.blocks, shifts, strict=False):
            x = film(block(x), shift)
        x = film(_twice(self.narrow(x)) + middle, shifts[-2])  # (N, 2f, H/2, W/2)
        x = film(_twice(self.up1(x)) + top, shifts[-1])  # (N, f, H, W)
        drawn = self.last(self.up2(x))  # (N, 3, H, W)
        if self.on_flat:
            drawn = photo[:, 3:] + drawn
        if self.guide_eps:
            drawn = smooth_by_guide(drawn, photo[:, :3], GUIDE_RADIUS, self.guide_eps)
        return drawn if self.training else drawn.clamp(-1, 1)


class PatchDiscriminator(nn.Module):
    """Three pairs of convolutions, each but the last one spectrally normed, and a score for every patch (figure 4).

    Pictures (N, C, H, W) to scores (N, 1, H/8, W/8), logits.
    """

    def __init__(self, channels: int, filters: int = 32) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = channels
        for width in (filters, 2 * filters, 4 * filters):
            layers += leaky_convolution(before, width, 3, 2, SPECTRAL, SLOPE)
            layers += leaky_convolution(width, width, 3, 1, SPECTRAL, SLOPE)
            before = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(before, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures).float()  # (N, 1, H/8, W/8)


class _ResidualBlock(nn.Module):
    """x + two convolutions with a LeakyReLU between them, (N, C, H, W) to the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_leaky(channels, channels, 3), _reflecting(channels, channels, 3))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _reflecting(before: int, after: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, kernel, stride, kernel // 2, padding_mode="reflect")


def _leaky(before: int, after: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(_reflecting(before, after, kernel, stride), nn.LeakyReLU(SLOPE))


def _twice(planes: Tensor) -> Tensor:
    """(N, C, h, w) to (N, C, 2h, 2w)."""
    return F.interpolate(planes, scale_factor=2, mode="bilinear", align_corners=False)
