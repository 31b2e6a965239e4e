"""The losses of latent diffusion. All return scalars."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from toonkit.losses.content import content_loss


def kl_loss(mean: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mean, exp(logvar)) || N(0, 1)) a number of the latent, the mean over (N, C, h, w)."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def noise_loss(predicted: Tensor, noise: Tensor) -> Tensor:
    """Mean squared error of the predicted noise, (N, C, h, w) each.

    Eq. 2 has the error of the clean latent, which is this one times sigma^2 / alpha^2: the simple loss of DDPM leaves
    that factor out.
    """
    return F.mse_loss(predicted.float(), noise)


def perceptual_loss(seen: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Mean over layers of the mean absolute difference of what a network sees, (N, width, h, w) each."""
    distances = [content_loss(a.float(), b.float()) for a, b in zip(seen, wanted, strict=True)]
    return sum(distances) / len(distances)
