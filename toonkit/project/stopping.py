"""Processes that were started here, stopped: asked first, then ended with all that they started."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

PAUSE = 0.1  # seconds between two looks


def stop(
    processes: Sequence[subprocess.Popen[bytes]],
    request: signal.Signals,
    grace: float,
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Send each process `request`; after `grace` seconds, or when `hurry()`, end it and what it started for good."""
    families = [member for process in processes for member in _family(process)]
    for process in processes:
        process.send_signal(request)
    latest = time.monotonic() + grace
    while _any_lives(processes, families) and time.monotonic() < latest and not hurry():
        time.sleep(PAUSE)
    for member in families:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    for process in processes:
        process.wait()


def _family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """A process and all it started, while it lives; none afterwards."""
    try:
        head = psutil.Process(process.pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _any_lives(processes: Sequence[subprocess.Popen[bytes]], families: Sequence[psutil.Process]) -> bool:
    for process in processes:
        process.poll()  # one that has ended is a zombie until somebody asks
    return any(_lives(member) for member in families)


def _lives(member: psutil.Process) -> bool:
    try:
        return member.is_running() and member.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
