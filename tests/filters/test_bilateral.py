from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import gauss, random_pictures, reach_of, samples_across, samples_along

from toonkit.filters import edge_tangent_flow, flow_bilateral
from toonkit.project.errors import ToonkitError


def direct_pass(colours: np.ndarray, tangent: np.ndarray, along: bool, sigma: float, levels: float) -> np.ndarray:
    """One of the two filters of Kang et al. 2009, section 4, pixel by pixel; colours (3, H, W) in 0-255."""
    result, walk = np.zeros_like(colours), samples_along if along else samples_across
    for y in range(colours.shape[1]):
        for x in range(colours.shape[2]):
            total, weight = np.zeros(3), 0.0
            for step, row, column in walk(tangent, y, x, reach_of(sigma)):
                distance = np.linalg.norm(colours[:, row, column] - colours[:, y, x])
                share = gauss(step, sigma) * np.exp(-(distance**2) / (2 * levels**2))
                total, weight = total + share * colours[:, row, column], weight + share
            result[:, y, x] = total / weight
    return result


def test_it_is_the_direct_computation() -> None:
    picture = random_pictures(1, 3, 14, 17, seed=8)
    flow = edge_tangent_flow(picture, iterations=3)
    tangent, colours = flow[0].double().numpy(), (picture[0].double().numpy() + 1) * 127.5
    for _ in range(2):
        colours = direct_pass(colours, tangent, True, 2.0, 50.0)
        colours = direct_pass(colours, tangent, False, 2.0, 10.0)
    found = flow_bilateral(picture, sigma_e=2, r_e=50, sigma_g=2, r_g=10, iterations=2)[0]
    np.testing.assert_allclose(found, colours / 127.5 - 1, atol=1e-5)


def test_noise_goes_and_the_edge_stays() -> None:
    clean = torch.full((1, 3, 40, 40), -0.5)
    clean[..., 20:] = 0.5
    noisy = clean + 0.05 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    smooth = flow_bilateral(noisy, iterations=3)
    assert (smooth - clean).std() < 0.5 * (noisy - clean).std()
    step = smooth[..., 20:24].mean() - smooth[..., 16:20].mean()
    assert step > 0.97


def test_a_flat_picture_is_left_alone() -> None:
    flat = torch.full((1, 3, 20, 20), 0.25)
    torch.testing.assert_close(flow_bilateral(flat), flat, atol=1e-6, rtol=0)


def test_neither_the_batch_nor_the_tiles_show() -> None:
    pictures = random_pictures(3, 3, 41, 66, seed=9)
    together = flow_bilateral(pictures, iterations=2)
    for i in range(3):
        assert torch.equal(flow_bilateral(pictures[i : i + 1], iterations=2), together[i : i + 1])
    assert torch.equal(flow_bilateral(pictures, iterations=2, tile=20), together)


def test_bad_values_are_refused() -> None:
    with pytest.raises(ToonkitError, match="r_e"):
        flow_bilateral(torch.zeros(1, 3, 8, 8), r_e=0)
    with pytest.raises(ToonkitError, match="iterations"):
        flow_bilateral(torch.zeros(1, 3, 8, 8), iterations=0)
    with pytest.raises(ToonkitError, match="shape"):
        flow_bilateral(torch.zeros(1, 1, 8, 8))
