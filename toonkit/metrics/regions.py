"""How dense the texture of a region is, and how sharp."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.metrics.scores import Score, blocks_of, mean_score

LEAST = 0.02  # share of a picture that a region must cover to count
STRONG = 0.95  # quantile


def texture_density(pictures: Tensor, region: Tensor) -> Score:
    """Mean |grey - its 3x3 mean| over a region, mean of pictures (N, 3, H, W); region (N, H, W) true where it is.

    Pictures in which the region covers less than LEAST are left out. 0 for flat colours.
    """
    return _over_region("texture density", _detail(pictures), region, torch.mean)


def edge_strength(pictures: Tensor, region: Tensor) -> Score:
    """The 95 % quantile of the grey's step from pixel to pixel over a region, mean of pictures (N, 3, H, W)."""
    grey = pictures.mean(1)  # (N, H, W)
    across = F.pad(grey.diff(dim=2), (0, 1))
    down = F.pad(grey.diff(dim=1), (0, 0, 0, 1))
    steps = (across.square() + down.square()).sqrt()  # (N, H, W)
    return _over_region("edge strength", steps, region, lambda values: values.quantile(STRONG))


def _detail(pictures: Tensor) -> Tensor:
    grey = pictures.mean(1, keepdim=True)  # (N, 1, H, W)
    smooth = F.avg_pool2d(F.pad(grey, (1, 1, 1, 1), mode="reflect"), 3, 1)
    return (grey - smooth).abs()[:, 0]  # (N, H, W)


def _over_region(name: str, values: Tensor, region: Tensor, statistic: Callable[[Tensor], Tensor]) -> Score:
    """A statistic of the values (N, H, W) inside a region, mean of the pictures that have enough of it."""
    found = [
        float(statistic(picture[inside]))
        for picture, inside in zip(values, region, strict=True)
        if inside.float().mean() >= LEAST
    ]
    return mean_score(name, found, blocks_of(len(found))).within(0, 4)
