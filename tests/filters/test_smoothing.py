from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from skimage import data

from toonkit.filters import edge_smoothing
from toonkit.project.errors import ToonkitError


def cat() -> torch.Tensor:
    return torch.from_numpy(data.chelsea()[:, :300].copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


def direct(picture: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """The CartoonGAN preparation in float64: every dilated edge pixel becomes the Gaussian mean of its 5 x 5 window."""
    colours = np.rint((picture.permute(1, 2, 0).double().numpy() + 1) * 127.5)
    grey = cv2.cvtColor(colours.astype(np.uint8), cv2.COLOR_RGB2GRAY)
    near = cv2.dilate(cv2.Canny(grey, 100, 200), np.ones((5, 5), np.uint8)) > 0
    row = np.exp(-(np.arange(-2.0, 3) ** 2) / (2 * 1.1**2))
    kernel = np.outer(row, row) / row.sum() ** 2
    padded, result = np.pad(colours, ((2, 2), (2, 2), (0, 0)), mode="reflect"), colours.copy()
    for y, x in np.argwhere(near):
        result[y, x] = (padded[y : y + 5, x : x + 5] * kernel[..., None]).sum((0, 1))
    return result.transpose(2, 0, 1) / 127.5 - 1, near


def test_it_is_the_direct_computation_and_touches_edges_only() -> None:
    picture = cat()
    smooth, (expected, near) = edge_smoothing(picture), direct(picture[0])
    assert 0.02 < near.mean() < 0.9
    np.testing.assert_allclose(smooth[0], expected, atol=1e-5)
    assert torch.equal(smooth[0][:, ~torch.from_numpy(near)], picture[0][:, ~torch.from_numpy(near)])


def test_one_picture_does_not_see_the_others() -> None:
    pictures = torch.cat([cat(), cat().flip(3), torch.zeros(1, 3, 300, 300)])
    together = edge_smoothing(pictures)
    for i in range(3):
        assert torch.equal(edge_smoothing(pictures[i : i + 1]), together[i : i + 1])
    assert torch.equal(together[2], pictures[2])  # no edge, no change


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 4)])
def test_tiny_pictures_pass(size: tuple[int, int]) -> None:
    picture = torch.ones(1, 3, *size)
    picture[..., : size[1] // 2] = -1
    smooth = edge_smoothing(picture)
    assert smooth.shape == picture.shape and smooth.isfinite().all()


def test_bad_values_are_refused() -> None:
    with pytest.raises(ToonkitError, match="odd"):
        edge_smoothing(torch.zeros(1, 3, 8, 8), size=4)
    with pytest.raises(ToonkitError, match=r"\[-1, 1\]"):
        edge_smoothing(torch.full((1, 3, 8, 8), 100.0))
