"""Scores of latent diffusion: what the autoencoder loses, and the photographs of each class that come out of noise."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.latents.data import OWN, autoencoder_of
from toonkit.chapters.latents.decoder import DecoderRecipe
from toonkit.chapters.latents.own_scores import own_class_scores
from toonkit.chapters.latents.recipe import AutoencoderRecipe, ClassDiffusion
from toonkit.chapters.latents.sampling import GUIDANCES, sample_classes
from toonkit.metrics.scores import Score, mean_score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import read, true_error
from toonkit.networks.features import features, load_toonnet, toonnet_features
from toonkit.project.profiles import Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld


@torch.no_grad()
def autoencoder_scores(recipe: AutoencoderRecipe, profile: Profile) -> Scores:
    """Held-out photographs and cartoons, encoded and decoded: the error, and the FID that is lost on the way."""
    count = profile.pick(quick=30, full=600, paper=OWN)
    network = load_toonnet()
    parts = {}
    for side in ("photo", "toon"):
        originals, others = _pictures(side, count, recipe.config.size)
        decoded = torch.cat([recipe.translate(part) for part in originals.split(50)])
        parts[side] = {"true error": true_error(decoded, originals)} | against(decoded, others)
        parts[f"{side} untouched"] = against(originals, others)
    return parts | {"class": {"class right": class_right(network, *_read_back(recipe, count))}}


@torch.no_grad()
def decoder_scores(recipe: DecoderRecipe, profile: Profile) -> Scores:
    """Held-out photographs, encoded, and decoded by what was taught, by the first decoder, and not at all.

    The discriminator looks through toonnet; `toonnet_residual`, which taught nothing, says whether that flatters.
    """
    count = profile.pick(quick=30, full=600, paper=OWN)
    first = recipe.autoencoder
    photos, others = _pictures("photo", count, recipe.config.size)
    by = {"photo": recipe.translate, "first decoder": lambda part: first.decode(first.encode(part)).clamp(-1, 1)}
    decoded = {name: torch.cat([decode(part) for part in photos.split(50)]) for name, decode in by.items()}
    return {name: beside_others(found, photos, others) for name, found in decoded.items()} | {
        "photo untouched": beside_others(photos, photos, others)
    }


def beside_others(pictures: Tensor, photos: Tensor, others: Tensor) -> dict[str, Score]:
    """Pictures against the photographs that they should be and against others, (N, 3, H, W) each."""
    space = features("toonnet_residual")
    untaught = kid("toonnet_residual", pooled_features(space, others), pooled_features(space, pictures))
    return {"true error": true_error(pictures, photos)} | against(pictures, others) | {untaught.name: untaught}


@torch.no_grad()
def class_scores(recipe: ClassDiffusion, profile: Profile) -> Scores:
    """Photographs out of noise, each class in turn: against photographs, and whether toonnet sees the class."""
    if profile.name == "paper":
        return own_class_scores(recipe)
    count = profile.pick(quick=30, full=450, paper=OWN)
    autoencoder = autoencoder_of(recipe.config.autoencoder)
    denoiser = recipe.networks["denoiser"]
    labels = torch.arange(count) % denoiser.classes
    _, others = _pictures("photo", count, recipe.config.size)
    out = {}
    for guidance in profile.pick(quick=(2.0,), full=GUIDANCES, paper=OWN):
        side = recipe.config.size // autoencoder.multiple
        found = [
            sample_classes(denoiser, part, side, seed=number, guidance=guidance)
            for number, part in enumerate(labels.split(100))
        ]
        pictures = autoencoder.decode(torch.cat(found)).clamp(-1, 1)
        right = {"class right": class_right(load_toonnet(), pictures, labels)}
        out[f"guidance {guidance:g}"] = against(pictures, others) | right
    return out


def against(pictures: Tensor, others: Tensor) -> dict[str, Score]:
    """FID and KID of pictures to others, (N, 3, H, W) each."""
    space = toonnet_features(load_toonnet())
    real, found = pooled_features(space, others), pooled_features(space, pictures)
    return {score.name: score for score in (fid("toonnet", real, found), kid("toonnet", real, found))}


def class_right(network: torch.nn.Module, pictures: Tensor, labels: Tensor) -> Score:
    """The share of pictures (N, 3, H, W) in which toonnet sees the class of `labels` (N,), numbers of duo."""
    wanted = network.labels.class_numbers(ToonWorld("duo"), labels)
    seen = read(network, pictures)["class"]
    return mean_score("class right", (seen == wanted).double()).within(0, 1)


def _read_back(recipe: AutoencoderRecipe, count: int) -> tuple[Tensor, Tensor]:
    originals, _ = _pictures("photo", count, recipe.config.size)
    decoded = torch.cat([recipe.translate(part) for part in originals.split(50)])
    return decoded, ToonWorld("duo", "test", count=2 * count).describe(range(count))["label"]


@lru_cache(maxsize=2)
def _pictures(side: str, count: int, size: int) -> tuple[Tensor, Tensor]:
    """The first `count` test scenes and as many others, (count, 3, size, size) each."""
    world = ToonWorld("duo", "test", size, count=2 * count)
    paint = world.photos if side == "photo" else world.toons
    whole = torch.cat([paint(list(part)) for part in chunks(2 * count)])
    return whole[:count], whole[count:]
