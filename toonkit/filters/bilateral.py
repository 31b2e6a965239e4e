"""Flow-based bilateral filter: colour smoothed along the edges, then across them, and never over them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.filters.borders import tiled
from toonkit.filters.checks import check_flow, check_pictures, check_positive
from toonkit.filters.flow import edge_tangent_flow
from toonkit.filters.paths import across_flow, along_flow, gaussian_taps

LEVELS = 127.5  # grey levels of 0-255 in one unit of a picture in [-1, 1]: r_e and r_g are given in levels


def _pass(pictures: Tensor, samples: Iterator[tuple[int, Tensor, Tensor]], taps: list[float], levels: float) -> Tensor:
    """Return the bilateral average of `pictures` (N, 3, H, W) over the `samples` along a walk.

    A sample is (step, colours (N, 3, H, W), inside (N, 1, H, W)). Its weight is that of its step in `taps`, times a
    Gaussian of its difference in colour, whose standard deviation is `levels` grey levels.
    """
    total = pictures * taps[0]  # (N, 3, H, W)
    weight = torch.full_like(pictures[:, :1], taps[0])  # (N, 1, H, W)
    exponent = -0.5 * (LEVELS / levels) ** 2  # of a squared difference of 1
    for step, colours, inside in samples:
        red, green, blue = (colours - pictures).square().split(1, 1)  # (N, 1, H, W) each
        sample_weight = (red + green + blue).mul_(exponent).exp_().mul_(taps[step]).mul_(inside)  # (N, 1, H, W)
        total += colours * sample_weight
        weight += sample_weight
    return total / weight


@torch.no_grad()
def flow_bilateral(
    pictures: Tensor,
    flow: Tensor | None = None,
    sigma_e: float = 2.0,
    r_e: float = 50.0,
    sigma_g: float = 2.0,
    r_g: float = 10.0,
    iterations: int = 3,
    tile: int | None = None,
) -> Tensor:
    """Return `pictures` (N, 3, H, W) in [-1, 1] with flat regions and kept edges.

    Each of `iterations` filters along the flow, over sigma_e pixels and r_e grey levels of 0-255, and then across it,
    over sigma_g pixels and r_g grey levels; all four are standard deviations. `flow` (N, 2, H, W) is by default the
    edge tangent flow after three iterations. Raises ToonkitError for bad pictures, flow or values. Source: Kang, Lee,
    Chui, "Flow-based image abstraction", 2009, section 4.
    """
    check_positive(sigma_e=sigma_e, r_e=r_e, sigma_g=sigma_g, r_g=r_g, iterations=iterations)
    check_pictures(pictures)
    flow = edge_tangent_flow(pictures, iterations=3, tile=tile) if flow is None else check_flow(flow, pictures)
    taps_along = gaussian_taps(sigma_e)
    taps_across = gaussian_taps(sigma_g)

    def along_then_across(colours: Tensor, directions: Tensor) -> Tensor:
        colours = _pass(colours, along_flow(directions, colours, len(taps_along) - 1), taps_along, r_e)
        return _pass(colours, across_flow(directions, colours, len(taps_across) - 1), taps_across, r_g)

    for _ in range(iterations):
        pictures = tiled(along_then_across, pictures, flow, halo=len(taps_along) + len(taps_across), tile=tile)
    return pictures
