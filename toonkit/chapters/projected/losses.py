"""What a drawing keeps in the projected recipe: what toonnet reads."""

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
