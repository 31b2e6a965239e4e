"""Records: what one run did, on what, with which result, as one JSON file, written whole or not at all."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from toonkit.project import environment
from toonkit.project.atomic import make_folder, write_atomically
from toonkit.project.digests import digest_of
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError, check_name
from toonkit.project.profiles import PROFILES

WORDS = {"value", "n", "spread", "low", "high"}  # of a metric; no part of a group may be called so


def make_record(
    name: str,
    profile: str,
    seed: int,
    metrics: dict[str, Any],
    *,
    config: dict[str, Any] | None = None,
    files: Iterable[str | Path] = (),
    started: float,
    clock: float,
) -> dict[str, Any]:
    """A record as a dict; `started` is time.time() and `clock` time.perf_counter() at the run's beginning."""
    return {
        "name": name,
        "profile": profile,
        "seed": seed,
        "config": config or {},
        "commit": environment.commit(project_root()),
        "versions": environment.versions(),
        "device": environment.device(),
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(time.perf_counter() - clock, 2),
        "peak_memory_mb": environment.peak_memory_mb(),
        "digests": {Path(path).name: digest_of(Path(path)) for path in files},
        "metrics": {key: _metric(key, value) for key, value in metrics.items()},
    }


def measured(values: Sequence[float]) -> dict[str, float | int]:
    """A metric with its spread: mean, N and standard deviation (0 for a single value). Raises ToonkitError for none."""
    if not values:
        raise ToonkitError("measured() got no values; pass at least one")
    return {
        "value": statistics.fmean(values),
        "n": len(values),
        "spread": statistics.stdev(values) if len(values) > 1 else 0.0,
    }


def is_metric(entry: Any) -> bool:
    """Whether this part of a record's metrics is one metric, with its spread or interval, and not a group of them."""
    return not isinstance(entry, dict) or entry.keys() in ({"value", "n", "spread"}, {"value", "n", "low", "high"})


def metric_at(metrics: dict[str, Any], path: str) -> Any:
    """The metric, or group of metrics, at a path such as "drawn/true error". Raises ToonkitError for none."""
    entry: Any = metrics
    for name in path.split("/"):
        if not isinstance(entry, dict) or name not in entry:
            known = ", ".join(entry) if isinstance(entry, dict) else "none"
            raise ToonkitError(f"no metric {path!r} in this record: {name!r} is not among {known}")
        entry = entry[name]
    return entry


def _metric(name: str, value: Any) -> Any:
    if isinstance(value, dict) and (is_metric(value) or not value.keys() & WORDS):
        return {key: _metric(f"{name}/{key}", entry) for key, entry in value.items()}
    if isinstance(value, str | bool | int):
        return value
    try:
        number = float(value)  # also a one-element tensor or array
    except (TypeError, ValueError, RuntimeError) as error:
        raise ToonkitError(
            f"metric {name!r} must be a number, a text, measured(values) or a group of them, not a "
            f"{type(value).__name__}"
        ) from error
    if not math.isfinite(number):
        raise ToonkitError(f"metric {name!r} is {number}; a record holds finite numbers")
    return number


def read_record(path: str | Path) -> dict[str, Any]:
    """Read one record. Raises ToonkitError where it is absent, no JSON, or without what every record has."""
    try:
        entry = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ToonkitError(f"no readable record at {path}: {error}; run again what writes it") from error
    if not isinstance(entry, dict):
        raise ToonkitError(f"record {path} is a {type(entry).__name__}, not an object; run again what writes it")
    if missing := [key for key in ("name", "profile", "seed", "config", "metrics") if key not in entry]:
        raise ToonkitError(f"record {path} lacks {', '.join(missing)}; run again what writes it")
    if wrong := [key for key in ("config", "metrics") if not isinstance(entry[key], dict)]:
        raise ToonkitError(f"record {path} has no object as its {' and '.join(wrong)}; run again what writes it")
    check_name("profile", entry["profile"], PROFILES)
    return entry


def published_record(path: str | Path) -> dict[str, Any]:
    """Read a record for a table. Raises ToonkitError for a `quick` one: tables show `full` and `paper` runs only."""
    entry = read_record(path)
    if entry["profile"] == "quick":
        raise ToonkitError(f"record {path} is of the quick profile, which tables refuse; run it with profile full")
    return entry


def write_json(path: Path, content: Any) -> None:
    """Write JSON to `path` whole or not at all; the folder is made."""
    write_bytes(path, (json.dumps(content, indent=1, ensure_ascii=False, sort_keys=False) + "\n").encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` whole or not at all, in place of what is there; the folder is made.

    Raises ToonkitError where the system refuses, say for a full disk.
    """
    make_folder(path.parent)
    write_atomically(path, content, overwrite=True)
