"""Run the measurements in `toonkit.course.bench` and keep them as records."""

from __future__ import annotations

import importlib
import pkgutil
import time
from pathlib import Path
from typing import Any

from toonkit.course import bench
from toonkit.project.errors import check_name
from toonkit.project.records import make_record, write_json


def bench_names() -> list[str]:
    """Names of all measurements, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__))


def run_bench(name: str, root: Path, quick: bool = False) -> tuple[Path, dict[str, Any]]:
    """Measure one subject and write its record to data/results, or to build/results where `quick`; return both.

    Raises ToonkitError for an unknown name or a result that is no metric.
    """
    module = importlib.import_module(f"{bench.__name__}.{check_name('measurement', name, bench_names())}")
    started, clock = time.time(), time.perf_counter()
    metrics = module.measure(quick=quick)
    entry = make_record(name, "quick" if quick else "full", 0, metrics, started=started, clock=clock)
    path = root / ("build" if quick else "data") / "results" / f"{name}.json"
    write_json(path, entry)
    return path, entry
