"""What a translated picture must keep of its photograph."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from toonkit.losses.regions import weighted_mean


def content_loss(translated: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of two feature maps (N, C, h, w); a scalar (Image Toonification's content loss).

    The report has an L1 norm. The mean, as in the CartoonGAN authors' code, keeps omega independent of the picture's
    size.
    """
    return (translated - source).abs().mean()  # (N, C, h, w) -> a scalar


def colour_loss(drawn: Tensor, photo: Tensor, patch: int = 8) -> Tensor:
    """Mean absolute difference of colours averaged over `patch` pixels a side; pictures (N, 3, H, W) in [-1, 1].

    Ours: deep features are nearly blind to colour. It says nothing about lines and texture. Returns a scalar.
    """
    return content_loss(F.avg_pool2d(drawn, patch), F.avg_pool2d(photo, patch))  # (N, 3, H / patch, W / patch) each


def feature_distance(drawn: Tensor, wanted: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean |a - b| of two feature maps (N, C, h, w), in units of the wanted map's mean, so that layers compare.

    `weights` (N, 1, H, W) say how much a place counts (`losses.regions`).
    """
    return weighted_mean((drawn - wanted).abs(), weights) / wanted.abs().mean()


def patch_colour(drawn: Tensor, wanted: Tensor, patch: int, tolerance: float) -> Tensor:
    """Mean of max(0, |a - b| - tolerance) between colours averaged over patches and those wanted; a scalar.

    (N, 3, H, W) and (N, 3, H/patch, W/patch). Without tolerance an outline has to be made up for by a bright halo
    beside it, since the wanted colours know no outlines.
    """
    averages = F.avg_pool2d(drawn.float(), patch)  # (N, 3, H/patch, W/patch)
    return F.relu((averages - wanted).abs() - tolerance).mean()
