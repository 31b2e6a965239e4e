"""The losses of latent diffusion. All return scalars."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def kl_loss(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mean, exp(logvar)) || N(0, 1)) a number of the latent, the mean over (N, C, h, w)."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def noise_loss(predicted: Tensor, noise: Tensor) -> Tensor:
    """Mean squared error of the predicted noise, (N, C, h, w) each.

    Eq. 2 has the error of the clean latent, which is this one times sigma^2 / alpha^2: the simple loss of DDPM leaves
    that factor out.
    """
    return F.mse_loss(predicted.float(), noise)
