"""A small residual network that says what a picture shows."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from toonkit.networks.blocks import ResidualBlock, norm


def residual_classifier(classes: int, widths: tuple[int, ...]) -> nn.Sequential:
    """For each width a 3x3 convolution at half the size and a residual block, batch norm; global average; linear head.

    Pictures (N, 3, H, W) in [-1, 1] to logits (N, classes).
    """
    layers: list[nn.Module] = []
    for before, width in pairwise((3, *widths)):
        layers += [nn.Conv2d(before, width, 3, 2, 1), norm("batch", width), nn.ReLU(), ResidualBlock(width, "batch")]
    return nn.Sequential(*layers, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], classes))
