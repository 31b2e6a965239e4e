"""Edges: agreement by counting, sharpness against known pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torchvision.transforms.v2.functional import gaussian_blur

from toonkit.images.samples import sample_photo
from toonkit.metrics.edges import edge_agreement, edge_sharpness, ink_agreement


def squares(side: int, count: int = 10) -> torch.Tensor:
    """White squares of different places on black."""
    out = -torch.ones(count, 3, 64, 64)
    for k in range(count):
        out[k, :, 10 + k : 10 + k + side, 20 : 20 + side] = 1
    return out


def test_ink_agreement_is_f1_within_one_pixel():
    one, other = np.zeros((9, 9), bool), np.zeros((9, 9), bool)
    one[4, 1:5] = True  # four pixels
    other[5, 1:3] = True  # two, one row below: all found; of the four, three have one of the two within a pixel
    assert ink_agreement(one, other) == pytest.approx(2 * 0.75 * 1 / 1.75)
    assert ink_agreement(one, one) == 1 and ink_agreement(one, np.zeros((9, 9), bool)) == 0
    assert ink_agreement(np.zeros((9, 9), bool), np.zeros((9, 9), bool)) == 1


def test_edges_agree_with_themselves_in_other_colours_and_not_elsewhere():
    pictures = squares(20)
    assert edge_agreement(pictures, pictures).value == 1
    assert edge_agreement(-pictures, pictures).value == 1
    shifted = edge_agreement(pictures.roll(8, -1), pictures)
    assert shifted.value < 0.7 and shifted.n == 10
    assert edge_agreement(torch.zeros_like(pictures), pictures).value == 0


def test_every_blur_makes_edges_less_sharp():
    photos = torch.stack([sample_photo("astronaut")[:, y : y + 128, y : y + 128] for y in range(0, 300, 30)])
    values = [edge_sharpness(photos).value]
    values += [edge_sharpness(gaussian_blur(photos, 15, sigma)).value for sigma in (1.0, 2.0, 4.0)]
    assert values == sorted(values, reverse=True) and values[0] - values[-1] > 0.2
    assert edge_sharpness(squares(20)).value > values[1]
