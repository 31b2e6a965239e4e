"""The process of one running notebook: begun with few threads, stopped with its kernel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

from toonkit.project.stopping import stop

WINDOWS = sys.platform == "win32"
GRACE = 5.0  # seconds that a stopped notebook has to save what it did
PAUSE = 0.1  # seconds between two looks at a running process
STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last one is known on Windows only


def launch(job: Path, log: Path, threads: int) -> subprocess.Popen[bytes]:
    """Start toonkit.course.execute on a job file, in a group of its own so that Ctrl-C reaches the runner alone."""
    limits = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    # The inline backend draws into the notebook; "agg" would leave its figures out.
    settings = {**os.environ, **limits, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    command = [sys.executable, "-m", "toonkit.course.execute", str(job)]
    with log.open("wb") as stream:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=settings,
            start_new_session=not WINDOWS,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if WINDOWS else 0,
        )


def wait_for(process: subprocess.Popen[bytes], limit: float, stopping: Event) -> str:
    """Wait for a notebook's process, and stop it after `limit` seconds or once `stopping` is set.

    Returns what became of it: "passed", "failed", "timeout" or "interrupted".
    """
    latest = time.monotonic() + limit
    while process.poll() is None:
        if stopping.is_set():
            stop_notebook(process)
            return "interrupted"
        if time.monotonic() > latest:
            stop_notebook(process)
            return "timeout"
        stopping.wait(PAUSE)
    return "passed" if process.returncode == 0 else "failed"


def stop_notebook(process: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Ask a notebook's process to save and end, then end it and its kernel for good after `grace` seconds."""
    stop([process], signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGTERM, grace)


def stop_on_terminate() -> None:
    """Let a request to end (SIGTERM; Ctrl-Break on Windows) raise KeyboardInterrupt, and Ctrl-C in a script too."""
    for name in STOP_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
