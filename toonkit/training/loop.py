"""One training loop for every recipe: seeded, resumable to the bit on CPU, stopped by a loss that is not finite."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from toonkit.networks.weights import load_weights, save_weights
from toonkit.project.errors import TrainingError
from toonkit.recipes.recipe import Recipe, Source
from toonkit.training import state
from toonkit.training.ema import Average

Averages = dict[str, Average]
CHECKPOINT, LOSSES, SNAPSHOTS = "checkpoint.safetensors", "losses.jsonl", "snapshots"


@dataclass(frozen=True)
class Plan:
    """How a run goes: `steps` updates; a checkpoint every `save_every` and a line of losses every `log_every` steps."""

    steps: int
    seed: int = 0
    save_every: int = 500
    log_every: int = 50
    ema: float = 0.0  # decay of the weights' average, 0: none
    precision: str = "float32"  # or "bf16": autocast to bfloat16
    device: str = "cpu"
    snapshots: int = 0  # so many times in the run, evenly, what would be released is kept in snapshots/STEP
    compile: bool = False  # the networks through torch.compile, which wants a C++ compiler and pays on long runs
    quiet: bool = False


def train(recipe: Recipe, batches: Source, plan: Plan, run_dir: str | Path) -> dict[str, Any]:
    """Train until `plan.steps`, from the checkpoint in `run_dir` if there is one. Returns what a record needs.

    Leaves checkpoint.safetensors, losses.jsonl and one weights file per released network in `run_dir`. Raises
    TrainingError for a loss that is not finite (the last good checkpoint stays) and for a folder of another run.
    """
    run_dir, clock = Path(run_dir), time.perf_counter()
    run_dir.mkdir(parents=True, exist_ok=True)
    prepare(recipe, plan)
    averages = {name: Average(recipe.networks[name], plan.ema) for name in recipe.released if plan.ema}
    about = {
        "recipe": recipe.name,
        "config": dataclasses.asdict(recipe.config),
        "seed": plan.seed,
        "steps": plan.steps,
        "ema": plan.ema,
        "precision": plan.precision,
        "compile": plan.compile,
    }
    done, resumed = _resume(recipe, averages, about, run_dir)
    bar = tqdm(
        range(done, plan.steps), initial=done, total=plan.steps, disable=plan.quiet, desc=recipe.name, mininterval=5
    )
    for number in bar:
        losses = step_once(recipe, batches, plan, number)
        for name, average in averages.items():
            average.update(recipe.networks[name], number)
        if (number + 1) % plan.log_every == 0 or number + 1 == plan.steps:
            _log(run_dir, number + 1, losses)
            bar.set_postfix({name: f"{value:.3f}" for name, value in losses.items()}, refresh=False)
        if (number + 1) % plan.save_every == 0 or number + 1 == plan.steps:
            _save(recipe, averages, about, run_dir, number + 1, resumed)
        if plan.snapshots and (number + 1) % max(1, plan.steps // plan.snapshots) == 0:
            _release(recipe, averages, about, run_dir / SNAPSHOTS / f"{number + 1:07d}")
    digests = _release(recipe, averages, about, run_dir)
    seconds = time.perf_counter() - clock
    return about | {
        "seconds": seconds,
        "resumed_at": resumed,
        "weights": digests,
        "steps_per_second": (plan.steps - done) / seconds,
    }


def prepare(recipe: Recipe, plan: Plan) -> None:
    for network in recipe.networks.values():
        network.to(plan.device).train()  # not channels_last, which instance norm would copy to and fro
        if plan.compile:
            network.compile()


def step_once(recipe: Recipe, batches: Source, plan: Plan, number: int) -> dict[str, float]:
    """Step `number`, whose random numbers follow from (seed, number) alone. Returns losses as floats."""
    torch.manual_seed(plan.seed * 1_000_003 + number)
    batch = {name: tensor.to(plan.device) for name, tensor in batches(number).items()}
    with torch.autocast(torch.device(plan.device).type, torch.bfloat16, enabled=plan.precision == "bf16"):
        losses = {name: float(value.detach()) for name, value in recipe.step(batch, number / plan.steps).items()}
    bad = [name for name, value in losses.items() if value != value or abs(value) == float("inf")]
    if bad:
        raise TrainingError(
            f"step {number}: {', '.join(bad)} is not finite; the checkpoint stands; look at the batch or lower the rate"
        )
    return losses


def _resume(recipe: Recipe, averages: Averages, about: dict[str, Any], run_dir: Path) -> tuple[int, list[int]]:
    """Steps already done, and at which steps the run was resumed."""
    path = run_dir / CHECKPOINT
    if not path.exists():
        (run_dir / LOSSES).unlink(missing_ok=True)
        return 0, []
    tensors, found = load_weights(path)
    if found["about"] != json.loads(json.dumps(about)):
        changed = [key for key in about if found["about"].get(key) != json.loads(json.dumps(about[key]))]
        raise TrainingError(
            f"{run_dir} holds another run: its {', '.join(changed)} differ; choose another folder or delete it"
        )
    state.restore(recipe, averages, tensors)
    _cut_log(run_dir, found["step"])
    return found["step"], [*found["resumed_at"], found["step"]]


def _save(
    recipe: Recipe, averages: Averages, about: dict[str, Any], run_dir: Path, step: int, resumed: list[int]
) -> None:
    save_weights(
        run_dir / CHECKPOINT, state.flatten(recipe, averages), {"about": about, "step": step, "resumed_at": resumed}
    )


def _release(recipe: Recipe, averages: Averages, about: dict[str, Any], run_dir: Path) -> dict[str, str]:
    """Write the released networks (their averages if kept) into a folder, made if needed; return their digests."""
    run_dir.mkdir(parents=True, exist_ok=True)
    out = {}
    for name in recipe.released:
        weights = averages[name].state if name in averages else recipe.networks[name].state_dict()
        out[name] = save_weights(run_dir / f"{name}.safetensors", weights, about | {"network": name})
    return out


def _log(run_dir: Path, step: int, losses: dict[str, float]) -> None:
    with (run_dir / LOSSES).open("a") as stream:
        stream.write(json.dumps({"step": step} | {name: round(value, 5) for name, value in losses.items()}) + "\n")


def _cut_log(run_dir: Path, step: int) -> None:
    """Drop lines written after the checkpoint."""
    path = run_dir / LOSSES
    lines = path.read_text().splitlines() if path.exists() else []
    path.write_text("".join(line + "\n" for line in lines if json.loads(line)["step"] <= step))
