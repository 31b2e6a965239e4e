"""The common benchmark: every released system that translates ToonWorld's scenes, on the same held-out ones."""

from __future__ import annotations

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


def measure(quick: bool = False) -> dict[str, Any]:
    """Every measure of every system that is released, by what they are compared in; what is left out, and why."""
    spaces = SPACES[:1] if quick else SPACES
    known = systems() | public_systems()
    here = {name: system for name, system in known.items() if ready(system)}
    found: dict[str, Any] = {
        "left out": ", ".join(sorted(known.keys() - here.keys())) or "none",
        "not measured": "none" if lpips_ready() else WITHOUT,
    }
    blocks: dict[str, Any] = {}
    with threads(1):
        for task in _tasks(here):
            count = QUICK if quick else FEWER.get(task.family, COUNT)
            rows = {name: system for name, system in here.items() if task_of(system) == task}
            found[str(task)] = _rows(rows, task, count, spaces, blocks)
    return found | {"blocks": blocks}


def _tasks(here: dict[str, System]) -> list[Task]:
    """What something was learnt for."""
    return sorted({task_of(system) for system in here.values() if system.weights})


def _rows(
    rows: dict[str, System], task: Task, count: int, spaces: tuple[str, ...], blocks: dict[str, Any]
) -> dict[str, Any]:
    """A row a system. What `toonkit.course.verification` computes again of the same drawings goes into `blocks`."""
    given = scenes_of(task.family, count, task.style)[task.source]
    found = {NOT_LEARNT: common_scores(given, task, count, spaces)}
    verified = verified_systems()
    for name, system in rows.items():
        drawn, milliseconds = drawn_and_timed(system.draw(), given)
        facts = {"ms a picture": milliseconds, "numbers": numbers_of(system), "taught by": ", ".join(system.taught_by)}
        found[name] = facts | common_scores(drawn, task, count, spaces)
        if name in verified:
            blocks[name] = entry(verified[name], _by_block(drawn, task, count))
    return found


def _by_block(drawn: Tensor, task: Task, count: int) -> dict[str, dict[str, float]]:
    """What `block_scores` gives for each block of the drawings (N, 3, H, W), by its number."""
    scenes = scenes_of(task.family, count, task.style)
    found = {}
    for start in range(0, count, BLOCK):
        rows = slice(start, start + BLOCK)
        some = {name: scenes[name][rows] for name in (task.target, "attributes")}
        found[str(start // BLOCK)] = drawn_scores(drawn[rows], some, task)
    return found
