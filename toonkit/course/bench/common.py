"""The common benchmark: every released system that translates ToonWorld's scenes, on the same held-out ones."""

from __future__ import annotations

from typing import Any

from toonkit.chapters.common_scores import TARGETS, common_scores, drawn_and_timed, scenes_of
from toonkit.chapters.contract import System
from toonkit.chapters.systems import numbers_of, ready, systems
from toonkit.course.verification import BLOCK, block_scores
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.threads import threads

SPACES = ("toonnet", "toonnet_residual", "squeezenet")
COUNT, QUICK = 500, 60  # scenes, and as many others to compare with
NOT_LEARNT = "untranslated"


def measure(quick: bool = False) -> dict[str, Any]:
    """Every measure of every system that is released, by family and direction; what is left out, and why."""
    count = QUICK if quick else COUNT
    spaces = SPACES[:1] if quick else SPACES
    known = systems()
    here = {name: system for name, system in known.items() if ready(system)}
    found: dict[str, Any] = {"left out": ", ".join(sorted(known.keys() - here.keys())) or "none"}
    with threads(1):
        for family, source in _groups(here):
            rows = {n: s for n, s in here.items() if (s.family, s.source) == (family, source)}
            found[f"{family}, {source} to {TARGETS[source]}"] = _rows(rows, family, source, count, spaces)
    found["blocks"] = {name: _blocks(system, count) for name, system in here.items() if system.weights}
    return found


def _groups(here: dict[str, System]) -> list[tuple[str, str]]:
    """The families and directions for which something was learnt."""
    return sorted({(system.family, system.source) for system in here.values() if system.weights})


def _rows(rows: dict[str, System], family: str, source: str, count: int, spaces: tuple[str, ...]) -> dict[str, Any]:
    given = scenes_of(family, count)[source]
    found = {NOT_LEARNT: common_scores(given, family, source, count, spaces)}
    for name, system in rows.items():
        drawn, milliseconds = drawn_and_timed(system.draw(), given)
        facts = {"ms a picture": milliseconds, "numbers": numbers_of(system), "taught by": ", ".join(system.taught_by)}
        found[name] = facts | common_scores(drawn, family, source, count, spaces)
    return found


def _blocks(system: System, count: int) -> dict[str, Any]:
    """What `toonkit.course.verification` computes again: blocks of scenes, and the digests of the files."""
    digests = {name: digest_of(released(name)) for name in system.weights}
    return {"digests": digests} | {str(k): block_scores(system, k) for k in range(count // BLOCK)}
