"""The autoencoder of latent diffusion: 64 px pictures to latents (4, 16, 16) and back, with resize convolutions."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from toonkit.project.errors import PictureError

FACTOR = 4  # pixels a side for each place of the latent
GROUPS = 8  # of the norm, where they divide the channels
MEMORY = 0.99  # share of the latents' measured deviation that a step keeps
LOGVAR = (-30.0, 20.0)  # what the posterior's log-variance is cut to (latent diffusion's)


class NormedResidual(nn.Module):
    """x + conv(silu(norm(conv(silu(norm(x)))))): (N, C, h, w) to the same, as in latent diffusion's autoencoder."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(*_activated(channels, channels), *_activated(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Autoencoder(nn.Module):
    """A KL autoencoder. Pictures (N, 3, H, W) in [-1, 1]; latents (N, channels, H / 4, W / 4) of deviation about 1.

    `deviation` is the latents' own standard deviation, measured while the network trains. Latents are divided by it:
    the noise schedule of a diffusion model means latents of deviation 1.
    """

    multiple = FACTOR
    deviation: Tensor

    def __init__(self, filters: int = 24, channels: int = 4) -> None:
        super().__init__()
        self.channels = channels
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(2),  # (N, 12, H / 2, W / 2)
            nn.Conv2d(12, 2 * filters, 3, padding=1),
            NormedResidual(2 * filters),
            nn.Conv2d(2 * filters, 4 * filters, 3, stride=2, padding=1),  # (N, 4 filters, H / 4, W / 4)
            NormedResidual(4 * filters),
            NormedResidual(4 * filters),
            *_activated(4 * filters, 2 * channels),  # mean and log-variance
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(channels, 4 * filters, 3, padding=1),
            NormedResidual(4 * filters),
            NormedResidual(4 * filters),
            *_doubled(4 * filters, 2 * filters),  # (N, 2 filters, H / 2, W / 2)
            NormedResidual(2 * filters),
            *_doubled(2 * filters, filters),  # (N, filters, H, W)
            *_activated(filters, 3),
        )
        self.register_buffer("deviation", torch.ones(()))

    def posterior(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance (N, channels, H / 4, W / 4) of the latents as the encoder gives them, not yet scaled.

        Raises PictureError where a side is no multiple of 4.
        """
        height, width = pictures.shape[-2:]
        if height % FACTOR or width % FACTOR:
            raise PictureError(f"a picture of {width}x{height} pixels has no latent; sides are multiples of {FACTOR}")
        mean, logvar = self.encoder(pictures).float().chunk(2, 1)
        return mean, logvar.clamp(*LOGVAR)

    def encode(self, pictures: Tensor) -> Tensor:
        """Latents (N, channels, H / 4, W / 4), the posterior's mean over the deviation (eq. 1). Raises PictureError."""
        return self.posterior(pictures)[0] / self.deviation

    def decode(self, latents: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) of latents that `encode` could have given; values may leave [-1, 1] a little."""
        return self.decoder(latents * self.deviation).float()

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures decoded from a latent drawn from the posterior, and the posterior's mean and log-variance."""
        mean, logvar = self.posterior(pictures)
        if self.training:
            self._measure(mean)
        drawn = mean + (logvar / 2).exp() * torch.randn_like(mean)  # (N, channels, H / 4, W / 4)
        return self.decoder(drawn).float(), mean, logvar

    @torch.no_grad()
    def _measure(self, latents: Tensor) -> None:
        """Follow the deviation of the latents that training sees."""
        self.deviation.mul_(MEMORY).add_(latents.std(), alpha=1 - MEMORY)


def _activated(before: int, after: int) -> list[nn.Module]:
    groups = math.gcd(GROUPS, before)
    return [nn.GroupNorm(groups, before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1)]


def _doubled(before: int, after: int) -> list[nn.Module]:
    """A resize convolution, which has no checkerboard (Odena et al., 2016)."""
    return [nn.Upsample(scale_factor=2.0), nn.Conv2d(before, after, 3, padding=1)]
