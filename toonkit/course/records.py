"""A notebook's last act: its record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from toonkit.course.parameters import current_run
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError
from toonkit.project.records import make_record, write_json


def record(
    run_dir: str | Path, *, config: dict[str, Any] | None = None, files: Iterable[str | Path] = (), **metrics: Any
) -> dict[str, Any]:
    """Write `run_dir`/record.json, a notebook's last act, and return its metrics for display.

    A metric is a finite number, a text, or `measured(values)`. `config` holds further settings; `files` are data and
    weights to digest. Raises ToonkitError before `check_parameters`, for another run's folder, for what is no metric.
    """
    run = current_run()
    if run is None:
        raise ToonkitError("record() before check_parameters(); run the notebook's first cells")
    if (project_root() / run_dir).resolve() != run.run_dir.resolve():
        raise ToonkitError(f"record() got run_dir {str(run_dir)!r}, but this run's folder is {str(run.run_dir)!r}")
    entry = make_record(
        run.run_dir.name,
        run.profile.name,
        run.seed,
        metrics,
        config=config,
        files=files,
        started=run.started,
        clock=run.clock,
    )
    write_json(run.run_dir / "record.json", entry)
    return entry["metrics"]
