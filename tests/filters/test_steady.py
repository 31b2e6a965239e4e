"""Drawings held steady: noise is averaged, motion followed, and what moved away leaves no ghost."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import cv2
import numpy as np
import pytest

from toonkit.filters.steady import SMALLEST, Steady, noise_level
from toonkit.project.errors import ToonkitError

HEIGHT, WIDTH = 96, 128


def scene(seed: int = 0) -> np.ndarray:
    """A photograph (H, W, 3), uint8, of soft blobs that a flow can hold on to."""
    generator = np.random.default_rng(seed)
    blobs = cv2.GaussianBlur(generator.normal(0, 1, (HEIGHT, 2 * WIDTH, 3)), (0, 0), 4)
    return np.clip(128 + 500 * blobs, 0, 255).astype(np.uint8)


def noisy(photo: np.ndarray, deviation: float, generator: np.random.Generator) -> np.ndarray:
    return np.clip(photo + generator.normal(0, deviation, photo.shape), 0, 255).round().astype(np.uint8)


def difference(pictures: list[np.ndarray]) -> float:
    """The mean square root of what differs from one to the next."""
    return float(np.mean([np.sqrt(np.square(b - a).mean()) for a, b in pairwise(pictures)]))


@pytest.mark.parametrize("strength", [0.5, 0.8])
def test_independent_noise_of_a_still_picture_is_averaged_as_the_formula_says(strength):
    """Drawings of noise on one photograph: they differ (1 - s) / sqrt(1 + s) times as much."""
    generator = np.random.default_rng(0)
    photo = scene()[:, :WIDTH]
    drawn = [generator.normal(0, 0.1, photo.shape).astype(np.float32) for _ in range(30)]
    steady = Steady(strength)
    shown = [steady(photo, picture) for picture in drawn][10:]
    expected = (1 - strength) / sqrt(1 + strength)
    assert difference(shown) / difference(drawn) == pytest.approx(expected, rel=0.05)


def test_a_panning_camera_is_followed():
    """The drawing is the photograph; it moves two pixels a frame, under noise, and stays as sharp as it is."""
    generator = np.random.default_rng(1)
    photo = scene()
    steady = Steady(0.8)
    for step in range(12):
        window = photo[:, 2 * step : 2 * step + WIDTH]
        taken = noisy(window, 4, generator)
        shown = steady(taken, taken / np.float32(127.5) - 1)
    inner = np.s_[12:-12, 12:-12]
    error = np.abs(shown - (window / 127.5 - 1))[inner].mean()
    assert error < 0.6 * np.abs(taken / 127.5 - window / 127.5)[inner].mean()


@pytest.mark.parametrize("step", [3, 20])
@pytest.mark.parametrize("contrast", [25, 90])
def test_a_moving_square_leaves_no_ghost(step, contrast):
    """A square crosses a grey wall, slowly or in leaps; where it was, the wall is drawn as it is without the option."""
    generator = np.random.default_rng(2)
    steady = Steady(0.9)
    for number in range(5):
        photo = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
        left = 10 + step * number
        photo[30:60, left : left + 24] += np.uint8(contrast)
        taken = noisy(photo, 3, generator)
        drawn = photo / np.float32(127.5) - 1
        drawn[28:62, left - 2 : left + 26] -= 0.3  # the drawing has a border that the photograph has not
        shown = steady(taken, drawn)
    error = np.abs(shown - drawn).max(2)  # (H, W)
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[26:64, left - 4 : left + 28] = True  # and two pixels around it, within which its border may slip
    assert error[~inside].max() < 0.02
    assert error[inside].mean() < 0.01  # 0.3 is the border's contrast


def test_a_cut_shows_nothing_of_the_shot_before():
    steady = Steady(0.9)
    for seed in (0, 0, 3):
        photo = scene(seed)[:, :WIDTH]
        shown = steady(photo, photo / np.float32(127.5) - 1)
    assert np.abs(shown - (photo / 127.5 - 1)).mean() < 0.01


def test_it_goes_on_from_what_it_remembers():
    generator = np.random.default_rng(4)
    photos = [noisy(scene()[:, 2 * n : 2 * n + WIDTH], 4, generator) for n in range(6)]
    drawn = [photo / np.float32(127.5) - 1 for photo in photos]
    one, other = Steady(0.8), Steady(0.8)
    shown = [one(*pair) for pair in zip(photos, drawn, strict=True)]
    for pair in zip(photos[:3], drawn[:3], strict=True):
        other(*pair)
    again = Steady(0.8)
    again.before = other.before
    assert all(np.array_equal(again(photos[n], drawn[n]), shown[n]) for n in (3, 4, 5))


def test_off_and_bad_strengths():
    picture = np.zeros((40, 40, 3), np.float32)
    assert Steady(0)(np.zeros((40, 40, 3), np.uint8), picture) is picture
    for strength in (-0.1, 1, 2, float("nan")):
        with pytest.raises(ToonkitError, match="below 1"):
            Steady(strength)


@pytest.mark.parametrize("side", [1, 5, SMALLEST - 1, SMALLEST, SMALLEST + 1])
def test_small_pictures(side):
    steady = Steady(0.5)
    for _ in range(3):
        shown = steady(np.full((side, 33, 3), 90, np.uint8), np.full((side, 33, 3), 0.25, np.float32))
    assert np.allclose(shown, 0.25)


@pytest.mark.parametrize("deviation", [2.0, 8.0])
def test_the_noise_of_a_photograph_is_found(deviation):
    taken = np.full((200, 200, 3), 128.0) + np.random.default_rng(0).normal(0, deviation, (200, 200, 3))
    assert noise_level(taken.astype(np.float32)) == pytest.approx(deviation, rel=0.05)
