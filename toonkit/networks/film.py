"""FiLM: a few numbers scale and shift features, channel by channel (Perez et al., 2018)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

WIDTH = 64  # channels of the layer that reads the numbers
SLOPE = 0.2  # of its LeakyReLU


class Film(nn.Module):
    """Reads settings (N, count); of every features of `widths` channels it says what scales and shifts them."""

    def __init__(self, count: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.count = count
        self.read = nn.Sequential(nn.Linear(count, WIDTH), nn.LeakyReLU(SLOPE))
        self.layers = nn.ModuleList(nn.Linear(WIDTH, 2 * width) for width in widths)

    def forward(self, settings: Tensor) -> list[Tensor]:
        """(N, 2 C) for each of the widths C: all factors less 1, and then all offsets."""
        read = self.read(settings)  # (N, WIDTH)
        return [layer(read) for layer in self.layers]

    def shifts(self, pictures: Tensor, settings: Tensor | None) -> list[Tensor]:
        """`forward`, of zeros for pictures (N, C, H, W) that come without settings."""
        return self(torch.zeros(len(pictures), self.count).to(pictures) if settings is None else settings)


def film(features: Tensor, shift: Tensor | None) -> Tensor:
    """Features (N, C, h, w) scaled and shifted by (N, 2 C) as `Film` gives them; as they are where that is None."""
    if shift is None:
        return features
    scale, offset = shift[:, :, None, None].chunk(2, 1)  # (N, C, 1, 1) each
    return features * (1 + scale) + offset
