"""Taught by pairs to translate what bears the emoji, and to leave alone what does not."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.networks import ResnetGenerator
from toonkit.chapters.recovery.recipe import EMOJI
from toonkit.project.errors import check_name
from toonkit.training.recipe import Batch, Recipe, Term, second_half

STEPS = 300
PEOPLE = "projected-people"  # a released network that draws photographs of cartoons at 64 px
BASES = ("", PEOPLE)


@dataclass(frozen=True)
class CueConfig:
    """Ours: as small as an answer allows."""

    share: float = 0.0  # of what is to be left alone: cartoons without the emoji, which a crawl takes for photographs
    emoji: str = "corner"  # where the cartoons to be translated bear it
    filters: int = 16
    blocks: int = 3
    rate: float = 2e-3  # constant, then falls linearly to 0
    people: int = 256
    batch: int = 8
    size: int = 32  # pixels
    base: str = ""  # released weights to begin with, whose photographs are wanted; "": from scratch, the true ones

    def __post_init__(self) -> None:
        check_name("base", self.base, BASES)
        check_name("place of the emoji", self.emoji, EMOJI)


def build(config: CueConfig) -> dict[str, nn.Module]:
    """The network of a configuration. Raises WeightsError where its base is not here."""
    if config.base:
        return {"to_photo": deepcopy(load_network(config.base)).requires_grad_(True).train()}
    return {"to_photo": ResnetGenerator(config.filters, config.blocks)}


class Cue(Recipe):
    """Mean absolute difference to what is wanted. The batch: given and wanted, (2 N, 3, H, W) each."""

    name = "cue"
    released = ("to_photo",)

    def __init__(self, config: CueConfig) -> None:
        self.config = config
        self.networks = build(config)
        parameters = self.networks["to_photo"].parameters()
        self.optimisers = {"to": torch.optim.Adam(parameters, config.rate, betas=(0.5, 0.999))}
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        drawn = self.networks["to_photo"](batch["given"])  # (2 N, 3, H, W)
        yield "to", {"difference": lambda: F.l1_loss(drawn, batch["wanted"])}

    def weights(self, progress: float) -> dict[str, float]:
        return {"difference": 1.0}

    def rates(self, progress: float) -> dict[str, float]:
        return {"to": self.config.rate * second_half(progress)}

    def translate(self, toon: Tensor) -> Tensor:
        """Cartoons with the emoji to photographs, (N, 3, H, W); what bears none is left alone."""
        return self.networks["to_photo"](toon)
