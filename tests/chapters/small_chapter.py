"""A chapter of runs of milliseconds, with all that a run can have: an average, a pool, snapshots, released files."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from toonkit.chapters.contract import Chapter, Variant
from toonkit.metrics.scores import exact
from toonkit.training.batches import Batches
from toonkit.training.pool import ImagePool
from toonkit.training.recipe import Recipe


@dataclass(frozen=True)
class SmallConfig:
    omega: float = 10.0
    rate: float = 0.01
    batch: int = 2
    size: int = 8


def build(config: SmallConfig) -> dict[str, torch.nn.Module]:
    return {"generator": torch.nn.Conv2d(3, 3, 3, padding=1)}


class Small(Recipe):
    """Draws near a photograph and far from earlier drawings."""

    name = "small"
    released = ("generator",)

    def __init__(self, config: SmallConfig | None = None) -> None:
        self.config = config or SmallConfig()
        self.networks = build(self.config)
        self.optimisers = {"generator": torch.optim.Adam(self.networks["generator"].parameters(), self.config.rate)}
        self.pools = {"drawn": ImagePool(3)}

    def terms(self, batch):
        drawn = self.networks["generator"](batch["photo"])
        earlier = self.pools["drawn"](drawn)
        yield (
            "generator",
            {
                "content": lambda: (drawn - batch["photo"]).abs().mean(),
                "apart": lambda: (1 + (drawn - earlier.roll(1, 0)).square().mean()).reciprocal(),
            },
        )

    def weights(self, progress):
        return {"content": self.config.omega, "apart": 1.0}


def data(config: SmallConfig, profile, seed: int) -> Batches:
    generator = torch.Generator().manual_seed(seed)
    photos = torch.rand((6, 3, config.size, config.size), generator=generator) * 2 - 1
    return Batches([{"photo": photos}], config.batch, seed)


def _measure(recipe, profile) -> dict[str, float]:
    return {"size of weights": float(recipe.networks["generator"].weight.detach().abs().mean())}


CHAPTER = Chapter(
    name="small",
    report="",
    subject="nothing",
    variants={
        name: Variant(SmallConfig(omega), 6, quick_steps=6, ema=0.5, snapshots=3)
        for name, omega in (("omega_10", 10.0), ("omega_30", 30.0))
    },
    config=SmallConfig,
    build=build,
    recipe=Small,
    data=data,
    scores=lambda recipe, profile: {name: exact(name, value) for name, value in _measure(recipe, profile).items()},
    snapshot_scores=_measure,
)
