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
    """Return the bilateral average of `pictures` over `samples` (step, colours, inside), `levels` wide in colour."""
    total, weight = pictures * taps[0], torch.full_like(pictures[:, :1], taps[0])
    scale = -0.5 * (LEVELS / levels) ** 2
    for step, colour, inside in samples:
        red, green, blue = (colour - pictures).square().split(1, 1)
        share = (red + green + blue).mul_(scale).exp_().mul_(taps[step]).mul_(inside)
        total += colour * share
        weight += share
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

    Each of `iterations` filters along the flow (spread sigma_e pixels, r_e grey levels of 0-255), then across it
    (sigma_g, r_g). `flow` (N, 2, H, W) is by default the edge tangent flow after three iterations. Raises
    ToonkitError for bad pictures, flow or values. Source: Kang, Lee, Chui, "Flow-based image abstraction", 2009,
    section 4.
    """
    check_positive(sigma_e=sigma_e, r_e=r_e, sigma_g=sigma_g, r_g=r_g, iterations=iterations)
    check_pictures(pictures)
    flow = edge_tangent_flow(pictures, iterations=3, tile=tile) if flow is None else check_flow(flow, pictures)
    edge, side = gaussian_taps(sigma_e), gaussian_taps(sigma_g)

    def once(colours: Tensor, field: Tensor) -> Tensor:
        colours = _pass(colours, along_flow(field, colours, len(edge) - 1), edge, r_e)
        return _pass(colours, across_flow(field, colours, len(side) - 1), side, r_g)

    for _ in range(iterations):
        pictures = tiled(once, pictures, flow, halo=len(edge) + len(side), tile=tile)
    return pictures
