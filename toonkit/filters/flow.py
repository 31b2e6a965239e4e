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
    slope_x = correlate(correlate(grey, SOBEL_SMOOTH, -2), SOBEL_SLOPE, -1)  # (N, 1, H, W)
    slope_y = correlate(correlate(grey, SOBEL_SMOOTH, -1), SOBEL_SLOPE, -2)
    return torch.cat([slope_x, slope_y], 1)


def unit(vectors: Tensor) -> Tensor:
    """Return `vectors` (N, 2, H, W) scaled to length 1; zero vectors stay zero."""
    length = (vectors[:, :1].square() + vectors[:, 1:].square()).sqrt()  # (N, 1, H, W)
    return vectors / length.masked_fill(length == 0, 1)


def disc(radius: int) -> list[tuple[int, int]]:
    """Return the offsets (dy, dx) closer than `radius` pixels: 69 of them for radius 5 (Kang et al. 2007, eq. 2)."""
    reach = range(1 - radius, radius)
    return [(dy, dx) for dy in reach for dx in reach if dy * dy + dx * dx < radius * radius]


def _smooth_once(flow: Tensor, magnitude: Tensor, offsets: list[tuple[int, int]], radius: int) -> Tensor:
    """Average the flow (N, 2, H, W) over `offsets`, weighted by `magnitude` (N, 1, H, W): Kang et al. 2007, eq. 1.

    Let x be a pixel, y a neighbour, t their unit tangents and g their magnitudes. The direction weight times the sign,
    phi(x, y) |t(x).t(y)|, is just t(x).t(y). So the sum is a matrix times t(x). The matrix is the sum of
    w_m(x, y) t(y) t(y)^T, whose three entries xx, xy, yy need no dot product per neighbour. The magnitude weight
    w_m = (1 + tanh(g(y) - g(x))) / 2 equals e^2g(y) / (e^2g(y) + e^2g(x)), which is one division per neighbour.
    """
    height, width = flow.shape[-2:]
    tangent_x, tangent_y = flow[:, :1], flow[:, 1:]  # (N, 1, H, W) each
    strength = (2 * magnitude).exp()  # (N, 1, H, W): e^2g
    products = torch.cat([tangent_x * tangent_x, tangent_x * tangent_y, tangent_y * tangent_y], 1)  # (N, 3, H, W)
    padded_products = pad(products * strength, (radius,) * 4)  # (N, 3, H + 2 radius, W + 2 radius)
    padded_strength = pad(strength, (radius,) * 4)
    matrix = torch.zeros_like(products)
    for dy, dx in offsets:
        window = (..., slice(radius + dy, radius + dy + height), slice(radius + dx, radius + dx + width))
        matrix = matrix + padded_products[window] / (padded_strength[window] + strength)
    xx, xy, yy = matrix.split(1, 1)  # (N, 1, H, W) each
    return unit(torch.cat([xx * tangent_x + xy * tangent_y, xy * tangent_x + yy * tangent_y], 1))


def _stretch(magnitude: Tensor) -> Tensor:
    """Return each picture's `magnitude` (N, 1, H, W) stretched to [0, 1]; a picture without edges gives 0."""
    low = magnitude.amin((1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    high = magnitude.amax((1, 2, 3), keepdim=True)
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
    grey = grey_level(check_pictures(pictures, (1, 3)))  # (N, 1, H, W)
    slope = tiled(gradient, grey, halo=2, tile=tile)  # (N, 2, H, W)
    magnitude = _stretch((slope[:, :1].square() + slope[:, 1:].square()).sqrt())  # (N, 1, H, W)
    flow = unit(torch.stack([slope[:, 1], -slope[:, 0]], 1))  # the gradient, turned by a right angle
    row = [(0, step) for step in range(1 - radius, radius)]
    column = [(step, 0) for step in range(1 - radius, radius)]
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
    total = noise.clone()  # (N, 1, H, W)
    count = torch.ones_like(noise)
    for _, value, inside in along_flow(flow, noise, length):
        total = total + value
        count = count + inside
    deviations = (total / count - 0.5) * (12 * count).sqrt()  # the mean of n uniform numbers varies by 1 / sqrt(12 n)
    return (deviations / 2.5).clamp(-1, 1) * (flow != 0).any(1, keepdim=True)
