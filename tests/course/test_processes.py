"""The process of a notebook: how it ends, and what is asked of the system on Windows and elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Timer

import pytest

from toonkit.course import processes
from toonkit.course.processes import launch, stop_notebook, stop_on_terminate, wait_for

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the standard library has on Windows only."""
    monkeypatch.setattr(processes, "WINDOWS", True)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 512, raising=False)
    monkeypatch.setattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT, raising=False)


@pytest.mark.parametrize(("code", "status"), [("pass", "passed"), ("raise SystemExit(3)", "failed")])
def test_a_process_that_ends_by_itself(code: str, status: str) -> None:
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        assert wait_for(process, 60, Event()) == status


def test_a_late_process_is_stopped() -> None:
    with subprocess.Popen(SLEEP) as process:
        assert wait_for(process, 0.3, Event()) == "timeout"
        assert process.poll() is not None


def test_a_process_that_is_no_longer_wanted_is_stopped() -> None:
    stopping = Event()
    with subprocess.Popen(SLEEP) as process:
        Timer(0.3, stopping.set).start()
        assert wait_for(process, 60, stopping) == "interrupted"
        assert process.poll() is not None


@pytest.mark.skipif(not hasattr(os, "getpgid"), reason="process groups are Unix")
def test_a_process_has_a_group_of_its_own(tmp_path: Path) -> None:
    with launch(tmp_path / "absent.json", tmp_path / "log", threads=1) as process:
        assert os.getpgid(process.pid) == process.pid != os.getpgrp()
    assert process.returncode == 1 and "absent.json" in (tmp_path / "log").read_text()


def test_on_windows_too(windows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = {}
    monkeypatch.setattr(subprocess, "Popen", lambda command, **settings: asked.update(settings))
    launch(tmp_path / "job.json", tmp_path / "log", threads=1)
    assert (asked["start_new_session"], asked["creationflags"]) == (False, 512)


def test_on_windows_it_is_stopped_by_ctrl_break(windows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(SLEEP) as process:
        sent = []
        monkeypatch.setattr(process, "send_signal", sent.append)
        stop_notebook(process, grace=0.1)
        assert sent == [signal.CTRL_BREAK_EVENT]


def test_requests_to_end_raise_keyboard_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    try:
        stop_on_terminate()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
