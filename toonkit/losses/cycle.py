"""What a translation and its way back are held to (Cartoon to human recovery, eq. 2, 3, 5 to 8). All return scalars."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def cycle_consistency(returned: Tensor, source: Tensor) -> Tensor:
    """Mean absolute difference of F(G(x)) and x, pictures (N, 3, H, W) (eq. 2, a norm there)."""
    return F.l1_loss(returned, source)  # (N, 3, H, W) twice -> a scalar


def feature_cycle_consistency(
    returned: Tensor, source: Tensor, returned_features: Tensor, source_features: Tensor, gamma: float
) -> Tensor:
    """gamma |f_D(F(G(x))) - f_D(x)| + (1 - gamma) |F(G(x)) - x|, means (eq. 8).

    x and F(G(x)) are pictures (N, 3, H, W); f_D, the middle layer of the discriminator, gives features (N, C, h, w).
    """
    in_features = F.l1_loss(returned_features, source_features)  # (N, C, h, w) twice -> a scalar
    in_pixels = F.l1_loss(returned, source)  # (N, 3, H, W) twice -> a scalar
    return gamma * in_features + (1 - gamma) * in_pixels


def identity_loss(same: Tensor, source: Tensor) -> Tensor:
    """Mean squared difference of G(y) and y, pictures (N, 3, H, W) in which G has nothing to change.

    Eq. 3; CycleGAN's own is an L1 norm.
    """
    return F.mse_loss(same, source)  # (N, 3, H, W) twice -> a scalar


def supervised_loss(drawn: Tensor, truth: Tensor, drawn_score: Tensor, truth_score: Tensor, weight: float) -> Tensor:
    """The report's "generator loss": lambda |G(x) - x_g|_2 + (1 - lambda) |D(x_g) - D(G(x))|, means (eq. 5 to 7).

    Pictures are (N, 3, H, W), scores (N, ...) are probabilities, and `weight` is lambda. It needs the true counterpart
    x_g, so data have to come in pairs.
    """
    in_pixels = F.mse_loss(drawn, truth)  # (N, 3, H, W) twice -> a scalar
    in_scores = F.l1_loss(drawn_score, truth_score)  # (N, ...) twice -> a scalar
    return weight * in_pixels + (1 - weight) * in_scores
