"""Guided filter: an edge-preserving blur made of averages only, and so differentiable."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import avg_pool2d

from toonkit.filters.checks import check_pictures, check_positive
from toonkit.project.errors import ToonkitError


def _window_mean(planes: Tensor, radius: int) -> Tensor:
    """Return the mean over the (2 radius + 1)-square window, of those of its pixels that lie in the picture."""
    side = 2 * radius + 1
    rows = avg_pool2d(planes, (1, side), 1, (0, radius), count_include_pad=False)
    return avg_pool2d(rows, (side, 1), 1, (radius, 0), count_include_pad=False)


def guided_filter(pictures: Tensor, guide: Tensor | None = None, radius: int = 5, eps: float = 0.2) -> Tensor:
    """Return `pictures` (N, C, H, W) smoothed where `guide` (same shape, by default themselves) is smooth.

    In every window of `radius` pixels each channel is fitted as a straight line of the same channel of the guide; a
    variance well below `eps` (squared units of the guide) counts as smooth. Differentiable in both arguments. The
    surface loss uses radius 5, eps 0.2. Raises ToonkitError for bad pictures, guide or values. Source: He, Sun,
    Tang, "Guided image filtering", 2010, eq. 5, 6, 8; semantic report, eq. 5.
    """
    if radius < 1:
        raise ToonkitError(f"radius must be at least 1 pixel, not {radius}")
    check_positive(eps=eps)
    check_pictures(pictures, (1, 3), bounded=False)
    guide = pictures if guide is None else check_pictures(guide, (pictures.shape[1],), bounded=False)
    if guide.shape != pictures.shape:
        raise ToonkitError(f"guide {tuple(guide.shape)} and pictures {tuple(pictures.shape)} must have one shape")
    return smooth_by_guide(pictures, guide, radius, eps)


def smooth_by_guide(pictures: Tensor, guide: Tensor, radius: int, eps: float) -> Tensor:
    """The guided filter without a look at what it is given, as a layer of a network; (N, C, H, W) each."""
    mean_guide = _window_mean(guide, radius)  # (N, C, H, W), as all that follow
    variance = _window_mean(guide * guide, radius) - mean_guide * mean_guide
    if guide is pictures:
        mean = mean_guide
        covariance = variance
    else:
        mean = _window_mean(pictures, radius)
        covariance = _window_mean(guide * pictures, radius) - mean_guide * mean
    slope = covariance / (variance + eps)
    offset = mean - slope * mean_guide
    return _window_mean(slope, radius) * guide + _window_mean(offset, radius)
