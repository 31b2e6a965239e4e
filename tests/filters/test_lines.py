from __future__ import annotations

import math
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers import gauss, luma, random_pictures, reach_of, samples_across, samples_along

from toonkit.filters import edge_tangent_flow, line_drawing, line_response
from toonkit.images.samples import sample_photo
from toonkit.metrics.edges import ink_agreement
from toonkit.project.errors import ToonkitError

MIRROR = os.environ.get("TOONKIT_MIRROR")


def direct_response(grey: np.ndarray, tangent: np.ndarray, sigma_c: float, sigma_m: float, rho: float) -> np.ndarray:
    """Kang et al. 2007, eq. 6-9, one pixel at a time, with Gaussian sums divided by the weights they used."""

    def mean(values: np.ndarray, samples: list[tuple[int, int, int]], sigma: float) -> float:
        near = [
            (gauss(step, sigma), values[row, column]) for step, row, column in samples if abs(step) <= reach_of(sigma)
        ]
        return sum(w * v for w, v in near) / sum(w for w, _ in near)

    height, width = grey.shape
    across, squashed = np.zeros_like(grey), np.zeros_like(grey)
    pixels = [(y, x) for y in range(height) for x in range(width)]
    for y, x in pixels:
        samples = samples_across(tangent, y, x, reach_of(1.6 * sigma_c))
        across[y, x] = mean(grey, samples, sigma_c) - rho * mean(grey, samples, 1.6 * sigma_c)
    for y, x in pixels:
        level = mean(across, samples_along(tangent, y, x, reach_of(sigma_m)), sigma_m)
        squashed[y, x] = 1 if level > 0 else 1 + math.tanh(level)
    return (squashed - squashed.min()) / (squashed.max() - squashed.min())


@pytest.mark.parametrize(("sigma_c", "sigma_m", "rho"), [(1.0, 3.0, 0.997), (0.7, 1.5, 0.99)])
def test_one_pass_is_the_direct_computation(sigma_c: float, sigma_m: float, rho: float) -> None:
    picture = random_pictures(1, 3, 20, 23, seed=4)
    flow = edge_tangent_flow(picture)
    expected = direct_response(luma(picture[0]), flow[0].double().numpy(), sigma_c, sigma_m, rho)
    double = line_response(picture.double(), flow.double(), sigma_c, sigma_m, rho, passes=1)[0, 0]
    np.testing.assert_allclose(double, expected, atol=1e-6)  # grey by kornia, whose weights are single precision
    single = line_response(picture, flow, sigma_c, sigma_m, rho, passes=1)[0, 0]
    np.testing.assert_allclose(single, expected, atol=1e-4)  # the stretch magnifies rounding about ten times


def test_the_second_pass_draws_the_first_ones_lines_into_the_picture() -> None:
    picture = random_pictures(1, 1, 20, 23, seed=5)
    flow = edge_tangent_flow(picture)
    first = line_response(picture, flow, passes=1)[0, 0].numpy()
    drawn = cv2.GaussianBlur(np.where(first < 0.8, 0, luma(picture[0])), (3, 3), 0)
    again = torch.from_numpy(drawn).float()[None, None] * 2 - 1
    expected = line_response(again, flow, passes=1)
    torch.testing.assert_close(line_response(picture, flow, passes=2), expected, atol=1e-4, rtol=0)


def test_a_dark_stroke_becomes_one_clean_line_of_ink() -> None:
    picture = torch.ones(1, 1, 40, 40)
    picture[..., 18:22, :] = -1  # four rows: in the middle one of three the gradient would vanish
    ink = line_drawing(picture)[0, 0] == -1
    assert ink[18:22].all() and not ink[:17].any() and not ink[23:].any()
    assert set(line_drawing(picture).unique().tolist()) == {-1.0, 1.0}


def test_a_flat_picture_is_blank_paper() -> None:
    for level in (-1.0, 0.123, 1.0):
        assert (line_drawing(torch.full((1, 3, 30, 30), level)) == 1).all()


@pytest.mark.parametrize("level", [-1.0, -0.95, -0.9, -0.5, 0.0, 0.5])
@pytest.mark.parametrize("channels", [1, 3])
def test_noise_that_nobody_sees_is_not_drawn_however_dark_the_wall(level: float, channels: int) -> None:
    noise = torch.randn(1, channels, 160, 160, generator=torch.Generator().manual_seed(0))
    for grey_levels, most in ((0.5, 0.0), (1.0, 0.0), (2.0, 0.001), (4.0, 0.05)):  # standard deviation, of 0-255
        wall = (level + grey_levels / 127.5 * noise).clamp(-1, 1)
        for picture in (wall, (wall * 127.5 + 127.5).round() / 127.5 - 1):  # the second as a file keeps it, in bytes
            assert (line_drawing(picture) < 0).double().mean() <= most


