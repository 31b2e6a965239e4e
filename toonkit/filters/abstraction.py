"""The classical cartoon: colour smoothed along the edges, luminance in a few flat steps, and ink lines on top."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from kornia.color import lab_to_rgb, rgb_to_lab
from torch import Tensor

from toonkit.filters.bilateral import flow_bilateral
from toonkit.filters.borders import tiled
from toonkit.filters.checks import check_pictures, check_positive
from toonkit.filters.flow import edge_tangent_flow
from toonkit.filters.lines import line_response
from toonkit.project.errors import ToonkitError

# A line fades over a narrow band of the response around tau, so that its border is not jagged.
INK_BELOW = 0.15  # so far below tau it is all ink
PAPER_ABOVE = 0.10  # so far above tau it has faded out
SATURATION = 1.1  # of a cartoon's colours, beside the photograph's
ITERATIONS = 3  # of the edge tangent flow
SMOOTHINGS = 4  # iterations of the flow-based bilateral filter


def luminance_quantisation(pictures: Tensor, bins: int = 8, sharpness: float = 1.0, saturation: float = 1.0) -> Tensor:
    """Return `pictures` (N, 3, H, W) in [-1, 1] with the lightness L* (0-100, CIELAB) drawn towards `bins` even steps.

    The steps are soft: the distance of L* to the nearest boundary goes through a tanh, `sharpness` per unit of L*, so
    that a slow gradient breaks into bands without a jagged seam. Colour (a*, b*) is multiplied by `saturation`. Raises
    ToonkitError for bad pictures or fewer than 2 bins. Source: Winnemoeller, Olsen, Gooch, "Real-time video
    abstraction", 2006, eq. 5; 8 bins as in two public implementations.
    """
    if bins < 2:
        raise ToonkitError(f"bins must be at least 2, not {bins}")
    check_positive(sharpness=sharpness)
    lab = rgb_to_lab(check_pictures(pictures) / 2 + 0.5)  # (N, 3, H, W): L* in 0-100, a*, b*
    lightness = lab[:, :1]  # (N, 1, H, W)
    width = 100 / bins  # of a step, in units of L*
    boundary = (lightness / width).round() * width
    stepped = boundary + width / 2 * (sharpness * (lightness - boundary)).tanh()
    drawn = torch.cat([stepped.clamp(0, 100), lab[:, 1:] * saturation], 1)  # (N, 3, H, W)
    return lab_to_rgb(drawn).clamp(0, 1) * 2 - 1


@torch.no_grad()
def abstraction(
    pictures: Tensor,
    bins: int = 8,
    saturation: float = SATURATION,
    tau: float = 0.8,
    tile: int | None = None,
    **lines: float,
) -> Tensor:
    """Return the classical cartoon of `pictures` (N, 3, H, W) in [-1, 1]: flat colour regions under black ink lines.

    The edge tangent flow takes three iterations and the flow-based bilateral filter four. Lightness is then drawn in
    `bins` steps, and ink where the flow-based DoG of two passes is below `tau`. `lines` are its sigma_c, sigma_m, rho
    and passes, as in `line_drawing`. Pictures have any size, and scratch memory is bounded. Raises ToonkitError for
    bad pictures or values. Source: Kang, Lee, Chui, "Flow-based image abstraction", 2009. Deviations, for the eye:
    lines are found in the smoothed picture, not in the photograph (fewer specks in fur and cloth); they fade over a
    narrow band of the response instead of a hard threshold; colour is 1.1 times as saturated.
    """
    check_pictures(pictures)
    flow = edge_tangent_flow(pictures, iterations=ITERATIONS, tile=tile)
    smooth = flow_bilateral(pictures, flow, iterations=SMOOTHINGS, tile=tile)
    response = line_response(smooth, flow, tau=tau, tile=tile, **lines)  # (N, 1, H, W): 0 is ink, 1 is paper

    def ink_over_colour(colours: Tensor, response: Tensor) -> Tensor:
        return inked(luminance_quantisation(colours, bins, saturation=saturation), response, tau)

    return tiled(ink_over_colour, smooth, response, halo=0, tile=tile)


def inked(flat: Tensor, response: Tensor, tau: float) -> Tensor:
    """Return `flat` colours (N, 3, H, W) in [-1, 1] under the ink of a line response (N, 1, H, W) in [0, 1]."""
    place = ((response - tau + INK_BELOW) / (INK_BELOW + PAPER_ABOVE)).clamp(0, 1)  # (N, 1, H, W): in the band
    paper = place * place * (3 - 2 * place)  # a smooth step from 0 to 1
    return (flat + 1) * paper - 1


def shrunk_abstraction(pictures: Tensor, side: int) -> Tensor:
    """Return the classical cartoon of square `pictures` (N, 3, H, H), drawn at their size and shrunk to `side` pixels.

    The filter smooths over a few pixels and its lines are a few pixels wide, whatever the size of the picture. At 64
    pixels that covers eyes and mouth; drawn larger and shrunk, the lines are thin again.
    """
    return F.interpolate(abstraction(pictures), (side, side), mode="bilinear", antialias=True)
