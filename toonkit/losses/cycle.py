"""What a translation and its way back are held to (Cartoon to human recovery, eq. 2, 3, 5 to 8). All return scalars."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def cycle_consistency(returned: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of F(G(x)) and x, pictures (N, 3, H, W) (eq. 2, a norm there)."""
    return F.l1_loss(returned, source)  # (N, 3, H, W) twice -> a scalar


def feature_difference(returned: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of f_D(F(G(x))) and f_D(x), (N, C, h, w) each; f_D is D's middle layer.

    Eq. 8 takes gamma times this and 1 - gamma times the cycle consistency; gamma grows with training.
    """
    return F.l1_loss(returned, source)


def identity_loss(same: Tensor, source: Tensor) -> Tensor:
    """Mean squared difference of G(y) and y, pictures (N, 3, H, W) in which G has nothing to change.

    Eq. 3; CycleGAN's own is an L1 norm.
    """
    return F.mse_loss(same, source)  # (N, 3, H, W) twice -> a scalar


def supervised_loss(drawn: Tensor, truth: Tensor) -> Tensor:
    """Mean squared difference of G(x) and its true counterpart x_g (eq. 5), so data have to come in pairs.

    Eq. 7, the report's "generator loss", takes lambda times this and 1 - lambda times eq. 6; lambda falls.
    """
    return F.mse_loss(drawn, truth)


def score_difference(drawn: Tensor, truth: Tensor) -> Tensor:
    """Mean absolute difference of the probabilities D(G(x)) and D(x_g), (N, 1, h, w) each (eq. 6)."""
    return F.l1_loss(drawn, truth)
