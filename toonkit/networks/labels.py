"""What toonnet tells apart, by name: classes, styles, attributes and their values, parts of a mask.

A released toonnet carries its labels in its file, so that a style which ToonWorld learns later leaves it readable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from toonkit.project.errors import ToonkitError
from toonkit.world import FAMILIES, STYLES, ToonWorld

PHOTO = "photo"  # stands first among the styles: a photograph is drawn in none
BEFORE = Path(__file__).parent / "labels_before.json"  # of files from before files named their labels


@dataclass(frozen=True)
class Labels:
    """The names behind toonnet's numbers: `attributes` maps "FAMILY ATTRIBUTE" to that attribute's values."""

    classes: tuple[str, ...]
    styles: tuple[str, ...]
    masks: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]

    def __hash__(self) -> int:
        return hash((self.classes, self.styles, self.masks, frozenset(self.attributes.items())))

    @classmethod
    def of_world(cls) -> Labels:
        """All that ToonWorld has now."""
        worlds = {family: ToonWorld(family) for family in FAMILIES}
        return cls(
            classes=tuple(f"{family} {name}" for family, world in worlds.items() for name in world.classes),
            styles=(PHOTO, *STYLES),
            masks=tuple(dict.fromkeys(name for world in worlds.values() for name in world.mask_classes)),
            attributes={
                f"{family} {name}": world.attribute_values[name]
                for family, world in worlds.items()
                for name in world.attribute_names
            },
        )

    @classmethod
    def of_file(cls, config: Mapping[str, Any]) -> Labels:
        """Those of a released network, by the configuration in its file."""
        entry = config.get("labels") or json.loads(BEFORE.read_text(encoding="utf-8"))
        attributes = {name: tuple(values) for name, values in entry["attributes"].items()}
        return cls(tuple(entry["classes"]), tuple(entry["styles"]), tuple(entry["masks"]), attributes)

    @cached_property
    def values(self) -> int:
        """How many values all attributes have together."""
        return sum(len(values) for values in self.attributes.values())

    def class_numbers(self, world: ToonWorld, labels: Tensor) -> Tensor:
        """Class labels (N,) of one world as numbers into `classes`."""
        return self._table(f"class of {world.family}", self.classes, [f"{world.family} {c}" for c in world.classes])[
            labels
        ]

    def style_number(self, style: str) -> int:
        """The number of a style. Raises ToonkitError for one that was never learnt."""
        return self._place("style", self.styles, style)

    def attribute_numbers(self, world: ToonWorld, table: Tensor) -> Tensor:
        """Attributes (N, A) of one world as (N, all) in the order of `attributes`, -1 for those of other families."""
        numbers = torch.full((len(table), len(self.attributes)), -1)
        for column, name in enumerate(world.attribute_names):
            joint = f"{world.family} {name}"
            place = self._place("attribute", tuple(self.attributes), joint)
            values = self._table(joint, self.attributes[joint], world.attribute_values[name])
            present = table[:, column] >= 0
            numbers[present, place] = values[table[present, column]]
        return numbers

    def mask_numbers(self, world: ToonWorld, mask: Tensor) -> Tensor:
        """A mask (N, H, W) of one world with numbers into `masks`."""
        return self._table("part of a mask", self.masks, world.mask_classes)[mask]

    def split(self, logits: Tensor) -> dict[str, Tensor]:
        """The attribute logits (N, all values) as one (N, values) tensor for each attribute."""
        widths = [len(values) for values in self.attributes.values()]
        return dict(zip(self.attributes, logits.split(widths, 1), strict=True))

    def _table(self, kind: str, mine: tuple[str, ...], theirs: tuple[str, ...] | list[str]) -> Tensor:
        return torch.tensor([self._place(kind, mine, name) for name in theirs])

    def _place(self, kind: str, mine: tuple[str, ...], name: str) -> int:
        if name not in mine:
            raise ToonkitError(f"this toonnet never learnt the {kind} {name!r}, only {', '.join(mine)}; train it again")
        return mine.index(name)
