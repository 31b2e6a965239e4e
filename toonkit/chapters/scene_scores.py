"""Scores of every system of the semantic report's table on held-out scenes: its two distances, and every region."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.scoring import Translate, held_out, score_translation, to_photographs
from toonkit.metrics.regions import edge_strength, texture_density
from toonkit.metrics.scores import Score
from toonkit.networks.features import load_toonnet
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

OWN = Missing("the pictures that the report measured on are not listed; run profile full")
SOME = 200  # pictures for what is measured region by region


@torch.no_grad()
def score_scenes(translate: Translate, family: str, size: int, profile: Profile) -> Scores:
    """A photo-to-cartoon network on held-out scenes of a family: every system of table 1 is measured by this."""
    count = _count(profile)
    world = held_out(family, count, size)
    parts = dict(score_translation(translate, load_toonnet(), world, count))
    parts["to photographs"] = to_photographs(translate, world, count)
    photos, toons, front = _regions(world, min(count, SOME))
    shown = {"drawn": translate(photos), "photograph": photos, "cartoon": toons}
    for name, region in (("foreground", front), ("background", ~front)):
        parts[name] = {kind: _detail(pictures, region) for kind, pictures in shown.items()}
    return parts


def score_drawn(translate: Translate, family: str, size: int, profile: Profile) -> Scores:
    """The part "drawn" of the same scores, alone."""
    count = _count(profile)
    return score_translation(translate, load_toonnet(), held_out(family, count, size), count)["drawn"]


def _count(profile: Profile) -> int:
    return profile.pick(quick=50, full=1000, paper=OWN)


def _detail(pictures: Tensor, region: Tensor) -> dict[str, Score]:
    return {
        "texture density": texture_density(pictures, region),
        "edge strength": edge_strength(pictures, region),
    }


@lru_cache(maxsize=1)
def _regions(world: ToonWorld, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Photographs and cartoons (N, 3, H, W) of the first scenes, and where the photograph's foreground is (N, H, W)."""
    parts = [world.batch(list(part)) for part in chunks(count)]
    front = torch.isin(torch.cat([part["mask"] for part in parts]), torch.tensor(world.foreground))
    return torch.cat([part["photo"] for part in parts]), torch.cat([part["toon"] for part in parts]), front
