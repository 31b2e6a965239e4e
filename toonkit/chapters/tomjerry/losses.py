"""Eq. 7: what BLIP sees in the cartoon, and what it sees in the photograph that is on its way."""

from __future__ import annotations

import torch.nn.functional as F
from diffusers import DDPMScheduler
from torch import Tensor


def predicted_clean(noisy: Tensor, noise: Tensor, steps: Tensor, noising: DDPMScheduler) -> Tensor:
    """The clean latent that a noisy one and its predicted noise imply, (N, C, h, w): (z_t - sigma_t eta) / alpha_t."""
    kept = noising.alphas_cumprod.to(noisy)[steps].view(-1, 1, 1, 1)  # alpha_t squared, (N, 1, 1, 1)
    return (noisy - (1 - kept).sqrt() * noise) / kept.sqrt()


def regularisation(seen: Tensor, wanted: Tensor) -> Tensor:
    """Eq. 7 with the mean in place of the sum: squared distance of BLIP's encodings (N, tokens, width) each; scalar."""
    return F.mse_loss(seen.float(), wanted.float())
