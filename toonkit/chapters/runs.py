"""One run, trained or resumed, scored and recorded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from toonkit.chapters.changes import changed, sized
from toonkit.chapters.contract import Chapter, Variant, entries_of
from toonkit.chapters.index import find_chapter
from toonkit.chapters.run_places import RECORD
from toonkit.metrics.scores import exact
from toonkit.networks.weights import load_into, load_weights
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.project.profiles import Profile
from toonkit.project.records import make_record, read_record, write_json
from toonkit.training.devices import fast_precision
from toonkit.training.loop import train
from toonkit.training.processes import launched, together
from toonkit.training.recipe import Recipe
from toonkit.training.run_files import Plan, describe, refuse_another_run
from toonkit.training.run_lock import claim
from toonkit.training.run_mirror import RunMirror
from toonkit.training.snapshots import check_planned, read_snapshot, snapshot_steps


def run(
    chapter: str,
    variant: str,
    profile: str,
    seed: int,
    run_dir: Path,
    size: int | None = None,
    changes: Mapping[str, str] | None = None,
    mirror: RunMirror | None = None,
    **plan: Any,
) -> dict[str, Any]:
    """Train one variant of a chapter in `run_dir`, resuming what is there; score it, write and return its record.

    A folder with the record of the same run is finished: its record is returned. `size` (pixels) replaces the
    configuration's, `changes` those of further fields, as texts; `plan` are fields of a Plan. With a `mirror` the
    folder is first made what the mirror has, and is kept there after every checkpoint and at the end. Of several
    processes the first one scores and records; the others return what training gave. Raises ToonkitError for an
    unknown chapter or variant, for a change that is none, and for a profile that cannot run here, TrainingError for a
    number that is not finite and for another run's folder.
    """
    started, clock = time.time(), time.perf_counter()
    task = _Task(chapter, variant, profile, seed, size, plan, changes)
    processes = launched(task.plan.device)
    with together(processes):
        found = processes.decide(lambda: _found(task, run_dir, mirror))
        if found is not None:
            return found
        torch.manual_seed(seed)
        recipe = task.chapter.recipe(task.config)
        outcome = train(recipe, task.chapter.data(task.config, task.profile, seed), task.plan, run_dir, mirror)
    if not processes.first:
        return outcome
    plainly = torch.compiler.set_stance("force_eager") if task.plan.compile else nullcontext()
    with plainly:  # a few batches are drawn sooner than networks are compiled for them
        record = task.record(recipe, outcome, run_dir, started, clock)
    if mirror:
        mirror.push(run_dir, task.plan.steps)
    return record


def _found(task: _Task, run_dir: Path, mirror: RunMirror | None) -> dict[str, Any] | None:
    """The record that a run's folder holds, if it is finished; a mirror's files are fetched before."""
    if mirror:
        with claim(run_dir):
            mirror.fetch(run_dir)
    return task.finished(run_dir) if (run_dir / RECORD).exists() else None


def score(
    chapter: str, variant: str, profile: str, seed: int, run_dir: Path, size: int | None = None
) -> dict[str, Any]:
    """Score a finished run again, without training, and write its run.json anew; return that record.

    Raises ToonkitError where the run is not finished, TrainingError for another run's folder.
    """
    started, clock = time.time(), time.perf_counter()
    before = read_record(run_dir / RECORD)
    if not isinstance(before["config"].get("steps"), int):
        raise ToonkitError(f"{run_dir / RECORD} does not say for how many steps it trained; train it again")
    task = _Task(chapter, variant, profile, seed, size, {"steps": before["config"]["steps"]})
    task.finished(run_dir)
    return task.record(task.chapter.recipe(task.config), before["config"], run_dir, started, clock)


def is_finished(chapter: str, variant: str, profile: str, seed: int, run_dir: Path, size: int | None = None) -> bool:
    """Whether a folder holds the record of this run; that of another run is for `run` to refuse."""
    if not (run_dir / RECORD).exists():
        return False
    try:
        _Task(chapter, variant, profile, seed, size, {}).finished(run_dir)
    except ToonkitError:
        return False
    return True


class _Task:
    """What a run was asked to do, worked out."""

    def __init__(
        self,
        chapter: str,
        variant: str,
        profile: str,
        seed: int,
        size: int | None,
        plan: Mapping[str, Any],
        changes: Mapping[str, str] | None = None,
    ) -> None:
        self.chapter: Chapter = find_chapter(chapter)
        name, found = self.chapter.variant(variant)
        self.name, self.seed, self.profile = f"{chapter} {name}", seed, Profile(profile)
        self.config = changed(sized(found.configured(self.profile), size), changes or {})
        self.plan = Plan(**_settings(found, self.profile, seed, plan))

    def finished(self, run_dir: Path) -> dict[str, Any]:
        """The record of this finished run. Raises TrainingError where the folder holds another run's."""
        record = read_record(run_dir / RECORD)
        mine = {"name": self.name, "profile": self.profile.name, "seed": self.seed}
        refuse_another_run(run_dir, mine, record)
        found = record.get("config", {})
        machine = {name: found[name] for name in ("precision", "compile") if name in found}  # that machine's
        plan = replace(self.plan, **machine)
        refuse_another_run(run_dir, describe(self.chapter.recipe(self.config), plan), found)
        return record

    def record(
        self, recipe: Recipe, outcome: dict[str, Any], run_dir: Path, started: float, clock: float
    ) -> dict[str, Any]:
        """Score what a folder holds and write its record."""
        recipe.to(self.plan.device if self.profile.name == "paper" else "cpu")  # 512 px are too many for a CPU
        planned = snapshot_steps(self.plan.steps, self.plan.snapshots)
        check_planned(run_dir, planned)
        metrics: dict[str, Any] = {}
        if planned and self.chapter.snapshot_scores:
            measures = [self._snapshot_measures(recipe, run_dir, step) for step in planned]
            outcome = outcome | {"epochs": measures}
            metrics["epochs"] = over_snapshots(measures)
        for network in recipe.released:
            tensors, _ = load_weights(run_dir / f"{network}.safetensors")
            _put(recipe, network, tensors)
        metrics = entries_of(self.chapter.scores(recipe, self.profile)) | metrics
        record = make_record(
            self.name, self.profile.name, self.seed, metrics, config=outcome, started=started, clock=clock
        )
        write_json(run_dir / RECORD, record)
        return record

    def _snapshot_measures(self, recipe: Recipe, run_dir: Path, step: int) -> dict[str, float]:
        for network in recipe.released:
            _put(recipe, network, read_snapshot(run_dir, step, network))
        return {"step": step} | dict(self.chapter.snapshot_scores(recipe, self.profile))


