"""Random colour shift: a grey picture with random weights, in which texture survives and colour does not."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.filters.checks import check_pictures
from toonkit.project.errors import ToonkitError, check_name

LUMA = (0.299, 0.587, 0.114)  # R, G, B weights of Y (ITU-R BT.601)
ALPHA = 0.8  # semantic report, eq. 6: the share of Y
RANGES = ((0.199, 0.399), (0.487, 0.687), (0.014, 0.214))  # R, G, B weights in the white-box authors' own code


def shift_weights(variant: str = "report", generator: torch.Generator | None = None) -> Tensor:
    """Draw the weights of R, G, B, shape (3,): draw once and use them for the drawn and for the real cartoon alike.

    "report": 0.2 beta + 0.8 Y with beta ~ U(-1, 1) (semantic report, eq. 6). "white_box": the authors' code, each
    weight from its own range around Y's, divided by their sum. Raises ToonkitError for another variant.
    """
    check_name("colour shift", variant, ("report", "white_box"))
    uniform = torch.rand(3, generator=generator)  # in [0, 1), for R, G, B
    if variant == "report":
        beta = 2 * uniform - 1
        return (1 - ALPHA) * beta + ALPHA * torch.tensor(LUMA)
    low, high = torch.tensor(RANGES).unbind(1)  # (3,) each
    weights = low + uniform * (high - low)
    return weights / weights.sum()


def colour_shift(
    pictures: Tensor, weights: Tensor | None = None, variant: str = "report", generator: torch.Generator | None = None
) -> Tensor:
    """Return one channel (N, 1, H, W): the `weights` (3,) of R, G, B applied to `pictures` (N, 3, H, W).

    Without `weights`, one set is drawn for the batch by `shift_weights(variant, generator)`. Differentiable in the
    pictures. The report's weights may leave [-1, 1] by up to 0.4. Raises ToonkitError for bad pictures or weights.
    Source: semantic report, eq. 6; its two uses in eq. 7 take the same weights.
    """
    check_pictures(pictures, bounded=False)
    weights = shift_weights(variant, generator) if weights is None else weights
    if tuple(weights.shape) != (3,):
        raise ToonkitError(f"weights must be three numbers for R, G, B, not of shape {tuple(weights.shape)}")
    red, green, blue = (pictures * weights.to(pictures).view(3, 1, 1)).split(1, 1)  # (N, 1, H, W) each
    return red + green + blue
