"""The process of one running notebook: begun with few threads, stopped with its kernel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from toonkit.course.notebooks import Notebook

GRACE = 5.0  # seconds that a stopped notebook has to save what it did


@dataclass
class Job:
    """A notebook that is running."""

    notebook: Notebook
    process: subprocess.Popen[bytes]
    started: float  # time.monotonic()
    key: str

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


def launch(job: Path, log: Path, threads: int) -> subprocess.Popen[bytes]:
    """Start toonkit.course.execute on a job file, in a session of its own so that Ctrl-C reaches the runner alone."""
    limits = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    # The inline backend draws into the notebook; "agg" would leave its figures out.
    settings = {**os.environ, **limits, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    command = [sys.executable, "-m", "toonkit.course.execute", str(job)]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=settings, start_new_session=True
        )


def stop(process: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Ask a notebook's process to save and end, then end it and its kernel for good after `grace` seconds."""
    try:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    process.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=grace)
    for member in alive:
        member.kill()
    process.wait()
