"""Training steps, filters, metrics and inference beside well-kept public programs, as ratios within one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import cv2

from toonkit.course.speed import filters, inference, metrics, steps
from toonkit.course.speed.contest import Contest, Effort
from toonkit.project.environment import load
from toonkit.project.threads import threads

GROUPS = {"training step": steps, "filters": filters, "metrics": metrics, "inference": inference}
QUICK = Effort(pairs=6, seconds=0.001)


def measure(quick: bool = False) -> dict[str, Any]:
    """For each contest its rival, its size, how far both results differ, milliseconds and the ratio of the two.

    `load` is what the machine had to do as this began (processes that want a core). A rival that is not installed is
    an entry that says so, and so is one that computes something else.
    """
    effort = QUICK if quick else Effort()
    with threads(1), _opencv_on_one_thread():
        found: dict[str, Any] = {"load": load(), "threads": 1, "pairs": effort.pairs}
        return found | {name: _rows(module.contests(), effort) for name, module in GROUPS.items()}


def _rows(contests: Sequence[Contest], effort: Effort) -> dict[str, Any]:
    return {key_of(one): one.result(effort) for one in contests}


def key_of(one: Contest) -> str:
    """A contest's name in the record."""
    return f"{one.ours}, {one.size}: {one.rival}"


@contextmanager
def _opencv_on_one_thread() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
