"""How flat a drawing is where its photograph is, and how alike the steps of two pictures are. All return scalars."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.losses.regions import weighted_mean


def unrest(drawn: Tensor, flat: Tensor, width: float = 0.04, weights: Tensor | None = None) -> Tensor:
    """Total variation of a drawing (N, 3, H, W) only where the flat abstraction of its photograph has no step.

    Weighs each step by exp(-step of flat / width): noise in flat areas costs, an outline where one belongs does not.
    `weights` (N, 1, h, w) as in `losses.regions.weighted_mean`.
    """
    sums = []
    for axis in (-1, -2):
        calm = (-flat.diff(dim=axis).abs().amax(1, keepdim=True) / width).exp()  # (N, 1, H, W - 1) or (N, 1, H - 1, W)
        sums.append(weighted_mean(calm * drawn.diff(dim=axis).abs(), weights))
    return torch.stack(sums).sum()


def step_distance(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean |a - b| of the differences between neighbouring pixels of pictures (N, 3, H, W), both axes added."""
    return torch.stack([F.l1_loss(drawn.diff(dim=axis), wanted.diff(dim=axis)) for axis in (-1, -2)]).sum()
