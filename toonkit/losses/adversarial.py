"""What discriminators and generators ask of each other. Scores are logits: the reports' sigmoid is inside the loss."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(real: Tensor, *fakes: Tensor) -> Tensor:
    """-E[log D(real)] - sum of E[log(1 - D(fake))], divided by the number of terms.

    Image Toonification's adversarial loss has two kinds of fake of equal weight: generated pictures and cartoons whose
    edges were smoothed away. Scores of any shape; returns a scalar.
    """
    terms = [F.binary_cross_entropy_with_logits(real, torch.ones_like(real))]
    terms += [F.binary_cross_entropy_with_logits(fake, torch.zeros_like(fake)) for fake in fakes]
    return sum(terms) / len(terms)


def generator_loss(fake: Tensor) -> Tensor:
    """-E[log D(fake)]: the non-saturating form (Goodfellow et al., 2014) of minimising E[log(1 - D(fake))]."""
    return F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake))
