"""The flow-based bilateral filter against kornia's bilateral filter, OpenCV's and scikit-image's.

With one direction everywhere ours is a bilateral filter of rows, then of columns, which kornia can be asked for too.
The other two weigh a disc or a square around each pixel: another filter, whose difference is given.
"""

from __future__ import annotations

from functools import partial

import cv2
import torch
from kornia.filters import bilateral_blur
from skimage.restoration import denoise_bilateral
from torch import Tensor

from toonkit.course.speed.contest import Contest, Work
from toonkit.course.speed.photographs import SIZE, both, inside, photograph, pixels_of, planes_of
from toonkit.filters import flow_bilateral
from toonkit.filters.bilateral import LEVELS
from toonkit.filters.paths import gaussian_taps

SIGMA, COLOUR = 2.0, 50.0  # deviations: pixels, grey levels of 0-255
REACH = len(gaussian_taps(SIGMA)) - 1  # pixels
SIDE = 2 * REACH + 1
LINES_NOT_SQUARES = "Another filter: it weighs all pixels around, ours those on two lines, along and across an edge."
ANY_FLOW = (
    "Ours with the flow to the right everywhere, kornia's on rows, then on columns. Ours stays: it follows any flow, "
    "so it looks up every pixel that it weighs, where kornia shifts the whole picture."
)


def contests() -> list[Contest]:
    """One rival that computes the same where it can, two that compute something else."""
    photo = photograph()
    ours = partial(_ours, photo)
    size = f"{SIZE}, reach {REACH}, away from the border"
    opencv = ("opencv-python-headless", "cv2")
    rivals: list[tuple[str, tuple[str, str], Work, str]] = [
        ("bilateral_blur", ("kornia", "kornia"), partial(_kornia, photo), ANY_FLOW),
        ("bilateralFilter", opencv, partial(_opencv, photo), LINES_NOT_SQUARES),
        ("denoise_bilateral", ("scikit-image", "skimage"), partial(_scikit_image, photo), LINES_NOT_SQUARES),
    ]
    return [
        Contest("flow-based bilateral filter", rival, size, partial(both, ours, theirs), *package, remark=remark)
        for rival, package, theirs, remark in rivals
    ]


def _ours(photo: Tensor) -> Tensor:
    flow = torch.zeros_like(photo[:, :2])
    flow[:, 0] = 1  # (1, 2, H, W): to the right everywhere
    return _inner(flow_bilateral(photo, flow, SIGMA, COLOUR, SIGMA, COLOUR, iterations=1))


def _kornia(photo: Tensor) -> Tensor:
    values = {"sigma_color": COLOUR / LEVELS, "sigma_space": (SIGMA, SIGMA), "color_distance_type": "l2"}
    rows = bilateral_blur(photo, (1, SIDE), **values)
    return _inner(bilateral_blur(rows, (SIDE, 1), **values))


def _opencv(photo: Tensor) -> Tensor:
    return _inner(planes_of(cv2.bilateralFilter(pixels_of(photo), SIDE, COLOUR / LEVELS, SIGMA)))


def _scikit_image(photo: Tensor) -> Tensor:
    from_zero = pixels_of(photo) / 2 + 0.5
    smooth = denoise_bilateral(from_zero, SIDE, COLOUR / LEVELS / 2, SIGMA, mode="reflect", channel_axis=-1)
    return _inner(planes_of(smooth) * 2 - 1)


def _inner(pictures: Tensor) -> Tensor:
    return inside(pictures, 2 * REACH)
