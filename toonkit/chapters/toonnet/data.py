"""What toonnet learns from: every family of ToonWorld as photograph and in every style, labelled."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.toonnet.recipe import ToonNetConfig
from toonkit.images.values import as_bytes
from toonkit.networks.labels import Labels
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.world import FAMILIES, STYLES, ToonWorld

OURS = Missing("no report trains toonnet; its `full` networks are released")
QUICK_BATCH = 16  # a quick run has few pictures


def batches(config: ToonNetConfig, profile: Profile, seed: int) -> Batches:
    """Batches of labelled pictures; a quick run's are smaller."""
    pictures = profile.pick(quick=16, full=1000, paper=OURS)
    size = profile.pick(quick=min(QUICK_BATCH, config.batch), full=config.batch, paper=OURS)
    return Batches([_stored("train", pictures, config.labels, config.size, seed)], size, seed)


@lru_cache(maxsize=1)
def _stored(split: str, per_side: int, labels: Labels, size: int, seed: int) -> dict[str, Tensor]:
    return examples(split, per_side, labels, size, seed)


def examples(split: str, per_side: int, labels: Labels, size: int = 64, seed: int = 0) -> dict[str, Tensor]:
    """Every family as photograph and in every style, `per_side` pictures each, no scene twice.

    Returns picture (N, 3, H, W) and mask (N, H, W) as uint8, class, style, and attributes (N, all), by `labels`.
    """
    rows: dict[str, list[Tensor]] = {}
    for family in FAMILIES:
        for number, style in enumerate((None, *STYLES)):
            world = ToonWorld(family, split, size, style=style or STYLES[0], seed=seed)
            for chunk in torch.arange(number * per_side, (number + 1) * per_side).split(64):
                for name, value in _labelled(world, chunk.tolist(), style, labels).items():
                    rows.setdefault(name, []).append(value)
    return {name: torch.cat(values) for name, values in rows.items()}


def _labelled(world: ToonWorld, indices: list[int], style: str | None, labels: Labels) -> dict[str, Tensor]:
    """One batch of one world by the labels' numbers; no style is the photograph."""
    batch = world.batch(indices)
    picture, mask = ("toon", "toon_mask") if style else ("photo", "mask")
    number = labels.style_number(style) if style else 0
    return {
        "picture": as_bytes(batch[picture]),
        "mask": labels.mask_numbers(world, batch[mask]).to(torch.uint8),
        "class": labels.class_numbers(world, batch["label"]),
        "style": torch.full((len(indices),), number),
        "attributes": labels.attribute_numbers(world, batch["attributes"]),
    }
