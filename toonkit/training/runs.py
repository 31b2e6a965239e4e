"""Every run that `toonkit train` knows: its recipe, its data, how long each profile trains, and how it is scored."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from toonkit.errors import check_name
from toonkit.filters import abstraction, edge_smoothing
from toonkit.images.values import as_bytes
from toonkit.metrics.scores import Score
from toonkit.networks.features import features
from toonkit.networks.toonnet import ToonNet
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.recipes import toonnet
from toonkit.recipes.cartoongan import CartoonGAN, CartoonGANConfig
from toonkit.recipes.recipe import Recipe
from toonkit.training.batches import Batches, chunks
from toonkit.training.evaluate import score_toonnet, score_translation
from toonkit.training.loop import Plan, train
from toonkit.training.records import make_record, write_json
from toonkit.world import ToonWorld

CARTOONGAN = {
    "classical": {},  # the report: initialised on classical cartoons
    "reconstruction": {"initialisation": "reconstruction"},
    "none": {"initialisation": "none"},
}


@dataclass(frozen=True)
class Run:
    """How to build, feed and score one report's recipe."""

    variants: tuple[str, ...]  # the first is the report's own
    recipe: Callable[[str], Recipe]
    batches: Callable[[str, int], Callable[[int], dict[str, Tensor]]]  # profile, seed -> batches
    score: Callable[[Recipe, str], dict[str, Score]]  # trained recipe, profile -> scores
    steps: dict[str, int]  # profile -> updates
    ema: float


def _toonnet_batches(profile: str, seed: int) -> Batches:
    rows = toonnet.examples("train", {"quick": 16, "full": 700, "paper": 4000}[profile], seed=seed)
    return Batches([rows], 16 if profile == "quick" else 64, seed)


def _cartoongan_batches(profile: str, seed: int) -> Batches:
    """Photographs with their classical cartoons; cartoons of other scenes with their smoothed edges."""
    world = ToonWorld("faces", "train", 64, count={"quick": 32, "full": 2000, "paper": 6000}[profile], seed=seed)
    pieces = list(chunks(len(world)))
    photos, toons = ([world.unpaired(side).batch(part) for part in pieces] for side in ("photo", "toon"))
    sides = [
        {"photo": photos, "classical": [abstraction(part) for part in photos]},
        {"toon": toons, "smooth": [edge_smoothing(part) for part in toons]},
    ]
    return Batches([{name: as_bytes(torch.cat(parts)) for name, parts in side.items()} for side in sides], 8, seed)


def _score_cartoongan(recipe: Recipe, profile: str) -> dict[str, Score]:
    network, count = ToonNet(), 50 if profile == "quick" else 1000
    load_into(network, load_weights(released("toonnet"))[0], "toonnet's weights")
    return score_translation(recipe.translate, network.eval(), ToonWorld("faces", "test", 64, count=2 * count), count)


RUNS = {
    "toonnet": Run(
        ("all",),
        lambda variant: toonnet.ToonNetRecipe(),
        _toonnet_batches,
        lambda recipe, profile: score_toonnet(recipe.networks["toonnet"], 10 if profile == "quick" else 150),
        {"quick": 10, "full": 3000, "paper": 30000},
        0.995,
    ),
    "cartoongan": Run(
        tuple(CARTOONGAN),
        lambda variant: CartoonGAN(features("toonnet"), replace(CartoonGANConfig(), **CARTOONGAN[variant])),
        _cartoongan_batches,
        _score_cartoongan,
        {"quick": 20, "full": 2500, "paper": 250000},
        0.99,
    ),
}


def variant_of(report: str, variant: str | None = None) -> str:
    """The variant's name, the report's own for None. Raises ToonkitError for an unknown report or variant."""
    known = RUNS[check_name("report", report, tuple(RUNS))].variants
    return check_name(f"variant of {report}", variant or known[0], known)


def run(report: str, variant: str, profile: str, seed: int, run_dir: Path, **plan: Any) -> dict[str, Any]:
    """Train one variant of a report in `run_dir`, resuming what is there; score it, write run.json, return that record.

    Raises ToonkitError for an unknown report or variant, TrainingError for a loss that is not finite.
    """
    variant, entry, started, clock = variant_of(report, variant), RUNS[report], time.time(), time.perf_counter()
    torch.manual_seed(seed)
    recipe = entry.recipe(variant)
    precision = "float32" if profile == "quick" else "bf16"
    settings = {"steps": entry.steps[profile], "seed": seed, "ema": entry.ema, "precision": precision}
    outcome = train(recipe, entry.batches(profile, seed), Plan(**settings | plan), run_dir)
    for name in recipe.released:  # score what is released: the averages, not the last step
        load_into(recipe.networks[name], load_weights(run_dir / f"{name}.safetensors")[0], f"{name}'s weights")
        recipe.networks[name].eval()
    metrics = {name: score.entry() for name, score in entry.score(recipe, profile).items()}
    record = make_record(f"{report} {variant}", profile, seed, metrics, config=outcome, started=started, clock=clock)
    write_json(run_dir / "run.json", record)
    return record
