"""Edge tangent flow: a smooth field of directions along the edges of a picture, and a picture of that field."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import pad

from toonkit.filters.borders import correlate, tiled
from toonkit.filters.checks import check_flow, check_pictures, grey_level
from toonkit.filters.paths import along_flow
from toonkit.project.errors import ToonkitError

SOBEL_SMOOTH = (1.0, 4.0, 6.0, 4.0, 1.0)  # the 5 x 5 Sobel operator is the product of these two
SOBEL_SLOPE = (-1.0, -2.0, 0.0, 2.0, 1.0)


def gradient(grey: Tensor) -> Tensor:
    """Return the 5 x 5 Sobel derivatives (N, 2, H, W), x then y, of `grey` (N, 1, H, W); borders are reflected."""
    slope_x = correlate(correlate(grey, SOBEL_SMOOTH, -2), SOBEL_SLOPE, -1)
    slope_y = correlate(correlate(grey, SOBEL_SMOOTH, -1), SOBEL_SLOPE, -2)
    return torch.cat([slope_x, slope_y], 1)


def unit(vectors: Tensor) -> Tensor:
    """Return `vectors` (N, 2, H, W) scaled to length 1; zero vectors stay zero."""
    length = (vectors[:, :1].square() + vectors[:, 1:].square()).sqrt()
    return vectors / length.masked_fill(length == 0, 1)


def disc(radius: int) -> list[tuple[int, int]]:
    """Return the offsets (dy, dx) closer than `radius` pixels: 69 of them for radius 5 (Kang et al. 2007, eq. 2)."""
    reach = range(1 - radius, radius)
    return [(dy, dx) for dy in reach for dx in reach if dy * dy + dx * dx < radius * radius]


def _smooth_once(flow: Tensor, magnitude: Tensor, offsets: list[tuple[int, int]], radius: int) -> Tensor:
    """Average the flow (N, 2, H, W) over `offsets`, weighted by `magnitude` (N, 1, H, W): Kang et al. 2007, eq. 1.

    The direction weight times the sign, phi(x, y) |t(x).t(y)|, is just t(x).t(y). So the sum is a matrix times
    t(x), and the matrix, sum of w_m(x, y) t(y) t(y)^T, needs no dot product per neighbour: three planes xx, xy, yy.
    The magnitude weight (1 + tanh(g(y) - g(x))) / 2 is e^2g(y) / (e^2g(y) + e^2g(x)): one division per neighbour.
    """
    height, width = flow.shape[-2:]
    x, y, strength = flow[:, :1], flow[:, 1:], (2 * magnitude).exp()
    outer = pad(torch.cat([x * x, x * y, y * y], 1) * strength, (radius,) * 4)
    border, matrix = pad(strength, (radius,) * 4), 0
    for dy, dx in offsets:
        window = (..., slice(radius + dy, radius + dy + height), slice(radius + dx, radius + dx + width))
        matrix = matrix + outer[window] / (border[window] + strength)
    xx, xy, yy = matrix.split(1, 1)
    return unit(torch.cat([xx * x + xy * y, xy * x + yy * y], 1))


def _stretch(magnitude: Tensor) -> Tensor:
    """Return each picture's `magnitude` (N, 1, H, W) stretched to [0, 1]; a picture without edges gives 0."""
    low, high = magnitude.amin((1, 2, 3), keepdim=True), magnitude.amax((1, 2, 3), keepdim=True)
    return (magnitude - low) / (high - low).masked_fill(high == low, 1)


@torch.no_grad()
def edge_tangent_flow(
    pictures: Tensor, radius: int = 5, iterations: int = 1, separable: bool = False, tile: int | None = None
) -> Tensor:
    """Return the edge tangent flow (N, 2, H, W): unit vectors x, y along the edges, zero where there is no gradient.

    Pictures: (N, 3, H, W) or (N, 1, H, W) in [-1, 1]. Each of `iterations` averages the directions within `radius`
    pixels, keeping the gradient's magnitude; `separable` does so along x, then along y, with 2 radius - 1
    neighbours each. Dark lies to the left of the flow on screen (y points down). Raises ToonkitError for bad
    pictures, radius, iterations. Source: Kang, Lee, Chui, "Coherent line drawing", 2007, eq. 1-5; separable form:
    "Flow-based image abstraction", 2009, section 2. Sobel size, radius and iteration count: the public reference
    program.
    """
    if radius < 1 or iterations < 0:
        raise ToonkitError(f"radius must be at least 1 and iterations at least 0, not {radius} and {iterations}")
    grey = grey_level(check_pictures(pictures, (1, 3)))
    slope = tiled(gradient, grey, halo=2, tile=tile)
    magnitude = _stretch((slope[:, :1].square() + slope[:, 1:].square()).sqrt())
    flow = unit(torch.stack([slope[:, 1], -slope[:, 0]], 1))
    row, column = [(0, d) for d in range(1 - radius, radius)], [(d, 0) for d in range(1 - radius, radius)]
    for offsets in ([row, column] if separable else [disc(radius)]) * iterations:
        step = partial(_smooth_once, offsets=offsets, radius=radius)
        flow = tiled(step, flow, magnitude, halo=radius, tile=tile)
    return flow


@torch.no_grad()
def line_integral_convolution(flow: Tensor, length: int = 12, seed: int = 0) -> Tensor:
    """Return a picture (N, 1, H, W) in [-1, 1] of `flow` (N, 2, H, W): noise smeared along it, like iron filings.

    Contrast is the same everywhere, however short the path; mid-grey (0) where there is no flow. Raises ToonkitError
    for a bad flow. Source: Cabral, Leedom, "Imaging vector fields using line integral convolution", 1993.
    """
    check_flow(flow, flow)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand((1, 1, *flow.shape[-2:]), generator=generator).to(flow).expand(len(flow), -1, -1, -1)
    total, count = noise.clone(), torch.ones_like(noise)
    for _, value, inside in along_flow(flow, noise, length):
        total, count = total + value, count + inside
    deviations = (total / count - 0.5) * (12 * count).sqrt()  # the mean of n uniform numbers varies by 1 / sqrt(12 n)
    return (deviations / 2.5).clamp(-1, 1) * (flow != 0).any(1, keepdim=True)
