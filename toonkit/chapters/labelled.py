"""Labelled pictures of ToonWorld: every family as photograph and in every style."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.images.values import as_bytes
from toonkit.networks.labels import Labels
from toonkit.world import FAMILIES, STYLES, ToonWorld

SCENES = 10  # of a family in a block


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


def block(number: int, labels: Labels, size: int = 64) -> dict[str, Tensor]:
    """A block of held-out scenes, SCENES of every family, as photographs and as cartoons; rows as `examples` has."""
    rows: dict[str, list[Tensor]] = {}
    scenes = list(range(number * SCENES, (number + 1) * SCENES))
    for family in FAMILIES:
        for style in (None, STYLES[0]):
            for name, value in _labelled(ToonWorld(family, "test", size), scenes, style, labels).items():
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
