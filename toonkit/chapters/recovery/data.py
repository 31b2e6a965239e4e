"""What cartoon-to-human recovery learns from: cartoon and photograph of the same scenes of ToonWorld."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.own_data import own_training
from toonkit.chapters.recovery.recipe import RecoveryConfig
from toonkit.chapters.recovery.watermark import mark_toons
from toonkit.images.values import as_bytes
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches, chunks
from toonkit.world import ToonWorld

OWN = Missing("this trial is one of ToonWorld's pictures, not of an app's; run profile full")
REPORT = "cartoon_to_human_cyclegan"


def batches(config: RecoveryConfig, profile: Profile, seed: int) -> Batches:
    """Pairs, the cartoons marked as the configuration says; of profile paper cut from four-panel pictures of your own.

    The report's were crawled from private people and never released.
    """
    if profile.name == "paper" and (config.emoji, config.family) == ("none", "faces"):
        return own(config, seed)
    toons, photos = _painted(config.family, profile.pick(quick=32, full=1200, paper=OWN), config.size, seed)
    pictures = {"toon": as_bytes(mark_toons(toons, config.emoji)), "photo": as_bytes(photos)}
    return Batches([pictures], config.batch, seed)


def own(config: RecoveryConfig, seed: int) -> Batches:
    """Pairs of the built set. Raises ToonkitError where it is not built."""
    photos, toons = own_training(REPORT, config.size)
    return Batches([{"toon": toons, "photo": photos}], config.batch, seed)


@lru_cache(maxsize=1)
def _painted(family: str, count: int, size: int, seed: int) -> tuple[Tensor, Tensor]:
    """Cartoons and photographs, (count, 3, size, size) each."""
    world = ToonWorld(family, "train", size, count=count, seed=seed)
    parts = [list(part) for part in chunks(count)]
    return torch.cat([world.toons(part) for part in parts]), torch.cat([world.photos(part) for part in parts])
