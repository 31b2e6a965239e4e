"""What latent diffusion learns from: photographs of cats and mice, and their latents, which are computed once."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.chapters.latents.encoding import encoded, own_latents
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.published import PublishedAutoencoder, load_published_autoencoder
from toonkit.chapters.latents.recipe import DECODERS, LatentsConfig
from toonkit.chapters.loading import load_network
from toonkit.chapters.own_data import check_classes, own_labels
from toonkit.chapters.sides import painted
from toonkit.project.errors import check_name
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.world import ToonWorld

OWN = Missing("scenes of ToonWorld are of profiles quick and full")
REPORT = "tom_and_jerry_diffusion"
AUTOENCODER = "latents-autoencoder"  # the released weights
DECODER = "latents-decoder"


def batches(config: LatentsConfig, profile: Profile, seed: int) -> Batches:
    """Batches: pictures for the autoencoder, with latents for its decoder; latents and classes for the denoiser."""
    return (latents if config.part == "classes" else pictures)(config, profile, seed)


def pictures(config: LatentsConfig, profile: Profile, seed: int) -> Batches:
    """Photographs, and so many cartoons beside them as the configuration says."""
    count = profile.pick(quick=32, full=3000, paper=OWN)
    world = ToonWorld("duo", "train", config.size, count=count, seed=seed)
    toons = round(config.toons * count)
    columns = {"picture": torch.cat([painted(world, "photo"), painted(world, "toon")[:toons]])}
    if config.part == "decoder":
        columns["latent"] = encoded(autoencoder_of(config.autoencoder), columns["picture"])
    return Batches([columns], config.batch, seed)


def latents(config: LatentsConfig, profile: Profile, seed: int) -> Batches:
    """Latents of photographs with their classes; the autoencoder stays as it is."""
    autoencoder = autoencoder_of(config.autoencoder)
    if profile.name == "paper":
        check_classes(REPORT)
        found = own_latents(REPORT, config.autoencoder, autoencoder, config.size)
        return Batches([{"latent": found, "label": own_labels(REPORT, "photo", "train")}], config.batch, seed)
    count = profile.pick(quick=32, full=6000, paper=OWN)
    world = ToonWorld("duo", "train", config.size, count=count, seed=seed)
    found = encoded(autoencoder, painted(world, "photo"))
    return Batches([{"latent": found, "label": photo_labels(world)}], config.batch, seed)


def autoencoder_of(base: str, decoder: str = "first") -> Autoencoder | PublishedAutoencoder:
    """The autoencoder of a latent space of `recipe.BASES`: the released one, or Stable Diffusion's published one.

    The released one has two decoders, `recipe.DECODERS`, of the same latents; the published one has its own. Raises
    WeightsError or SourceError where a network is not here.
    """
    check_name("decoder", decoder, DECODERS)
    if base == "stable_diffusion":
        return load_published_autoencoder()
    autoencoder = load_network(AUTOENCODER, "autoencoder of latents")
    if decoder == "sharp":
        autoencoder.decoder = load_network(DECODER, "decoder of latents")
    return autoencoder


def photo_labels(world: ToonWorld) -> Tensor:
    """Classes (N,) of the photographs of a world's unpaired side."""
    side = world.unpaired("photo")
    return world.describe([side.scene(index) for index in range(len(world))])["label"]
