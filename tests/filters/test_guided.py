from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from helpers import random_pictures
from kornia.filters import guided_blur

from toonkit.filters import guided_filter
from toonkit.images.samples import sample_photo
from toonkit.project.errors import ToonkitError


def direct(picture: np.ndarray, guide: np.ndarray, radius: int, eps: float) -> np.ndarray:
    """He et al. 2010, eq. 5, 6, 8 for one channel (H, W), window by window in float64."""
    height, width = picture.shape

    def window(y: int, x: int) -> tuple[slice, slice]:
        return slice(max(y - radius, 0), y + radius + 1), slice(max(x - radius, 0), x + radius + 1)

    slope, offset, result = (np.zeros_like(picture) for _ in range(3))
    pixels = [(y, x) for y in range(height) for x in range(width)]
    for y, x in pixels:
        p, g = picture[window(y, x)], guide[window(y, x)]
        slope[y, x] = ((g - g.mean()) * (p - p.mean())).mean() / (((g - g.mean()) ** 2).mean() + eps)
        offset[y, x] = p.mean() - slope[y, x] * g.mean()
    for y, x in pixels:
        result[y, x] = slope[window(y, x)].mean() * guide[y, x] + offset[window(y, x)].mean()
    return result


@pytest.mark.parametrize(("radius", "eps"), [(5, 0.2), (1, 0.01), (2, 0.005)])
@pytest.mark.parametrize("size", [(14, 19), (4, 3), (1, 1)])
def test_it_is_the_direct_computation(radius: int, eps: float, size: tuple[int, int]) -> None:
    picture, guide = random_pictures(2, 3, *size), random_pictures(2, 3, *size, seed=1)
    for given in (None, guide):
        found = guided_filter(picture, given, radius, eps).numpy()
        leader = (picture if given is None else given).double().numpy()
        for n in range(2):
            for c in range(3):
                expected = direct(picture[n, c].double().numpy(), leader[n, c], radius, eps)
                np.testing.assert_allclose(found[n, c], expected, atol=1e-5)


def test_away_from_the_border_it_is_kornias_guided_blur() -> None:
    picture, guide = random_pictures(1, 1, 40, 40, seed=2), random_pictures(1, 1, 40, 40, seed=3)
    expected = guided_blur(guide, picture, 7, 0.05)
    inner = (..., slice(8, -8), slice(8, -8))
    torch.testing.assert_close(guided_filter(picture, guide, 3, 0.05)[inner], expected[inner], atol=1e-5, rtol=0)


def by_opencv(picture: np.ndarray, guide: np.ndarray, radius: int, eps: float) -> np.ndarray:
    """The same filter put together of OpenCV's box filter, (H, W) float64: windows cut off at the border, as ours."""

    def total(plane: np.ndarray) -> np.ndarray:
        side = (2 * radius + 1, 2 * radius + 1)
        return cv2.boxFilter(plane, cv2.CV_64F, side, normalize=False, borderType=cv2.BORDER_CONSTANT)

    def mean(plane: np.ndarray) -> np.ndarray:
        return total(plane) / total(np.ones_like(plane))

    covariance = mean(guide * picture) - mean(guide) * mean(picture)
    slope = covariance / (mean(guide * guide) - mean(guide) ** 2 + eps)
    return mean(slope) * guide + mean(mean(picture) - slope * mean(guide))


@pytest.mark.parametrize(("radius", "eps"), [(5, 0.2), (1, 0.01), (8, 0.001)])
def test_it_is_opencvs_box_filter_put_together_also_at_the_border(radius: int, eps: float) -> None:
    photo = sample_photo("astronaut")[None, :, 100:197, 150:281].double()
    other = random_pictures(1, 3, *photo.shape[-2:], seed=8).double()
    for picture, guide in ((photo, photo), (other, photo)):
        found = guided_filter(picture, guide, radius, eps)
        for plane, given, leader in zip(found[0].numpy(), picture[0].numpy(), guide[0].numpy(), strict=True):
            np.testing.assert_allclose(plane, by_opencv(given, leader, radius, eps), atol=1e-9)


def test_gradients_reach_both_arguments() -> None:
    pictures = [random_pictures(1, 1, 6, 5, seed=k).double().requires_grad_() for k in (4, 5)]
    assert torch.autograd.gradcheck(lambda p, g: guided_filter(p, g, 2, 0.1), pictures)


def test_large_eps_blurs_and_small_eps_keeps() -> None:
    picture = random_pictures(1, 3, 30, 30, seed=6)
    kept, blurred = guided_filter(picture, radius=2, eps=1e-6), guided_filter(picture, radius=2, eps=1e3)
    torch.testing.assert_close(kept, picture, atol=1e-2, rtol=0)
    assert blurred.std() < 0.5 * picture.std()


def test_one_picture_does_not_see_the_others() -> None:
    pictures = random_pictures(4, 3, 17, 21, seed=7)
    together = guided_filter(pictures)
    for i in range(4):
        assert torch.equal(guided_filter(pictures[i : i + 1]), together[i : i + 1])


def test_bad_values_are_refused() -> None:
    picture = torch.zeros(1, 3, 8, 8)
    with pytest.raises(ToonkitError, match="radius"):
        guided_filter(picture, radius=0)
    with pytest.raises(ToonkitError, match="eps"):
        guided_filter(picture, eps=-1.0)
    with pytest.raises(ToonkitError, match="one shape"):
        guided_filter(picture, torch.zeros(1, 3, 8, 9))
    with pytest.raises(ToonkitError, match="NaN"):
        guided_filter(picture * float("nan"))
