"""A controlled generator laid open: its drawings and the value of every loss at any setting of its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import find_chapter
from toonkit.chapters.painted.pictures import DRAWINGS, PHOTOGRAPHS
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.sources import source_ready
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.errors import ToonkitError, check_name
from toonkit.project.profiles import Profile
from toonkit.training.controls import RANGE, Controlled
from toonkit.training.recipe import Batch

STEPS = 240  # of a run "for a minute"
SEED = 1  # of the batch that is looked at: not that of any released run
SHOWN = 4  # pictures


@dataclass(frozen=True)
class Explored:
    """One controlled generator; `plain` is the variant whose weights the factors multiply.

    `needs` are the open sources without which its losses cannot be computed; `shown` are those of them whose held-out
    photographs are shown, a photograph of each, instead of ToonWorld's.
    """

    title: str
    chapter: str
    variant: str
    plain: str
    source: str = "photo"  # what it translates: "photo" or "toon"
    needs: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def weights(self) -> str:
        """The plain name of its released weights."""
        return f"{self.chapter}-{self.variant}"

    @property
    def is_here(self) -> bool:
        """Whether its weights are released, and the sources that it needs are on this machine."""
        return released(self.weights).is_file() and all(map(source_ready, self.needs))

    @cached_property
    def recipe(self) -> Controlled:
        """The recipe with the released networks. Raises WeightsError where one is not here."""
        chapter: Chapter = find_chapter(self.chapter)
        recipe = chapter.recipe(chapter.variant(self.variant)[1].config)
        for number, network in enumerate(recipe.released):
            name = f"{self.weights}-{network}" if number else self.weights
            tensors, _ = load_weights(released(name))
            load_into(recipe.networks[network], tensors, f"{network}'s weights")
            recipe.networks[network].eval().requires_grad_(False)
        return recipe

    @cached_property
    def batch(self) -> Batch:
        """A batch as training sees them, of scenes of its own."""
        return find_chapter(self.chapter).data(self.recipe.config, Profile("quick"), SEED)(0)

    @cached_property
    def pictures(self) -> Tensor:
        """Pictures to look at, (SHOWN, 3, H, W): of the batch, or photographs that no run saw."""
        if not self.shown:
            return self.batch[self.source][:SHOWN]
        size = self.recipe.config.size
        paths = [open_pictures(name, "test")[0] for name in self.shown]
        return torch.stack([fit_picture(read_open_picture(path), (size, size)) for path in paths])

    @cached_property
    def base(self) -> dict[str, float]:
        """Every loss weight of the recipe at the end of training, by name, without those of discriminators."""
        weights = self.recipe.weights(1.0)
        return {name: value for name, value in weights.items() if value and not name.startswith("discriminator")}

    @property
    def controls(self) -> tuple[str, ...]:
        """The weights that the generator is told."""
        return self.recipe.controls

    @torch.no_grad()
    def given(self, pictures: Tensor) -> Tensor:
        """What the generator takes of pictures (N, 3, H, W), which no setting changes: (N, C, H, W)."""
        return self.recipe.given(pictures)

    @torch.no_grad()
    def draw(self, given: Tensor, factors: Mapping[str, float]) -> Tensor:
        """What is `given`, (N, C, H, W), as the generator draws it at a setting, (N, 3, H, W).

        Raises ToonkitError for a bad factor.
        """
        return self.recipe.draw(given, factors).clamp(-1, 1)

    @torch.no_grad()
    def losses(self, factors: Mapping[str, float]) -> dict[str, float]:
        """The value of each loss on the batch, not multiplied by its weight; chance falls alike at every setting.

        Raises ToonkitError for a bad factor.
        """
        self.recipe.factors = dict.fromkeys(self.controls, 1.0) | dict(factors)
        found: dict[str, float] = {}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            try:
                for _, terms in self.recipe.terms(self.batch):
                    found |= {name: float(terms[name]()) for name in terms if name in self.base}
            finally:
                self.recipe.factors = None
        return found

    def sweep(self, name: str, stops: int = 5) -> dict[float, dict[str, float]]:
        """The losses at settings that differ in one control alone, from its lowest factor to its highest."""
        check_name("control", name, self.controls)
        factors = [RANGE ** (2 * k / (stops - 1) - 1) for k in range(stops)]
        return {factor: self.losses({name: factor}) for factor in factors}

    def settings_line(self, factors: Mapping[str, float]) -> str:
        """A setting as a line of JSON that can be shared; `read_settings` reads it."""
        known = {name: round(factors.get(name, 1.0), 4) for name in self.controls}
        return json.dumps({"generator": self.weights, "factors": known})

    def commands(self, factors: Mapping[str, float]) -> str:
        """What a shell is told to train with a setting, and to draw a picture of one's own where that can be."""
        train = f"toonkit train {' '.join(self.train_options(factors))} --run-dir build/mine"
        if not self.shown:
            return train
        told = ",".join(f"{name}={factors.get(name, 1.0):.3g}" for name in self.controls)
        return f"toonkit toonify PHOTO -o DRAWING --method {self.chapter}:{told} | {train}"

    def train_options(self, factors: Mapping[str, float], steps: int = STEPS) -> list[str]:
        """What `toonkit train` is to be told to train the recipe by itself with these weights for a short while."""
        changes = [f"{name}={factor * self.base[name]:.6g}" for name, factor in factors.items() if factor != 1]
        options = [self.chapter, self.plain, *(part for change in changes for part in ("--set", change))]
        return [*options, "--steps", str(steps)]


EXPLORED = (
    Explored("faces to cartoons", "projected", "faces_controlled", "faces"),
    Explored("cartoons to faces", "projected", "people_controlled", "people", "toon"),
    Explored("scenes to cartoons", "semantic", "controlled", "ours"),
    Explored(
        title="photographs to drawings",
        chapter="semantic",
        variant="photographs_controlled",
        plain="photographs",
        needs=("squeezenet", *PHOTOGRAPHS, *DRAWINGS),
        shown=("caltech101", "felix", "kodak", "coco53"),
    ),
)


def read_settings(line: str) -> tuple[Explored, dict[str, float]]:
    """The generator and the factors that a line of JSON says. Raises ToonkitError where it says none."""
    try:
        found: dict[str, Any] = json.loads(line)
        name, factors = str(found["generator"]), {str(key): float(value) for key, value in found["factors"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        example = EXPLORED[0].weights
        raise ToonkitError(
            f'{line[:80]!r} is no line of settings; one reads {{"generator": "{example}", "factors": {{...}}}}'
        ) from error
    known = {one.weights: one for one in EXPLORED}
    return known[check_name("generator", name, list(known))], factors
