"""Recipes of "Tom and Jerry in real life" with tiny networks that nobody trained, and a batch for them."""

from __future__ import annotations

import dataclasses
import math

import torch

from toonkit.chapters.captions.recipe import CaptionsConfig
from toonkit.chapters.captions.recipe import build as build_captioner
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.recipe import LatentsConfig
from toonkit.chapters.latents.recipe import build as build_latents
from toonkit.chapters.tomjerry.recipe import TomJerry, TomJerryConfig

LATENTS = LatentsConfig(filters=8)
LATENTS_AUTOENCODER = dataclasses.replace(LATENTS, part="autoencoder")
SMALL = TomJerryConfig(heads=8, batch=3, size=32)


def pictures(count: int = 3, seed: int = 0) -> torch.Tensor:
    return torch.rand((count, 3, 32, 32), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def recipe(**changes: object) -> TomJerry:
    torch.manual_seed(0)
    denoiser = build_latents(LATENTS)["denoiser"].eval().requires_grad_(False)
    autoencoder = Autoencoder(8).eval().requires_grad_(False)
    captioner = build_captioner(CaptionsConfig(width=16, layers=1, heads=2, size=32))["captioner"].eval()
    return TomJerry(denoiser, autoencoder, captioner.requires_grad_(False), dataclasses.replace(SMALL, **changes))


def batch(step: int = 0) -> dict[str, torch.Tensor]:
    latent = torch.randn((3, 4, 8, 8), generator=torch.Generator().manual_seed(step))
    toon = pictures(seed=step)
    return {"latent": latent, "label": torch.tensor([0, 1, 2]), "toon": toon, "source": toon}


def grid_places(width: int, height: int, breadth: int) -> torch.Tensor:
    """Sines and cosines of row and column, place by place: (1, height * breadth, width)."""
    rows = []
    for row in range(height):
        for column in range(breadth):
            rates = [100 ** (-4 * k / width) for k in range(width // 4)]
            waves = [f(place * rate) for place in (row, column) for f in (math.sin, math.cos) for rate in rates]
            rows.append(waves)
    return torch.tensor(rows, dtype=torch.float64)[None]
