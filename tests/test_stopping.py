"""Processes stopped: what ends in time is left to end, what does not is ended with all that it started."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from toonkit.project.stopping import stop

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a process at once there")
DEAF = "import signal, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
PARENT = (  # it ends when asked; the child that it started does not
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[2]])\n"
    "print(child.pid, flush=True)\ntime.sleep(60)"
)


def family(child: str, ready: Path) -> tuple[subprocess.Popen, psutil.Process]:
    """A process and its child, both running; the child makes the file `ready` when it is deaf to SIGTERM."""
    process = subprocess.Popen([sys.executable, "-c", PARENT, child, str(ready)], stdout=subprocess.PIPE)
    number = int(process.stdout.readline())
    ends = time.monotonic() + 60
    while not ready.exists():
        assert time.monotonic() < ends
        time.sleep(0.02)
    return process, psutil.Process(number)


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_child_that_outlives_its_parent_is_ended_too(tmp_path):
    process, child = family(f"{DEAF}open(sys.argv[1], 'w').close()\ntime.sleep(60)", tmp_path / "ready")
    stop([process], signal.SIGTERM, grace=0.3)
    assert process.poll() == -signal.SIGTERM
    psutil.wait_procs([child], timeout=10)
    assert gone(child)
    process.stdout.close()


def test_a_child_has_the_grace_to_end_by_itself(tmp_path):
    saves = "open(sys.argv[1], 'w').close()\ntime.sleep(1)\nopen(sys.argv[1] + '-saved', 'w').close()"
    process, child = family(DEAF + saves, tmp_path / "ready")
    stop([process], signal.SIGTERM, grace=30)
    assert (tmp_path / "ready-saved").exists() and gone(child)
    process.stdout.close()


def test_a_hurry_does_not_wait(tmp_path):
    process, child = family(f"{DEAF}open(sys.argv[1], 'w').close()\ntime.sleep(60)", tmp_path / "ready")
    began = time.monotonic()
    stop([process], signal.SIGTERM, grace=60, hurry=lambda: True)
    assert time.monotonic() - began < 20
    psutil.wait_procs([child], timeout=10)
    assert gone(child)
    stop([process], signal.SIGTERM, grace=60)  # one that has ended long ago
    process.stdout.close()
