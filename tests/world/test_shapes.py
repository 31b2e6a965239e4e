"""Distances against closed forms, noise against its statistics."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from toonkit.world import noise, shapes


@pytest.fixture
def grid():
    x, y = shapes.pixel_grid(64)
    return x.double(), y.double()


def test_pixel_grid_is_symmetric_and_centred():
    x, y = shapes.pixel_grid(4)
    assert x[0, 0].tolist() == [-0.75, -0.25, 0.25, 0.75] == y[0, :, 0].tolist()


def test_ellipse_is_exact_for_a_circle_and_first_order_for_an_ellipse(grid):
    x, y = grid
    assert torch.allclose(shapes.ellipse(x, y, 0.5, 0.5), (x * x + y * y).sqrt() - 0.5, atol=1e-6)
    angle = torch.linspace(0, 2 * math.pi, 200, dtype=torch.float64).view(1, 1, -1)
    px, py = 0.6 * angle.cos(), 0.3 * angle.sin()
    nx, ny = angle.cos() * 0.3, angle.sin() * 0.6
    length = (nx * nx + ny * ny).sqrt()
    moved = shapes.ellipse(px + 0.005 * nx / length, py + 0.005 * ny / length, 0.6, 0.3)
    assert torch.allclose(moved, torch.full_like(moved, 0.005), atol=2e-4)


def test_limb_and_box_against_a_search_over_their_points(grid):
    x, y = grid
    t = torch.linspace(0, 1, 2001, dtype=torch.float64).view(-1, 1, 1)
    points = [((-0.4 + 0.9 * t - x) ** 2 + (0.1 - 0.5 * t - y) ** 2).sqrt().amin(0, keepdim=True)]
    assert torch.allclose(shapes.limb(x, y, (-0.4, 0.1), (0.5, -0.4), 0.1, 0.1), points[0] - 0.1, atol=1e-3)
    nearest = ((x - x.clamp(-0.5, 0.5)) ** 2 + (y - y.clamp(-0.2, 0.2)) ** 2).sqrt()
    outside = nearest > 0
    assert torch.allclose(shapes.box(x, y, 0.5, 0.2)[outside], nearest[outside], atol=1e-6)


def test_polygon_is_inside_where_every_side_says_so(grid):
    x, y = grid
    square = shapes.polygon(x, y, [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    assert torch.allclose(square, torch.maximum(x.abs(), y.abs()) - 0.5, atol=1e-6)


def test_rotation_by_its_half_tangent(grid):
    x, y = grid
    angle = 0.7
    u, v = shapes.rotate(x, y, math.tan(angle / 2))
    assert torch.allclose(u, x * math.cos(angle) + y * math.sin(angle)) and torch.allclose(
        v, y * math.cos(angle) - x * math.sin(angle)
    )


def test_smooth_min_is_the_minimum_away_from_the_seam_and_below_it_at_the_seam():
    a, b = torch.linspace(-1, 1, 101), torch.zeros(101)
    smooth = shapes.smooth_min(a, b, 0.2)
    far = a.abs() > 0.2
    assert torch.allclose(smooth[far], torch.minimum(a, b)[far], atol=1e-6) and torch.isclose(
        smooth[50], torch.tensor(-0.05)
    )


def test_slope_of_a_plane():
    x, y = shapes.pixel_grid(16)
    gx, gy = shapes.slope(3 * x - 2 * y)
    assert torch.allclose(gx[:, 1:-1, 1:-1], torch.tensor(3.0)) and torch.allclose(
        gy[:, 1:-1, 1:-1], torch.tensor(-2.0)
    )


def test_uniform_numbers_are_uniform_and_independent_of_their_neighbours():
    draws = noise.uniform(noise.key("test", np.arange(200_000))).astype(np.float64)
    counts = np.histogram(draws, bins=100, range=(0, 1))[0]
    assert (
        60 < ((counts - 2000) ** 2 / 2000).sum() < 150
    )  # chi-square with 99 degrees of freedom, about 0.1 % each side
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 0.01


def test_splitmix_gives_its_published_first_outputs():
    first = noise.mix(np.array([0], np.uint64))[0]
    assert int(first) == 0xE220A8397B1DCDAF  # the first output of SplitMix64 seeded with 0


def test_textures_repeat_without_a_seam():
    for kind in ("cloud", "grain", "cells"):
        field = noise.tile(kind).view(noise.TILE, noise.TILE)
        inner = (field[:, 1:] - field[:, :-1]).abs().mean()
        assert (field[:, 0] - field[:, -1]).abs().mean() < 2 * inner
        assert 0.2 < field.mean() < 0.8


def test_sensor_noise_is_standard_and_differs_between_scenes():
    field = noise.pixel_noise(noise.key("a", np.arange(4)), 64, 3)
    assert abs(float(field.mean())) < 0.02 and abs(float(field.std()) - 1) < 0.02
    assert abs(float((field[0] * field[1]).mean())) < 0.05
