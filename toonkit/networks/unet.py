"""A generator that resizes before it convolves, which leaves no grid: a U-Net."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.networks.film import Film, film
from toonkit.project.errors import check_name

GROUP = 8  # channels a group of group norm
NORMS = ("group", "none")


class UNetGenerator(nn.Module):
    """`downs` halvings, residual blocks, as many doublings; each doubling takes in the features of its own size.

    Pictures (N, 3, H, W) in [-1, 1] to the same; H and W multiples of `multiple`. Group norm looks at the whole
    picture; with norm "none" a pixel depends on those at most `reach` pixels away. With `controls` that many numbers
    scale and shift the features of every block and every doubling (`film`).
    """

    def __init__(
        self, filters: int = 16, blocks: int = 4, norm: str = "group", downs: int = 2, controls: int = 0
    ) -> None:
        super().__init__()
        check_name("norm", norm, NORMS)
        f = filters
        widths = [f * 2**level for level in range(downs + 1)]
        self.multiple = 2**downs
        self.first = nn.Sequential(*_convolution(3, f, norm, size=5))
        self.down = nn.ModuleList(nn.Sequential(*_convolution(a, 2 * a, norm, stride=2)) for a in widths[:-1])
        self.blocks = nn.Sequential(*(Residual(widths[-1], norm) for _ in range(blocks)))
        self.film = Film(controls, [*[widths[-1]] * blocks, *reversed(widths[:-1])]) if controls else None
        self.narrow = nn.ModuleList(nn.Conv2d(2 * a, a, 1) for a in reversed(widths[:-1]))
        self.merge = nn.ModuleList(nn.Sequential(*_convolution(2 * a, a, norm)) for a in reversed(widths[:-1]))
        self.last = nn.Conv2d(f, 3, 3, padding=1)
        nn.init.normal_(self.last.weight, 0.0, 0.02)  # starts grey, away from tanh's ends
        # first 2, downs 1, 2, 4 ..., blocks twice `multiple` each, merges as downs, last 1, and `multiple` - 1 for
        # where a pixel falls in its square
        self.reach = None if norm == "group" else 3 * self.multiple + 2 * self.multiple * blocks

    def input_shapes(self, count: Any, height: Any, width: Any) -> dict[str, tuple[Any, ...]]:
        """The shape of each input by its name."""
        settings = {"settings": (count, self.film.count)} if self.film else {}
        return {"photo": (count, 3, height, width)} | settings

    def forward(self, picture: Tensor, settings: Tensor | None = None) -> Tensor:
        """Pictures (N, 3, H, W) and settings (N, controls), none for zeros, to pictures (N, 3, H, W)."""
        every = len(self.blocks) + len(self.down)
        shifts = iter(self.film.shifts(picture, settings) if self.film else [None] * every)
        y = self.first(picture.contiguous(memory_format=torch.channels_last))  # (N, f, H, W)
        skips = []
        for down in self.down:
            skips.append(y)
            y = down(y)  # (N, 2f, H/2, W/2), (N, 4f, H/4, W/4) ...
        for block in self.blocks:
            y = film(block(y), next(shifts))  # (N, f * multiple, H / multiple, W / multiple)
        for narrow, merge, skip in zip(self.narrow, self.merge, reversed(skips), strict=True):
            y = F.interpolate(narrow(y), scale_factor=2.0, mode="nearest")  # 1x1 first: it is cheaper while small
            y = film(merge(torch.cat([y, skip], 1)), next(shifts))  # ... (N, 2f, H/2, W/2), (N, f, H, W)
        return self.last(y).tanh()  # (N, 3, H, W)


class Residual(nn.Module):
    """x + two 3x3 convolutions, ReLU between them, none after the sum."""

    def __init__(self, channels: int, norm: str) -> None:
        super().__init__()
        self.body = nn.Sequential(*_convolution(channels, channels, norm), *_convolution(channels, channels, norm)[:-1])

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)  # (N, channels, h, w)


def _convolution(before: int, after: int, norm: str, size: int = 3, stride: int = 1) -> list[nn.Module]:
    """Convolution, group norm or nothing, ReLU."""
    layers: list[nn.Module] = [nn.Conv2d(before, after, size, stride, size // 2)]
    if norm == "group":
        layers.append(nn.GroupNorm(max(1, after // GROUP), after))
    return [*layers, nn.ReLU()]
