"""A training for the queue's tests: it counts, keeps what it has every 5 steps, and resumes from there."""

from __future__ import annotations

import sys
from functools import reduce
from pathlib import Path

import psutil

from toonkit.training.worker import Job

SCRIPT = """
import os, sys, time
from pathlib import Path

import psutil

from toonkit.project.errors import ToonkitError
from toonkit.training.leash import end_with_parent
from toonkit.training.progress import Progress, write_progress
from toonkit.training.run_lock import claim

folder, steps, pause, how = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
kept, result = folder / "kept", folder / "result"


def event(word):
    with (folder / "events").open("a") as stream:
        stream.write(f"{word} {os.getpid()} {time.time()}\\n")


def kill_once_at_seven(step, victim):
    if step == 7 and not (folder / "killed").exists():
        (folder / "killed").touch()
        victim().kill()
        time.sleep(20)


def count():
    start, value = map(int, kept.read_text().split()) if kept.exists() else (0, 1)
    clock = time.time()
    for step in range(start, steps):
        if how == "killed":
            kill_once_at_seven(step, psutil.Process)
        if how == "parent_killed":
            kill_once_at_seven(step, psutil.Process().parent)
        if how == "crash" and step == 12:
            raise RuntimeError("no more")
        value = (value * 31 + step) % 1_000_003
        write_progress(folder, Progress(step + 1, steps, start, time.time() - clock, {"content": value / 1e6}))
        if (step + 1) % 5 == 0:
            kept.with_suffix(".part").write_text(f"{step + 1} {value}")
            kept.with_suffix(".part").replace(kept)
        time.sleep(pause)
    result.write_text("" if how == "empty" else str(value))


end_with_parent()
event("start")
try:
    if how == "bad":
        print("a line before the last")
        raise ToonkitError("profile 'fast' is unknown")
    with claim(folder):
        count()
except ToonkitError as error:  # as the command line does
    print(error)
    sys.exit(2)
event("end")
"""


def job(root: Path, name: str, how: str = "plain", steps: int = 20, pause: float = 0.01) -> Job:
    """A run in root/name; `how` it goes: plain, killed (once), parent_killed (once), crash, bad or empty."""
    script = root / "count.py"
    script.write_text(SCRIPT)
    folder = root / name
    return Job(name, folder, (sys.executable, str(script), str(folder), str(steps), str(pause), how))


def finished(job: Job) -> bool:
    result = job.folder / "result"
    return result.exists() and result.read_text() != ""


def result(job: Job) -> int:
    return int((job.folder / "result").read_text())


def expected(steps: int = 20) -> int:
    """The count, by its definition."""
    return reduce(lambda value, step: (value * 31 + step) % 1_000_003, range(steps), 1)


def events(job: Job, word: str) -> list[tuple[int, float]]:
    """Process and time of each event `word`."""
    path = job.folder / "events"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [(int(pid), float(time)) for what, pid, time in lines if what == word]


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