def test_the_steps_of_a_slow_gradient_in_bytes_are_not_drawn() -> None:
    for darkest, brightest in ((0, 40), (0, 255), (100, 140)):
        levels = torch.linspace(darkest, brightest, 200).round().expand(1, 1, 60, 200)
        assert (line_drawing(levels / 127.5 - 1) == 1).all()


def test_lines_from_a_step_of_23_grey_levels_on_are_stretched_to_full_ink() -> None:
    def strongest(grey_levels: int) -> float:
        step = torch.full((1, 1, 20, 40), -1.0)
        step[..., 20:] += grey_levels / 127.5
        return line_response(step, passes=1).amin().item()

    assert strongest(23) == strongest(200) == 0
    for grey_levels in (0, 4, 8, 16):  # below, the response is in proportion to the step
        assert strongest(grey_levels) == pytest.approx(1 - grey_levels / 23, abs=0.01)


@pytest.mark.parametrize(("exposure", "at_least"), [(0.5, 0.99), (0.25, 0.99), (0.1, 0.98)])
def test_a_dim_photograph_is_drawn_like_the_bright_one(exposure: float, at_least: float) -> None:
    photo = sample_photo("astronaut")[None, :, :256, :256]
    bright, dim = (line_drawing(p)[0, 0].numpy() < 0 for p in (photo, (photo + 1) * exposure - 1))
    assert bright.mean() > 0.02 and ink_agreement(dim, bright) >= at_least


def test_tau_orders_the_amount_of_ink() -> None:
    picture = random_pictures(1, 3, 60, 60, seed=6)
    amounts = [(line_drawing(picture, tau=tau, passes=1) < 0).float().mean().item() for tau in (0.0, 0.3, 0.6, 0.9)]
    assert amounts[0] == 0 and amounts == sorted(amounts) and amounts[3] > amounts[1] > 0


def test_neither_the_batch_nor_the_tiles_show() -> None:
    pictures = random_pictures(3, 3, 61, 83, seed=7)
    pictures[1] *= 0.3  # each picture is stretched by itself
    together = line_response(pictures)
    for i in range(3):
        assert torch.equal(line_response(pictures[i : i + 1]), together[i : i + 1])
    assert torch.equal(line_response(pictures, tile=24), together)
    assert torch.equal(line_drawing(pictures, tile=24), line_drawing(pictures))


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (5, 3)])
def test_tiny_pictures_can_be_drawn(size: tuple[int, int]) -> None:
    drawing = line_drawing(random_pictures(2, 3, *size))
    assert drawing.shape == (2, 1, *size) and (drawing.abs() == 1).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sigma_c": 0.0}, "sigma_c"),
        ({"sigma_m": float("nan")}, "sigma_m"),
        ({"rho": -1.0}, "rho"),
        ({"passes": 0}, "passes"),
        ({"tau": 1.5}, "tau"),
        ({"flow": torch.zeros(1, 2, 3, 3)}, "flow"),
        ({"flow": torch.full((1, 2, 8, 8), float("inf"))}, "flow"),
    ],
)
def test_bad_values_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ToonkitError, match=message):
        line_drawing(torch.zeros(1, 3, 8, 8), **options)


@pytest.mark.skipif(not MIRROR, reason="the reference drawings are in the mirror: set TOONKIT_MIRROR")
@pytest.mark.parametrize(("name", "ending"), [("butterfly", "jpg"), ("eagle", "jpg"), ("lighthouse", "png")])
def test_the_reference_programs_drawings_come_out(name: str, ending: str) -> None:
    folder = Path(MIRROR or "") / "cld"
    colours = torch.from_numpy(cv2.imread(str(folder / "data" / f"{name}.{ending}"))[..., ::-1].copy()).float()
    drawing = line_drawing(colours.permute(2, 0, 1)[None] / 127.5 - 1)[0, 0].numpy()
    ours, theirs = drawing < 0, cv2.imread(str(folder / "reference" / f"{name}.png"), cv2.IMREAD_GRAYSCALE) < 128
    near_ours, near_theirs = (cv2.dilate(ink.astype(np.uint8), np.ones((3, 3))) > 0 for ink in (ours, theirs))
    precision, recall = near_theirs[ours].mean(), near_ours[theirs].mean()
    assert 2 * precision * recall / (precision + recall) >= 0.95
