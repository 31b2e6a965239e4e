from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from helpers import average_tangents, luma, random_pictures

from toonkit.filters import edge_tangent_flow, line_integral_convolution
from toonkit.project.errors import ToonkitError


def angle_between(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Degrees between undirected lines, 0 to 90; (N, 2, H, W) each."""
    return torch.rad2deg(torch.arccos((a * b).sum(1).abs().clamp(max=1)))


def start(picture: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The unit tangents and the stretched gradient magnitude, by OpenCV's Sobel in float64."""
    grey = luma(picture)
    slope_x, slope_y = cv2.Sobel(grey, cv2.CV_64F, 1, 0, ksize=5), cv2.Sobel(grey, cv2.CV_64F, 0, 1, ksize=5)
    magnitude = np.hypot(slope_x, slope_y)
    tangent = np.stack([slope_y, -slope_x]) / np.where(magnitude < 1e-12, np.inf, magnitude)  # 0 in the corners
    return tangent, (magnitude - magnitude.min()) / (magnitude.max() - magnitude.min())


def test_without_iterations_it_is_the_sobel_gradient_turned_by_a_right_angle() -> None:
    picture = random_pictures(1, 3, 15, 18)
    np.testing.assert_allclose(edge_tangent_flow(picture, iterations=0)[0], start(picture[0])[0], atol=1e-5)


@pytest.mark.parametrize(("radius", "iterations"), [(5, 1), (3, 2)])
def test_full_flow_is_the_direct_computation(radius: int, iterations: int) -> None:
    picture = random_pictures(1, 3, 15, 18, seed=1)
    tangent, magnitude = start(picture[0])
    reach = range(-radius, radius + 1)
    disc = [(dy, dx) for dy in reach for dx in reach if np.hypot(dy, dx) < radius]
    for _ in range(iterations):
        tangent = average_tangents(tangent, magnitude, disc)
    flow = edge_tangent_flow(picture, radius, iterations)[0]
    np.testing.assert_allclose(flow, tangent, atol=1e-5)


def test_separable_flow_is_the_direct_computation_along_x_then_along_y() -> None:
    picture = random_pictures(1, 1, 14, 17, seed=2)
    tangent, magnitude = start(picture[0])
    for _ in range(2):
        tangent = average_tangents(tangent, magnitude, [(0, d) for d in range(-4, 5)])
        tangent = average_tangents(tangent, magnitude, [(d, 0) for d in range(-4, 5)])
    np.testing.assert_allclose(edge_tangent_flow(picture, 5, 2, separable=True)[0], tangent, atol=1e-5)


@pytest.mark.parametrize("separable", [False, True])
def test_round_a_disc_the_flow_is_the_circle(separable: bool) -> None:
    y, x = torch.meshgrid(torch.arange(65.0) - 32, torch.arange(65.0) - 32, indexing="ij")
    radius = (x * x + y * y).sqrt()
    picture = torch.tanh((radius - 20) / 2)[None, None]  # dark disc on bright paper
    circle = torch.stack([y, -x]) / radius.clamp_min(1)  # dark to the left, y down
    flow = edge_tangent_flow(picture, separable=separable)
    ring = (radius > 17) & (radius < 23)
    assert angle_between(flow, circle[None])[0, ring].max() < 2
    assert ((flow[0] * circle).sum(0)[ring] > 0.99).all()  # the direction, not the line alone


def test_smoothing_brings_a_noisy_edge_back() -> None:
    edge = torch.linspace(-4, 4, 48).tanh().repeat(48, 1)[None, None] * 0.4
    noisy = edge + 0.2 * torch.randn(edge.shape, generator=torch.Generator().manual_seed(0)).clamp(-2, 2)
    upright = torch.tensor([0.0, 1.0]).view(1, 2, 1, 1)
    errors = [angle_between(edge_tangent_flow(noisy, 5, k), upright)[0, :, 20:28].mean().item() for k in (0, 1, 3)]
    assert errors[2] < errors[1] < errors[0]
    assert errors[2] < 0.6 * errors[0]


def test_vectors_are_units_or_zero_where_nothing_has_a_direction() -> None:
    flat = torch.full((1, 3, 20, 20), 0.3)
    assert not edge_tangent_flow(flat, iterations=2).any()
    half = flat.clone()
    half[..., 10:] = -0.7
    length = edge_tangent_flow(half).norm(dim=1)
    assert torch.logical_or((length - 1).abs() < 1e-5, length == 0).all()
    assert length[0, :, 8:12].min() > 0.99 and length[0, :, :4].max() == 0


@pytest.mark.parametrize("separable", [False, True])
def test_neither_the_batch_nor_the_tiles_show(separable: bool) -> None:
    pictures = random_pictures(3, 3, 45, 70, seed=3)
    together = edge_tangent_flow(pictures, iterations=2, separable=separable)
    for i in range(3):
        assert torch.equal(
            edge_tangent_flow(pictures[i : i + 1], iterations=2, separable=separable), together[i : i + 1]
        )
    assert torch.equal(edge_tangent_flow(pictures, iterations=2, separable=separable, tile=16), together)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 4)])
def test_tiny_pictures_have_a_flow(size: tuple[int, int]) -> None:
    flow = edge_tangent_flow(random_pictures(2, 3, *size), iterations=2)
    assert flow.shape == (2, 2, *size) and flow.isfinite().all()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (torch.zeros(3, 8, 8), "shape"),
        (torch.zeros(1, 4, 8, 8), "shape"),
        (torch.zeros(1, 3, 0, 8), "empty"),
        (torch.zeros(1, 3, 8, 8, dtype=torch.uint8), "floating point"),
        (torch.full((1, 3, 8, 8), float("nan")), "NaN"),
        (torch.full((1, 3, 8, 8), 255.0), r"\[-1, 1\]"),
        (np.zeros((1, 3, 8, 8)), "torch tensor"),
    ],
)
def test_bad_pictures_are_refused(bad: object, message: str) -> None:
    with pytest.raises(ToonkitError, match=message):
        edge_tangent_flow(bad)  # type: ignore[arg-type]


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ToonkitError, match="radius"):
        edge_tangent_flow(torch.zeros(1, 3, 8, 8), radius=0)
    with pytest.raises(ToonkitError, match="iterations"):
        edge_tangent_flow(torch.zeros(1, 3, 8, 8), iterations=-1)


def test_line_integral_convolution_is_smooth_along_the_flow_and_rough_across() -> None:
    flow = torch.zeros(1, 2, 64, 64)
    flow[:, 0] = 1  # everything flows along x
    picture = line_integral_convolution(flow)
    along, across = picture.diff(dim=3).abs().mean(), picture.diff(dim=2).abs().mean()
    assert across > 5 * along and 0.3 < picture.std() < 0.5 and picture.abs().max() <= 1
    assert not line_integral_convolution(torch.zeros(1, 2, 9, 9)).any()
