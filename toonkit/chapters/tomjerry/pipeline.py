"""The released model as a pipeline of diffusers: it saves and loads with `save_pretrained` and `from_pretrained`.

Diffusers looks for the classes of saved parts, and for ModelMixin beside them, in the module that defines them.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch
from diffusers import ConfigMixin, DDIMScheduler, DiffusionPipeline, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor

from toonkit.chapters.latents.denoiser import Denoiser
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.recipe import LatentsConfig
from toonkit.chapters.latents.recipe import build as build_latents
from toonkit.chapters.latents.sampling import denoise, guided, noise_like, scheduler
from toonkit.chapters.loading import load_configured
from toonkit.chapters.tomjerry.model import SourceDenoiser
from toonkit.chapters.tomjerry.networks import SourceParts
from toonkit.chapters.tomjerry.recipe import TomJerryConfig
from toonkit.chapters.tomjerry.recipe import build as build_parts
from toonkit.chapters.tomjerry.translating import BASE, RELEASED, base_autoencoder
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld

DEFAULT_STEPS = 20  # of the schedule


class SavedDenoiser(ModelMixin, ConfigMixin):
    """The frozen denoiser, built from its configuration's entries."""

    @register_to_config
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.model = build_latents(LatentsConfig(**_tuples(config)))["denoiser"]


class SavedParts(ModelMixin, ConfigMixin):
    """What has learnt to listen to a cartoon, built from its configuration's entries."""

    @register_to_config
    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.model = build_parts(TomJerryConfig(**_tuples(config)))["parts"]


class SavedAutoencoder(ModelMixin, ConfigMixin):
    """The autoencoder of the latents."""

    @register_to_config
    def __init__(self, filters: int, channels: int) -> None:
        super().__init__()
        self.model = Autoencoder(filters, channels)


class CartoonToPhotograph(DiffusionPipeline):
    """Cartoons of a cat, a mouse or both into photographs, 64 px a side.

    `pipeline(toons, ["cat", "both"])` takes what the model reads: cartoons (N, 3, 64, 64) in [-1, 1], or segmentation
    maps as `data.one_hot` gives them, and a class for each.
    """

    def __init__(
        self, denoiser: SavedDenoiser, parts: SavedParts, autoencoder: SavedAutoencoder, scheduler: DDIMScheduler
    ) -> None:
        super().__init__()
        self.register_modules(denoiser=denoiser, parts=parts, autoencoder=autoencoder, scheduler=scheduler)

    @torch.no_grad()
    def __call__(
        self, source: Tensor, classes: list[str], guidance: float = 2.0, steps: int = DEFAULT_STEPS, seed: int = 0
    ) -> Tensor:
        """Photographs (N, 3, H, W) in [-1, 1]. Raises ToonkitError for a class that is none, or one class too few."""
        known = ToonWorld("duo").classes
        if len(classes) != len(source) or not set(classes) <= set(known):
            raise ToonkitError(f"{len(source)} pictures and the classes {classes}; name {', '.join(known)} for each")
        labels = torch.tensor([known.index(name) for name in classes])
        model = SourceDenoiser(self.denoiser.model, self.parts.model).eval()
        autoencoder = self.autoencoder.model.eval()
        noisy, generator = noise_like(len(source), autoencoder.channels, source.shape[-1] // autoencoder.multiple, seed)
        predict = guided(model, model.tokens_of(labels, source), model.null_tokens(labels, source), guidance)
        self.scheduler.set_timesteps(steps)
        return autoencoder.decode(denoise(predict, noisy, self.scheduler, generator)).clamp(-1, 1)


def pipeline_of(
    denoiser: Denoiser,
    parts: SourceParts,
    autoencoder: Autoencoder,
    latents: LatentsConfig,
    tomjerry: TomJerryConfig,
) -> CartoonToPhotograph:
    """The three networks as a pipeline; `latents` and `tomjerry` are the configurations they were built by.

    Raises ToonkitError for another space of latents than ours.
    """
    if tomjerry.space != "ours":
        raise ToonkitError(
            f"a model in the latents of {tomjerry.space!r} is not written as a pipeline; its run folder has its weights"
        )
    frozen = SavedDenoiser(dataclasses.asdict(latents))
    frozen.model.load_state_dict(denoiser.state_dict())
    learnt = SavedParts(dataclasses.asdict(tomjerry))
    learnt.model.load_state_dict(parts.state_dict())
    decoder = SavedAutoencoder(latents.filters, latents.channels)
    decoder.model.load_state_dict(autoencoder.state_dict())
    return CartoonToPhotograph(frozen, learnt, decoder, scheduler("ddim", DEFAULT_STEPS))


def released_pipeline() -> CartoonToPhotograph:
    """The released model. Raises WeightsError where one of its networks is not here."""
    denoiser, latents = load_configured(BASE, "denoiser of latents")
    parts, tomjerry = load_configured(RELEASED, "parts of tomjerry")
    return pipeline_of(denoiser, parts, base_autoencoder(tomjerry), latents, tomjerry)


def load_pipeline(folder: str | Path) -> CartoonToPhotograph:
    """A pipeline that `save_pretrained` wrote, out of safetensors alone. Raises ToonkitError where there is none."""
    try:
        return CartoonToPhotograph.from_pretrained(folder, use_safetensors=True, local_files_only=True)
    except (OSError, ValueError) as error:
        raise ToonkitError(f"{folder} holds no pipeline of cartoons into photographs: {error}") from error


def _tuples(entries: dict[str, Any]) -> dict[str, Any]:
    """Entries as a configuration has them: JSON knows no tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()}
