"""Flicker on closed cases: what moves with the camera scores 0, independent noise its expectation."""

from __future__ import annotations

from math import pi, sqrt

import pytest
import torch

from toonkit.metrics.flicker import flicker, warp
from toonkit.project.errors import ToonkitError
from toonkit.world.camera import Camera


def noise(count: int, deviation: float, seed: int = 0) -> torch.Tensor:
    return deviation * torch.randn(count, 3, 40, 50, generator=torch.Generator().manual_seed(seed))


def test_a_drawing_that_moves_with_the_camera_scores_0():
    camera = Camera(noise(1, 0.3)[0], (20, 24), 12, start=(1, 2), pan=(1, 2), noise=0.0)
    score = flicker(camera.frames(), camera.displacements())
    assert score.value == pytest.approx(0, abs=1e-9) and score.n == 11


def test_the_wrong_motion_does_not():
    camera = Camera(noise(1, 0.3)[0], (20, 24), 12, start=(1, 2), pan=(1, 2), noise=0.0)
    backwards = [-motion for motion in camera.displacements()]
    assert flicker(camera.frames(), backwards).value > 0.1


@pytest.mark.parametrize("deviation", [0.02, 0.1])
def test_independent_noise_scores_its_expectation(deviation):
    """The mean of |a - b| of two normals of deviation s is 2 s / sqrt(pi)."""
    score = flicker(noise(40, deviation), [torch.tensor([0.0, 0.0])] * 39)
    assert score.value == pytest.approx(2 * deviation / sqrt(pi), rel=0.01)
    assert score.low < 2 * deviation / sqrt(pi) < score.high and score.n == 39


def test_a_zooming_camera_is_followed():
    """Ramps, magnified: warping leaves the error of interpolation, and the motion is what geometry says."""
    rows, columns = torch.meshgrid(torch.linspace(-1, 1, 90), torch.linspace(-1, 1, 90), indexing="ij")
    photo = torch.stack([rows, columns, rows + columns]) / 2
    camera = Camera(photo, (30, 40), 12, start=(30, 20), pan=(0.3, 0.6), zoom=1.02, noise=0.0)
    score = flicker(camera.frames(), camera.displacements())
    still = flicker(camera.frames(), [torch.zeros(2)] * 11)
    assert score.value < still.value / 10
    zooming = Camera(photo, (31, 41), 12, start=(30, 20), pan=(0, 0), zoom=1.02, noise=0.0)
    for motion in zooming.displacements():  # a pixel so far from the middle was closer to it by the factor
        assert motion[:, 15, 20].tolist() == pytest.approx([0, 0], abs=1e-9)
        assert motion[:, 0, 40].tolist() == pytest.approx([-15 * (1 / 1.02 - 1), 20 * (1 / 1.02 - 1)])


def test_what_is_not_known_does_not_count():
    pictures = noise(12, 0.1)
    pictures[:, :, :, 25:] *= 5
    motion = torch.zeros(2, 40, 50)
    motion[:, :, 25:] = float("nan")
    half = flicker(pictures[..., :25], [torch.zeros(2)] * 11)
    assert flicker(pictures, [motion] * 11).value == pytest.approx(half.value, abs=1e-9)
    moved, valid = warp(pictures[0], torch.tensor([0.0, 45.0]))
    assert valid.sum() == 40 * 5 and torch.allclose(moved[..., :5], pictures[0][..., 45:].double(), atol=1e-9)


def test_bad_input_is_named():
    with pytest.raises(ToonkitError, match="at least 10"):
        flicker(noise(5, 0.1), [torch.zeros(2)] * 4)
    with pytest.raises(ToonkitError, match="has no displacement"):
        flicker(noise(15, 0.1), [torch.zeros(2)] * 4)
    with pytest.raises(ToonkitError, match="nothing of the one before"):
        flicker(noise(15, 0.1), [torch.tensor([0.0, 60.0])] * 14)
    with pytest.raises(ToonkitError, match="one size"):
        flicker([noise(1, 0.1)[0], noise(1, 0.1)[0, :, :20]], [torch.zeros(2)])
    with pytest.raises(ToonkitError, match="move the window less"):
        Camera(noise(1, 0.3)[0], (20, 24), 40, pan=(1, 2))
