"""The filters against kornia, OpenCV and scikit-image, on a photograph of 512 x 512 pixels."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import torch
from kornia.filters import gaussian_blur2d, guided_blur
from torch import Tensor

from toonkit.course.speed import bilateral
from toonkit.course.speed.contest import Contest, Work
from toonkit.course.speed.photographs import SIZE, both, inside, photograph, pixels_of, planes_of
from toonkit.filters import guided_filter
from toonkit.filters.borders import correlate
from toonkit.filters.flat import l0_smoothing

RADIUS, EPS = 5, 0.2  # of the guided filter, as in the surface loss
STRENGTH, GROWTH = 0.02, 2.0  # of L0 smoothing, as in its source
WINDOW, BLUR = 5, 1.1  # of the Gaussian in edge smoothing: pixels a side, deviation
EXTRA = ("opencv-contrib-python-headless", "cv2.ximgproc")  # the distribution, and what it adds
NOT_THE_SAME_MODULE = (
    "OpenCV has it in its extra modules only, which come as another distribution of the same module `cv2`; "
    "both cannot be installed side by side."
)
SMALL_PART = "Ours stays: it takes batches on a GPU too, and is a fifth of edge smoothing, done once a cartoon."
NOBODY_HAS_IT = "No installed library has it."


def contests() -> list[Contest]:
    """Guided filter, L0 smoothing, Gaussian and bilateral, and what nobody else has."""
    return [
        *_guided(),
        Contest("L0 smoothing", "ximgproc.l0Smooth", SIZE, _l0, *EXTRA, remark=NOT_THE_SAME_MODULE),
        *_gaussian(),
        *bilateral.contests(),
        Contest("edge tangent flow", "none", SIZE, None, remark=NOBODY_HAS_IT),
        Contest("line drawing (flow-based DoG)", "none", SIZE, None, remark=NOBODY_HAS_IT),
        Contest("edge smoothing", "none", SIZE, None, remark=f"{NOBODY_HAS_IT} Its Gaussian is above."),
    ]


def _guided() -> list[Contest]:
    """Compared away from the border, where kornia reflects and He's filter cuts its windows off."""
    size = f"{SIZE}, radius {RADIUS}, away from the border"
    rivals = {"guided_blur": False, "guided_blur, separable": True}
    kornia = [
        Contest("guided filter", rival, size, partial(_by_kornia, separable), "kornia")
        for rival, separable in rivals.items()
    ]
    opencv = Contest("guided filter", "ximgproc.guidedFilter", size, _by_opencv, *EXTRA, remark=NOT_THE_SAME_MODULE)
    return [*kornia, opencv]


def _ours(photo: Tensor) -> Tensor:
    return inside(guided_filter(photo, radius=RADIUS, eps=EPS), 2 * RADIUS)


def _by_kornia(separable: bool) -> tuple[Work, Work]:
    photo = photograph()
    channels = photo.transpose(0, 1)  # (3, 1, H, W): each channel guides itself, as in ours

    def theirs() -> Tensor:
        blurred = guided_blur(channels, channels, 2 * RADIUS + 1, EPS, separable=separable)
        return inside(blurred.transpose(0, 1), 2 * RADIUS)

    return partial(_ours, photo), theirs


def _by_opencv() -> tuple[Work, Work]:
    photo = photograph()
    channels = [np.ascontiguousarray(plane) for plane in photo[0].numpy()]  # (H, W) each

    def theirs() -> Tensor:
        smooth = np.stack([cv2.ximgproc.guidedFilter(plane, plane, RADIUS, EPS) for plane in channels])
        return inside(torch.from_numpy(smooth)[None], 2 * RADIUS)

    return partial(_ours, photo), theirs


def _l0() -> tuple[Work, Work]:
    photo = photograph()
    from_zero = pixels_of(photo) / 2 + 0.5

    def theirs() -> Tensor:
        return planes_of(cv2.ximgproc.l0Smooth(from_zero, None, STRENGTH, GROWTH)) * 2 - 1

    return partial(l0_smoothing, photo, STRENGTH, GROWTH), theirs


def _gaussian() -> list[Contest]:
    size = f"{SIZE}, window {WINDOW} x {WINDOW}"
    photo = photograph()
    pixels = pixels_of(photo)
    taps = cv2.getGaussianKernel(WINDOW, BLUR)[:, 0].tolist()
    square = (WINDOW, WINDOW)

    def ours() -> Tensor:
        return correlate(correlate(photo, taps, -1), taps, -2)

    by_kornia = partial(both, ours, lambda: gaussian_blur2d(photo, square, (BLUR, BLUR)))
    by_opencv = partial(both, ours, lambda: planes_of(cv2.GaussianBlur(pixels, square, BLUR)))
    opencv = ("opencv-python-headless", "cv2")
    return [
        Contest("Gaussian blur", "gaussian_blur2d", size, by_kornia, "kornia"),
        Contest("Gaussian blur", "GaussianBlur", size, by_opencv, *opencv, remark=SMALL_PART),
    ]
