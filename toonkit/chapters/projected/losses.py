"""What a drawing keeps in the projected recipe: what toonnet reads, and colours as the other side would have them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.networks.labels import Labels


def attribute_reading(drawn: Tensor, source: Tensor, labels: Labels, family: str) -> Tensor:
    """KL(source || drawn), the mean over pictures and a family's attributes; logits (N, all values); a scalar."""
    found, wanted = labels.split(drawn), labels.split(source)
    names = [name for name in labels.attributes if name.startswith(f"{family} ")]
    return torch.stack([divergence(found[name], wanted[name]).mean() for name in names]).mean()


def divergence(drawn: Tensor, source: Tensor) -> Tensor:
    """KL(source || drawn) over axis 1; logits (N, K, ...) to (N, ...)."""
    logarithms = drawn.log_softmax(1), source.log_softmax(1)  # (N, K, ...) each
    return F.kl_div(*logarithms, reduction="none", log_target=True).sum(1)


def patch_colour(drawn: Tensor, wanted: Tensor, patch: int, tolerance: float) -> Tensor:
    """Mean of max(0, |a - b| - tolerance) between colours averaged over patches and those wanted; a scalar.

    (N, 3, H, W) and (N, 3, H/patch, W/patch). Without tolerance an outline has to be made up for by a bright halo
    beside it, since the wanted colours know no outlines.
    """
    averages = F.avg_pool2d(drawn.float(), patch)  # (N, 3, H/patch, W/patch)
    return F.relu((averages - wanted).abs() - tolerance).mean()
