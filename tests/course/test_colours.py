"""Colours of curves, seen by eyes that lack a kind of cone."""

from __future__ import annotations

from itertools import combinations

import matplotlib
import numpy as np
import pytest
from kornia.color import rgb_to_lab
from torch import Tensor, tensor

from toonkit.course.colours import STYLE, use_safe_colours

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009,
# severity 1.0, for linear RGB.
LACKING = {
    "nothing": np.eye(3),
    "red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
FIRST = 5  # curves in one plot of the course, at most but once
APART = 12.0  # in CIELAB; 2.3 is just noticed side by side


def seen(colours: np.ndarray, lacking: str) -> Tensor:
    """CIELAB (N, 3) of what is seen of sRGB colours (N, 3)."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.asarray(LACKING[lacking]).T, 0, 1)
    simulated = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb_to_lab(tensor(simulated, dtype=float).view(-1, 3, 1, 1)).view(-1, 3)


def least_apart(colours: list[str], lacking: str) -> float:
    found = seen(np.array([matplotlib.colors.to_rgb(colour) for colour in colours[:FIRST]]), lacking)
    return min(float((one - other).norm()) for one, other in combinations(found, 2))


@pytest.mark.parametrize("lacking", LACKING)
def test_the_first_curves_stay_apart_for_every_eye(lacking: str) -> None:
    with matplotlib.rc_context():
        use_safe_colours()
        colours = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    assert len(colours) == 10 and STYLE in matplotlib.style.available
    assert least_apart(colours, lacking) > APART


def test_the_usual_colours_would_not_do() -> None:
    """The measure can fail: red and green of matplotlib's own cycle come together."""
    usual = matplotlib.rcParamsDefault["axes.prop_cycle"].by_key()["color"]
    assert min(least_apart(usual, lacking) for lacking in ("red", "green")) < APART
