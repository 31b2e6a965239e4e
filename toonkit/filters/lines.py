"""Coherent line drawing: a difference of Gaussians across the edges, gathered along them (flow-based DoG)."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from toonkit.filters.borders import correlate, tiled
from toonkit.filters.checks import check_flow, check_pictures, check_positive, grey_level
from toonkit.filters.flow import edge_tangent_flow
from toonkit.filters.paths import KeptPaths, Walk, across_flow, along_flow, gaussian_taps
from toonkit.project.errors import ToonkitError

SURROUND = 1.6  # sigma_s / sigma_c: with this ratio a DoG comes close to a Laplacian of Gaussian
BLUR = (0.25, 0.5, 0.25)  # 3 x 3 Gaussian between passes
FAINTEST = 0.01  # the response to a step from black to 23 of 255 grey levels; a weaker one is not stretched to ink


def _across(grey: Tensor, walk: Walk, sigma_c: float, rho: float) -> Tensor:
    """Return the 1-D difference of Gaussians (N, 1, H, W) of `grey` along the gradient (Kang et al. 2007, eq. 6, 7)."""
    gaussians = [gaussian_taps(sigma_c), gaussian_taps(SURROUND * sigma_c)]  # centre and surround
    totals = [grey * taps[0] for taps in gaussians]  # (N, 1, H, W) each
    weights = [torch.full_like(grey, taps[0]) for taps in gaussians]
    for step, value, inside in walk(grey, max(map(len, gaussians)) - 1):
        for taps, total, weight in zip(gaussians, totals, weights, strict=True):
            if step < len(taps):
                total += value * taps[step]
                weight += inside * taps[step]
    centre = totals[0] / weights[0]
    surround = totals[1] / weights[1]
    return centre - rho * surround


def _along(response: Tensor, walk: Walk, sigma_m: float) -> Tensor:
    """Return `response` averaged along the flow (Kang et al. 2007, eq. 9), squashed: 1 on paper, less on a line."""
    taps = gaussian_taps(sigma_m)
    total = response * taps[0]  # (N, 1, H, W)
    weight = torch.full_like(response, taps[0])
    for step, value, inside in walk(response, len(taps) - 1):
        total += value * taps[step]
        weight += inside * taps[step]
    return 1 + (total / weight).clamp(max=0).tanh()


def _response(grey: Tensor, flow: Tensor, sigma_c: float, sigma_m: float, rho: float, tile: int | None) -> Tensor:
    """Return the flow-based DoG (N, 1, H, W), stretched to [0, 1] over each picture; 1 everywhere if it is flat."""
    reach = len(gaussian_taps(SURROUND * sigma_c)) + len(gaussian_taps(sigma_m))

    def across_then_along(grey: Tensor, flow: Tensor) -> Tensor:
        return _along(_across(grey, partial(across_flow, flow), sigma_c, rho), partial(along_flow, flow), sigma_m)

    return _stretch(tiled(across_then_along, grey, flow, halo=reach, tile=tile))


def _stretch(squashed: Tensor) -> Tensor:
    """Return a squashed response (N, 1, H, W) stretched to [0, 1] over each whole picture.

    The stretch makes the strongest line of a picture 0, as in the reference program, but it magnifies no response
    below `FAINTEST` to that: in a picture without any line it would draw noise that nobody sees.
    """
    paper = squashed.amax((1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    ink = torch.minimum(squashed.amin((1, 2, 3), keepdim=True), paper - FAINTEST)
    return (squashed - ink) / (paper - ink)


def line_pass(grey: Tensor, paths: KeptPaths, sigma_c: float, sigma_m: float, rho: float) -> Tensor:
    """One pass of `line_response` over a grey picture (1, 1, H, W), along paths that are kept; the same shape."""
    return _stretch(_along(_across(grey, paths.across, sigma_c, rho), paths.along, sigma_m))


def redraw(grey: Tensor, response: Tensor, tau: float) -> Tensor:
    """Return `grey` with the lines found so far drawn in black and softened: the input of the next pass."""
    return correlate(correlate(grey * (response >= tau), BLUR, -1), BLUR, -2)


@torch.no_grad()
def line_response(
    pictures: Tensor,
    flow: Tensor | None = None,
    sigma_c: float = 1.0,
    sigma_m: float = 3.0,
    rho: float = 0.997,
    tau: float = 0.8,
    passes: int = 2,
    tile: int | None = None,
) -> Tensor:
    """Return how much each pixel is paper, (N, 1, H, W) in [0, 1]: 0 on the strongest line, 1 where there is none.

    A picture whose strongest line is fainter than a step of 23 grey levels of 255 (`FAINTEST`) does not reach 0.
    Arguments and errors as `line_drawing`, of which this is the step before the threshold.
    """
    check_positive(sigma_c=sigma_c, sigma_m=sigma_m, rho=rho, passes=passes)
    if not 0 <= tau <= 1:
        raise ToonkitError(f"tau must lie between 0 (no ink) and 1 (ink at the faintest line), not {tau!r}")
    grey = grey_level(check_pictures(pictures, (1, 3)))
    flow = edge_tangent_flow(pictures, tile=tile) if flow is None else check_flow(flow, pictures)
    response = _response(grey, flow, sigma_c, sigma_m, rho, tile)
    for _ in range(passes - 1):
        grey = tiled(lambda g, r: redraw(g, r, tau), grey, response, halo=1, tile=tile)
        response = _response(grey, flow, sigma_c, sigma_m, rho, tile)
    return response


def line_drawing(pictures: Tensor, flow: Tensor | None = None, tau: float = 0.8, **options: float) -> Tensor:
    """Return the drawing (N, 1, H, W) of `pictures` (N, 3 or 1, H, W): -1 is ink, 1 is paper.

    There is ink where the response, stretched to [0, 1], is below `tau`. sigma_c is half the width of a line and
    sigma_m the reach along an edge, in pixels. The nearer rho is to 1, the fainter are the lines that are found, noise
    among them. passes is how often the picture is drawn, each time with the lines of the pass before drawn into it; the
    reference program's "one iteration" means two. `flow` replaces the edge tangent flow of the pictures. Raises
    ToonkitError for bad pictures, flow or values. Source: Kang, Lee, Chui, "Coherent line drawing", 2007, eq. 6-10;
    defaults of the public reference program. Deviation: noise of 2 grey levels or less (of 255, standard deviation) is
    not drawn in a picture that holds nothing else, however dark; see `line_response`.
    """
    response = line_response(pictures, flow, tau=tau, **options)
    return torch.where(response < tau, -1.0, 1.0).to(response.dtype)
