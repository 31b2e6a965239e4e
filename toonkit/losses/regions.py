"""Means of a loss over a picture in which every region counts as much as it is told to."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.project.errors import ToonkitError, check_weight


def region_weights(shares: Tensor, weights: Mapping[int, float]) -> Tensor:
    """How much each pixel counts, (N, 1, H, W): 1, or what `weights` says of the class that it belongs to.

    `shares` (N, classes, H, W) say how far a pixel belongs to each class, and sum to 1; a pixel of two classes counts
    for its share of each. Raises ToonkitError for a class that the shares do not have, and for a bad weight.
    """
    for number, weight in weights.items():
        if not 0 <= number < shares.shape[1]:
            raise ToonkitError(f"class {number} has a weight, but the masks have classes 0 to {shares.shape[1] - 1}")
        check_weight(f"the weight of class {number}", weight)
    table = torch.tensor([weights.get(number, 1.0) for number in range(shares.shape[1])]).to(shares)  # (classes,)
    return (shares * table.view(1, -1, 1, 1)).sum(1, keepdim=True)


def weighted_mean(values: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean of a map of losses (N, C, h, w), each place times its weight; a scalar.

    `weights` (N, 1, H, W) are averaged down (or repeated) to the map's own size. None counts every place once.
    """
    if weights is None:
        return values.mean()
    resized = F.interpolate(weights, values.shape[-2:], mode="area")  # (N, 1, h, w)
    return (values * resized).mean()


def total_variation(pictures: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean step from pixel to pixel, rows and columns added, of pictures (N, C, H, W); a scalar.

    The semantic report's eq. 8 has |dx + dy|, in which a step right and an equal step down cancel; this is |dx| + |dy|,
    which every implementation has. `weights` (N, 1, H, W) as in `weighted_mean`.
    """
    across = weighted_mean(pictures.diff(dim=-1).abs(), weights)  # (N, C, H, W - 1) -> a scalar
    down = weighted_mean(pictures.diff(dim=-2).abs(), weights)  # (N, C, H - 1, W) -> a scalar
    return across + down
