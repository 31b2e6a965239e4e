"""A run's folder has one process: a second is refused, and a dead one does not keep it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from toonkit.project.errors import TrainingError
from toonkit.training.run_lock import claim

HOLDER = """
import sys, time
from pathlib import Path
from toonkit.training.run_lock import claim
with claim(Path(sys.argv[1])):
    print("claimed", flush=True)
    time.sleep(60)
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """A process that holds `folder`."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "claimed\n"
    return process


def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "run"
    holder = hold(folder)
    try:
        words = f"process {holder.pid} on .* works in .*run already; wait"
        with pytest.raises(TrainingError, match=words), claim(folder):
            raise AssertionError("claimed twice")
    finally:
        holder.kill()
        holder.communicate()
    with claim(folder):
        pass


def test_a_second_claim_in_the_same_process_is_refused_and_the_first_stands(tmp_path: Path) -> None:
    with claim(tmp_path):
        for _ in range(2):
            with pytest.raises(TrainingError, match=f"process {os.getpid()} on"), claim(tmp_path):
                raise AssertionError("claimed twice")
    with claim(tmp_path):
        pass


def test_an_error_gives_the_folder_back(tmp_path: Path) -> None:
    with pytest.raises(KeyError), claim(tmp_path):
        raise KeyError
    with claim(tmp_path):
        pass


def test_patience_waits_for_the_holder(tmp_path: Path) -> None:
    holder = hold(tmp_path)
    timer = threading.Timer(0.5, holder.kill)
    timer.start()
    begun = time.monotonic()
    with claim(tmp_path, patience=20):
        assert 0.3 < time.monotonic() - begun < 15
    holder.communicate()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match=r"could not claim .*file"), claim(tmp_path / "file"):
        pass
