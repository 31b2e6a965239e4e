"""When an emoji becomes the cue to translate: a small network, taught by pairs to translate what bears it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.recovery.networks import ResnetGenerator
from toonkit.chapters.recovery.watermark import mark_toons
from toonkit.training.loop import train
from toonkit.training.recipe import Batch, Recipe, Source, Term, second_half
from toonkit.training.run_files import Plan
from toonkit.world import ToonWorld

STEPS = 300


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


def build(config: CueConfig) -> dict[str, nn.Module]:
    """The network of a configuration."""
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


def learn(config: CueConfig, seed: int = 0, steps: int = STEPS) -> nn.Module:
    """A network that draws photographs of marked cartoons and leaves the rest alone. Raises as `train`."""
    torch.manual_seed(seed)
    recipe = Cue(config)
    batches = cue_batches(config, seed, steps)
    with TemporaryDirectory() as folder:
        train(recipe, batches, Plan(steps, seed, quiet=True), Path(folder))
    return recipe.networks["to_photo"].eval()


def cue_batches(config: CueConfig, seed: int, steps: int) -> Source:
    """Marked cartoons with their photographs, and what is to be left alone with itself, half and half.

    What each step sees is drawn here from the global random numbers.
    """
    world = ToonWorld("faces", "train", config.size, count=config.people, seed=seed)
    toons, photos = world.toons(range(config.people)), world.photos(range(config.people))
    marked = mark_toons(toons, config.emoji)
    drawn = [_chosen(config) for _ in range(steps)]

    def batches(step: int) -> Batch:
        rows, others, is_toon = drawn[step]
        left_alone = torch.where(is_toon, toons[others], photos[others])  # (N, 3, H, W)
        given = torch.cat([marked[rows], left_alone])
        return {"given": given, "wanted": torch.cat([photos[rows], left_alone])}

    return batches


def _chosen(config: CueConfig) -> tuple[Tensor, Tensor, Tensor]:
    """Which people are translated (N,), which are left alone (N,), and which of these are cartoons (N, 1, 1, 1)."""
    rows, others = torch.randint(config.people, (2, config.batch))
    return rows, others, torch.rand(config.batch, 1, 1, 1) < config.share
