"""One process in a run's folder: a second one would write over the checkpoints of the first."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from toonkit.project.atomic import explain, write_atomically
from toonkit.project.errors import TrainingError

LOCK = "run.lock"  # the system's lock on this file ends with its holder, however that dies; the file stays
HOLDER = "run.lock.json"  # who holds it: on Windows nobody else may read a locked file


@contextmanager
def claim(run_dir: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold `run_dir` (made if absent) for this process alone while the `with` lasts.

    Waits up to `patience` seconds for another holder to end. Raises TrainingError where one is still there, naming
    its process, and where the folder cannot be written or lies on a disk that knows no locks.
    """
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(run_dir / LOCK, timeout=patience, fallback_to_soft=False)
        lock.acquire()
    except Timeout as error:
        raise TrainingError(
            f"{_holder(run_dir)} works in {run_dir} already; wait until it ends, stop it, or use another folder"
        ) from error
    except OSError as error:
        raise TrainingError(f"could not claim {run_dir} for this process: {explain(error)}") from error
    try:
        me = {"process": os.getpid(), "host": platform.node()}
        write_atomically(run_dir / HOLDER, json.dumps(me).encode(), overwrite=True, kind=TrainingError)
        yield
    finally:
        with suppress(PermissionError):  # of Windows, while somebody reads it
            (run_dir / HOLDER).unlink(missing_ok=True)
        lock.release()


def _holder(run_dir: Path) -> str:
    """The holder in words. In the first moment of its claim it has not yet said who it is."""
    try:
        found = json.loads((run_dir / HOLDER).read_text(encoding="utf-8"))
        return f"process {found['process']} on {found['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
