"""Convolutions with their norms."""

from __future__ import annotations

import torch

from toonkit.networks.blocks import SPECTRAL, convolution, leaky_convolution


def test_spectral_norm_makes_the_largest_singular_value_one() -> None:
    torch.manual_seed(0)
    layer = leaky_convolution(5, 7, 3, 2, SPECTRAL)[0].train()
    for _ in range(60):
        layer(torch.zeros(1, 5, 8, 8))
    assert torch.allclose(torch.linalg.matrix_norm(layer.weight.flatten(1), 2), torch.tensor(1.0), atol=1e-3)


def test_the_activation_and_the_norm_are_those_asked_for() -> None:
    kinds = [type(layer).__name__ for layer in convolution(3, 4, 5, 1, "batch")]
    assert kinds == ["Conv2d", "BatchNorm2d", "ReLU"]
    kinds = [type(layer).__name__ for layer in convolution(3, 4, 5, 1, "none", torch.nn.LeakyReLU(0.1))]
    assert kinds == ["Conv2d", "Identity", "LeakyReLU"]
    assert leaky_convolution(3, 4, 3, 1, "instance", 0.01)[2].negative_slope == 0.01
