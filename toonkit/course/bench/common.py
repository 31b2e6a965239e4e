"""The common benchmark: every released system that translates ToonWorld's scenes, on the same held-out ones."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from torch import Tensor

from toonkit.chapters.common_scores import BLOCK, Task, common_scores, drawn_and_timed, scenes_of, task_of
from toonkit.chapters.contract import System
from toonkit.chapters.systems import numbers_of, public_systems, ready, systems
from toonkit.course.verification import drawn_scores, entry, verified_systems
from toonkit.metrics.lpips import WITHOUT, lpips_ready
from toonkit.project.threads import threads

SPACES = ("toonnet", "toonnet_residual", "squeezenet")
COUNT, QUICK = 500, 60  # scenes, and as many others to compare with
FEWER = {"duo": 300}  # of a family whose pictures diffusion draws, in twenty steps each
NOT_LEARNT = "untranslated"


def rows() -> tuple[str, ...]:
    """What can be measured alone: the systems that are here."""
    return tuple(_here())


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """Every measure of every system that is released, or of those in `only`, by what they are compared in; what is
    left out, and why.
    """
    spaces = SPACES[:1] if quick else SPACES
    known = systems() | public_systems()
    here = _here()
    found: dict[str, Any] = {
        "left out": ", ".join(sorted(known.keys() - here.keys())) or "none",
        "not measured": "none" if lpips_ready() else WITHOUT,
    }
    blocks: dict[str, Any] = {}
    chosen = {name: here[name] for name in only or here}
    with threads(1):
        for task in _tasks(chosen):
            count = QUICK if quick else FEWER.get(task.family, COUNT)
            learnt = {name: system for name, system in chosen.items() if task_of(system) == task}
            drawn = _rows(learnt, task, count, spaces, blocks)
            found[str(task)] = drawn if only else {NOT_LEARNT: _not_learnt(task, count, spaces)} | drawn
    return found | {"blocks": blocks}


def still_there(metrics: dict[str, Any]) -> dict[str, Any]:
    """The metrics of a record without rows of systems that are not released any more."""
    known = {NOT_LEARNT, *systems(), *public_systems()}
    return {
        group: {name: row for name, row in rows.items() if name in known} if isinstance(rows, dict) else rows
        for group, rows in metrics.items()
    }


def _here() -> dict[str, System]:
    return {name: system for name, system in (systems() | public_systems()).items() if ready(system)}


def _tasks(here: dict[str, System]) -> list[Task]:
    """What something was learnt for."""
    return sorted({task_of(system) for system in here.values() if system.weights})


def _rows(
    learnt: dict[str, System],
    task: Task,
    count: int,
    spaces: tuple[str, ...],
    blocks: dict[str, Any],
) -> dict[str, Any]:
    """A row a system. What `toonkit.course.verification` computes again of the same drawings goes into `blocks`."""
    given = scenes_of(task.family, count, task.style)[task.source]
    found = {}
    verified = verified_systems()
    for name, system in learnt.items():
        drawn, milliseconds = drawn_and_timed(system.draw(), given)
        facts = {"ms a picture": milliseconds, "numbers": numbers_of(system), "taught by": ", ".join(system.taught_by)}
        found[name] = facts | common_scores(drawn, task, count, spaces)
        if name in verified:
            blocks[name] = entry(verified[name], _by_block(drawn, task, count))
    return found


def _not_learnt(task: Task, count: int, spaces: tuple[str, ...]) -> dict[str, Any]:
    """The row of the pictures as they are."""
    return common_scores(scenes_of(task.family, count, task.style)[task.source], task, count, spaces)


def _by_block(drawn: Tensor, task: Task, count: int) -> dict[str, dict[str, float]]:
    """What `block_scores` gives for each block of the drawings (N, 3, H, W), by its number."""
    scenes = scenes_of(task.family, count, task.style)
    found = {}
    for start in range(0, count, BLOCK):
        rows = slice(start, start + BLOCK)
        some = {name: scenes[name][rows] for name in (task.target, "attributes")}
        found[str(start // BLOCK)] = drawn_scores(drawn[rows], some, task)
    return found
