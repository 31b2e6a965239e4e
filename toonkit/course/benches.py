"""Run the measurements, the course's own and the chapters', and keep them as records."""

from __future__ import annotations

import importlib
import pkgutil
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from toonkit.chapters.index import all_chapters
from toonkit.course import bench
from toonkit.project.errors import ToonkitError, check_name
from toonkit.project.records import is_metric, make_record, read_record, write_json


def benches() -> dict[str, str]:
    """Every measurement by name, in order, and its module."""
    own = {module.name: f"{bench.__name__}.{module.name}" for module in pkgutil.iter_modules(bench.__path__)}
    chapters = {name: module for chapter in all_chapters() for name, module in chapter.benches.items()}
    return dict(sorted((own | chapters).items()))


def run_bench(name: str, root: Path, quick: bool = False, only: Sequence[str] = ()) -> tuple[Path, dict[str, Any]]:
    """Measure one subject and write its record to data/results, or to build/results where `quick`; return both.

    With `only` these rows are measured again, and the others stay as the record has them, which then says so (without
    what a module's `still_there` says is none of its rows any more). Raises
    ToonkitError for an unknown name, for rows that the subject or its record does not have, or a result that is no
    metric.
    """
    known = benches()
    module = importlib.import_module(known[check_name("measurement", name, tuple(known))])
    path = root / ("build" if quick else "data") / "results" / f"{name}.json"
    before = _record_of_rows(name, module, path, only) if only else None
    started, clock = time.time(), time.perf_counter()
    metrics = module.measure(quick=quick, only=tuple(only)) if before else module.measure(quick=quick)
    config = {}
    if before:
        there = getattr(module, "still_there", lambda found: found)
        metrics = there(joined(before["metrics"], metrics, only))
        config = {"again": list(only), "before": _origins(before, only)}
    entry = make_record(name, "quick" if quick else "full", 0, metrics, config=config, started=started, clock=clock)
    write_json(path, entry)
    return path, entry


def _origins(before: Mapping[str, Any], only: Collection[str]) -> list[dict[str, Any]]:
    """Where the rows come from that are not measured again. Of a record whose own ones all are nothing is left."""
    earlier = before["config"].get("before", [])
    if earlier and set(before["config"]["again"]) <= set(only):
        return earlier
    return [*earlier, {key: before[key] for key in ("commit", "started", "device")}]


def joined(old: Mapping[str, Any], new: Mapping[str, Any], rows: Collection[str]) -> dict[str, Any]:
    """Metrics with what is `new` of them in the place of the old, in the old order; a row is replaced whole."""
    found = dict(old)
    for key, entry in new.items():
        group = isinstance(entry, dict) and isinstance(old.get(key), dict) and not is_metric(entry)
        found[key] = joined(old[key], entry, rows) if group and key not in rows else entry
    return found


def _record_of_rows(name: str, module: ModuleType, path: Path, only: Sequence[str]) -> dict[str, Any]:
    """The record into which rows that are measured again are put. Raises ToonkitError where that cannot be done."""
    if not hasattr(module, "rows"):
        raise ToonkitError(f"{name} is measured whole; leave --only out")
    for row in only:
        check_name(f"row of {name}", row, module.rows())
    return read_record(path)
