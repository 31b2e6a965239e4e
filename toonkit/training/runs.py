"""Every run that `toonkit train` knows: its recipe, its data, how long each profile trains, and how it is scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from toonkit.recipes import toonnet
from toonkit.recipes.recipe import Recipe
from toonkit.training.batches import Batches
from toonkit.training.loop import Plan, train


@dataclass(frozen=True)
class Run:
    """How to build one recipe and its data for a profile."""

    recipe: Callable[[str], Recipe]  # variant -> recipe
    batches: Callable[[str, int], Callable[[int], dict[str, Tensor]]]  # profile, seed -> batches
    steps: dict[str, int]  # profile -> updates
    ema: float = 0.0


def _toonnet_batches(profile: str, seed: int) -> Batches:
    rows = toonnet.examples("train", {"quick": 16, "full": 700, "paper": 4000}[profile], seed=seed)
    return Batches([rows], 16 if profile == "quick" else 64, seed)


RUNS = {
    "toonnet": Run(
        lambda variant: toonnet.ToonNetRecipe(),
        _toonnet_batches,
        {"quick": 10, "full": 3000, "paper": 30000},
        ema=0.995,
    )
}


def run(report: str, variant: str, profile: str, seed: int, run_dir: Path, **plan: Any) -> dict[str, Any]:
    """Train one variant of a report in `run_dir`, resuming what is there; return what its record needs."""
    torch.manual_seed(seed)
    entry = RUNS[report]
    recipe = entry.recipe(variant)
    settings = {
        "steps": entry.steps[profile],
        "seed": seed,
        "ema": entry.ema,
        "precision": "bf16" if profile != "quick" else "float32",
    }
    return train(recipe, entry.batches(profile, seed), Plan(**settings | plan), run_dir)
