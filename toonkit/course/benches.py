"""Run the measurements, the course's own and the chapters', and keep them as records."""

from __future__ import annotations

import importlib
import pkgutil
import time
from pathlib import Path
from typing import Any

from toonkit.chapters.index import all_chapters
from toonkit.course import bench
from toonkit.project.errors import check_name
from toonkit.project.records import make_record, write_json


def benches() -> dict[str, str]:
    """Every measurement by name, in order, and its module."""
    own = {module.name: f"{bench.__name__}.{module.name}" for module in pkgutil.iter_modules(bench.__path__)}
    chapters = {name: module for chapter in all_chapters() for name, module in chapter.benches.items()}
    return dict(sorted((own | chapters).items()))


def run_bench(name: str, root: Path, quick: bool = False) -> tuple[Path, dict[str, Any]]:
    """Measure one subject and write its record to data/results, or to build/results where `quick`; return both.

    Raises ToonkitError for an unknown name or a result that is no metric.
    """
    known = benches()
    module = importlib.import_module(known[check_name("measurement", name, tuple(known))])
    started, clock = time.time(), time.perf_counter()
    metrics = module.measure(quick=quick)
    entry = make_record(name, "quick" if quick else "full", 0, metrics, started=started, clock=clock)
    path = root / ("build" if quick else "data") / "results" / f"{name}.json"
    write_json(path, entry)
    return path, entry
