"""One run, trained or resumed, scored and recorded."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch

from toonkit.metrics.scores import exact
from toonkit.networks.weights import load_into, load_weights
from toonkit.project.errors import check_name
from toonkit.project.records import make_record, read_record, write_json
from toonkit.recipes.recipe import Recipe
from toonkit.training.loop import SNAPSHOTS, Plan, train
from toonkit.training.variants import EPOCHS, RUNS

RECORD = "run.json"


def variant_of(report: str, variant: str | None = None) -> str:
    """The variant's name, the report's own for None. Raises ToonkitError for an unknown report or variant."""
    known = tuple(RUNS[check_name("report", report, tuple(RUNS))])
    return check_name(f"variant of {report}", variant or known[0], known)


def run_folder(report: str, variant: str, profile: str, seed: int | str) -> Path:
    """Where a run keeps its state, within the project."""
    return Path(f"build/train/{report}-{variant}-{profile}-{seed}")


def run(report: str, variant: str, profile: str, seed: int, run_dir: Path, **plan: Any) -> dict[str, Any]:
    """Train one variant of a report in `run_dir`, resuming what is there; score it, write run.json, return that record.

    A folder with the record of the same run is finished: its record is returned. Raises ToonkitError for an unknown
    report or variant, TrainingError for a loss that is not finite or for another run's folder.
    """
    variant, started, clock = variant_of(report, variant), time.time(), time.perf_counter()
    entry = RUNS[report][variant]
    precision = "float32" if profile == "quick" else "bf16"
    settings = {"steps": entry.steps[profile], "seed": seed, "ema": entry.ema, "precision": precision} | plan
    if entry.epochs:
        settings["snapshots"] = EPOCHS
    name = f"{report} {variant}"
    if (run_dir / RECORD).exists():
        record = read_record(run_dir / RECORD)
        if (record["name"], record["profile"]) == (name, profile) and _same(record["config"], settings):
            return record
    torch.manual_seed(seed)
    recipe = entry.recipe()
    outcome = train(recipe, entry.batches(profile, seed), Plan(**settings), run_dir)
    if entry.epochs:
        folders = sorted((run_dir / SNAPSHOTS).iterdir())
        outcome["epochs"] = [
            {"step": int(folder.name)} | entry.epochs(_released(recipe, folder), profile) for folder in folders
        ]
    _released(recipe, run_dir)
    metrics = {key: score.entry() for key, score in entry.score(recipe, profile).items()}
    metrics |= _over_epochs(outcome.get("epochs", []))
    record = make_record(name, profile, seed, metrics, config=outcome, started=started, clock=clock)
    write_json(run_dir / RECORD, record)
    return record


def _over_epochs(epochs: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """The lowest of each measure, and what it changed from the first epoch to the last: one number a run."""
    out = {}
    for name in epochs[0].keys() - {"step"} if epochs else ():
        values = [epoch[name] for epoch in epochs]
        for key, value in ((f"lowest {name}", min(values)), (f"last less first {name}", values[-1] - values[0])):
            out[key] = exact(key, value).entry()
    return dict(sorted(out.items()))


def _released(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with what a folder holds of its released networks: the averages, not the last step; ready to score."""
    for network in recipe.released:
        load_into(recipe.networks[network], load_weights(folder / f"{network}.safetensors")[0], f"{network}'s weights")
        recipe.networks[network].eval()
    return recipe


def _same(config: dict[str, Any], settings: dict[str, Any]) -> bool:
    return all(config.get(key, value) == value for key, value in settings.items())
