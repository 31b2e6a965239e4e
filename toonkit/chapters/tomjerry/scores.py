"""Scores of cartoons turned into photographs: tables 1 and 2 by class, and whether the animals are there, and where."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.latents.data import OWN
from toonkit.chapters.latents.scores import class_right
from toonkit.chapters.tomjerry.data import duo_numbers
from toonkit.chapters.tomjerry.own_scores import GROUPS, own_photograph_scores
from toonkit.chapters.tomjerry.recipe import TomJerry
from toonkit.chapters.tomjerry.translating import base_autoencoder, photographs
from toonkit.metrics.likeness import ms_ssim
from toonkit.metrics.scores import Score, mean_score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import read, true_error
from toonkit.networks.features import load_toonnet, toonnet_features
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

SEARCHED = 12  # test scenes painted for each one that is measured


def scores(recipe: TomJerry, profile: Profile) -> Scores:
    """Photographs of held-out cartoons, by class and all together."""
    if profile.name == "paper":
        return own_photograph_scores(recipe)
    per_class = profile.pick(quick=10, full=100, paper=OWN)
    truth = held_out(per_class, recipe.config.size)
    draw = partial(photographs, recipe.model.eval(), toons=truth["toon"], labels=truth["label"])
    found = photograph_scores(draw(recipe.autoencoder), truth)
    if recipe.config.decoder == "first":
        return found
    first = base_autoencoder(replace(recipe.config, decoder="first"))
    return found | {"all, first decoder": photograph_scores(draw(first), truth)["all"]}


def photograph_scores(drawn: Tensor, truth: dict[str, Tensor]) -> Scores:
    """Drawn photographs (N, 3, H, W) of the cartoons of `truth` (see `held_out`), by class and all together."""
    classes = ToonWorld("duo").classes
    parts = {name: _beside(drawn, truth, truth["label"] == classes.index(who)) for name, who in GROUPS.items()}
    return parts | {"all": _beside(drawn, truth, torch.ones(len(drawn), dtype=torch.bool))}


def _beside(drawn: Tensor, truth: dict[str, Tensor], rows: Tensor) -> dict[str, Score]:
    """The rows (N,) of drawn photographs beside other photographs of their classes, and beside the true ones."""
    network = load_toonnet()
    space = toonnet_features(network)
    photos, pictures = truth["photo"][rows], drawn[rows]
    real = pooled_features(space, truth["others"][rows])
    found = pooled_features(space, pictures)
    return {
        "FID[toonnet]": fid("toonnet", real, found),
        "KID[toonnet]": kid("toonnet", real, found),
        "MS-SSIM": ms_ssim(pictures, photos),
        "true error": true_error(pictures, photos),
        "class right": class_right(network, pictures, truth["label"][rows]),
        "pose agreement": pose_agreement(pictures, truth["mask"][rows]),
    }


def pose_agreement(pictures: Tensor, masks: Tensor) -> Score:
    """Intersection over union of where the animals are, as toonnet sees it in pictures and by the true masks (N, H, W).

    Cats and mice count apart: a mouse in the cat's place agrees in nothing. One value a picture.
    """
    network = load_toonnet()
    seen = duo_numbers(network.labels)[read(network, pictures)["mask"]]  # (N, H, W)
    both, either = torch.zeros(len(seen)), torch.zeros(len(seen))
    for animal in ToonWorld("duo").foreground:
        found, wanted = seen == animal, masks == animal
        both += (found & wanted).flatten(1).sum(1)
        either += (found | wanted).flatten(1).sum(1)
    return mean_score("pose agreement", both / either.clamp(min=1)).within(0, 1)


@lru_cache(maxsize=2)
def held_out(per_class: int, size: int) -> dict[str, Tensor]:
    """Test scenes, as many of each class: toon and photo (N, 3, H, W), mask (N, H, W) of the photograph, label (N,).

    `others` (N, 3, H, W) are photographs of other scenes, row by row of the same class.
    """
    world = ToonWorld("duo", "test", size, count=SEARCHED * per_class)
    labels = world.describe(range(len(world)))["label"]
    chosen, others = [], []
    for label in range(len(world.classes)):
        rows = (labels == label).nonzero()[:, 0].tolist()
        chosen += rows[:per_class]
        others += rows[per_class : 2 * per_class]
        if len(rows) < 2 * per_class:
            raise ToonkitError(f"{len(world)} scenes have only {len(rows)} of class {label}, not {2 * per_class}")
    batch = [world.batch([chosen[k] for k in part]) for part in chunks(len(chosen))]
    out = {name: torch.cat([part[name] for part in batch]) for name in ("toon", "photo", "mask", "label")}
    return out | {"others": torch.cat([world.photos([others[k] for k in part]) for part in chunks(len(others))])}