def over_snapshots(measures: list[dict[str, float]]) -> dict[str, dict[str, dict[str, float]]]:
    """Of each measure the lowest, the mean (low where a run learns fast), and what it changed from first to last."""
    lowest, mean, change = {}, {}, {}
    for name in sorted(measures[0].keys() - {"step"}):
        values = [entry[name] for entry in measures]
        lowest[name] = exact(name, min(values)).entry()
        mean[name] = exact(name, sum(values) / len(values)).entry()
        change[name] = exact(name, values[-1] - values[0]).entry()
    return {"lowest": lowest, "mean": mean, "last less first": change}


def _settings(variant: Variant, profile: Profile, seed: int, plan: Mapping[str, Any]) -> dict[str, Any]:
    """The plan of a variant under a profile; what `plan` says goes before."""
    return {
        "steps": profile.pick(quick=variant.quick_steps, full=variant.full_steps, paper=variant.paper_steps),
        "precision": "float32" if profile.name == "quick" else fast_precision(plan.get("device", "cpu")),
        "seed": seed,
        "ema": variant.ema,
        "snapshots": variant.snapshots,
        **plan,
    }


def _put(recipe: Recipe, network: str, tensors: Mapping[str, torch.Tensor]) -> None:
    """Fill a released network, as what is scored and kept: the averages, not the last step; ready to draw."""
    if network not in recipe.networks:
        raise TrainingError(f"the recipe {recipe.name} has no network {network}")
    load_into(recipe.networks[network], tensors, f"{network}'s weights")
    recipe.networks[network].eval()
