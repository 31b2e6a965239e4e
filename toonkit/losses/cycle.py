"""What a translation and its way back are held to (Cartoon to human recovery, eq. 2, 3, 5 to 8). All return scalars."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def cycle_consistency(returned: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of F(G(x)) and x (eq. 2, a norm there)."""
    return F.l1_loss(returned, source)


def feature_cycle_consistency(
    returned: Tensor, source: Tensor, returned_features: Tensor, source_features: Tensor, gamma: float
) -> Tensor:
    """gamma |f_D(F(G(x))) - f_D(x)| + (1 - gamma) |F(G(x)) - x|, means (eq. 8); f_D is D's middle layer."""
    return gamma * F.l1_loss(returned_features, source_features) + (1 - gamma) * F.l1_loss(returned, source)


def identity_loss(same: Tensor, source: Tensor) -> Tensor:
    """Mean squared difference of G(y) and y, of which G has nothing to change (eq. 3; CycleGAN's own is an L1 norm)."""
    return F.mse_loss(same, source)


def supervised_loss(drawn: Tensor, truth: Tensor, drawn_score: Tensor, truth_score: Tensor, weight: float) -> Tensor:
    """The report's "generator loss": lambda |G(x) - x_g|_2 + (1 - lambda) |D(x_g) - D(G(x))|, means (eq. 5 to 7).

    Scores are probabilities. It needs the true counterpart x_g, so data have to come in pairs.
    """
    return weight * F.mse_loss(drawn, truth) + (1 - weight) * F.l1_loss(drawn_score, truth_score)
