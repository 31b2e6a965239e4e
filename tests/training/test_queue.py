"""The queue: every run to its end, whatever becomes of the others, of a worker, or of the queue itself."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from counting import events, expected, finished, gone, job, result

from toonkit.project.errors import ToonkitError
from toonkit.training import progress_lines, worker
from toonkit.training.progress import PROGRESS, Progress, read_progress, write_progress
from toonkit.training.progress_lines import ProgressLines, in_words
from toonkit.training.queue import Job, Outcome, exit_status, run_queue
from toonkit.training.run_lock import claim
from toonkit.training.worker import LOG

QUEUE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from counting import finished, job
from toonkit.training.queue import exit_status, run_queue
jobs = [job(Path(sys.argv[2]), name, steps=int(sys.argv[3]), pause=0.05) for name in ("a", "b", "c")]
sys.exit(exit_status(run_queue(jobs, 2, finished)))
"""


def silent(line: str) -> None:
    """Say nothing."""


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def begin_queue(root: Path, steps: int) -> tuple[subprocess.Popen[str], list[Job]]:
    """A queue of three jobs, two at a time, in a process of its own; returns when two of them are under way."""
    command = [sys.executable, "-c", QUEUE, str(Path(__file__).parent), str(root), str(steps)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    jobs = [job(root, name, steps=steps) for name in ("a", "b", "c")]
    wait_for(lambda: all((entry.folder / "kept").exists() for entry in jobs[:2]))
    return process, jobs


def test_all_finish_two_at_a_time_in_their_order(tmp_path: Path) -> None:
    jobs = [job(tmp_path, name, pause=0.03) for name in ("a", "b", "c", "d")]
    outcomes = run_queue(jobs, 2, finished, silent)
    assert [(outcome.name, outcome.status) for outcome in outcomes] == [(name, "finished") for name in "abcd"]
    assert [result(entry) for entry in jobs] == [expected()] * 4 and exit_status(outcomes) == 0
    begun = [events(entry, "start")[0][1] for entry in jobs]
    ended = [events(entry, "end")[0][1] for entry in jobs]
    at_once = [sum(a <= moment <= b for a, b in zip(begun, ended, strict=True)) for moment in begun]
    assert max(at_once) == 2
    assert max(begun[:2]) < min(begun[2:])


def test_a_killed_worker_is_started_again_and_ends_with_the_same_result(tmp_path: Path) -> None:
    said: list[str] = []
    entry = job(tmp_path, "a", how="killed")
    outcomes = run_queue([entry], 1, finished, said.append)
    assert outcomes[0].status == "finished" and result(entry) == expected()
    assert len(events(entry, "start")) == 2
    assert [line.split()[1] for line in said] == ["started", "started", "finished"]
    assert "SIGKILL at step 7" in said[1]


def test_one_that_always_crashes_fails_after_three_deaths_without_a_step_and_leaves_the_others_alone(
    tmp_path: Path,
) -> None:
    jobs = [job(tmp_path, "a", how="crash"), job(tmp_path, "b")]
    outcomes = run_queue(jobs, 2, finished, silent)
    assert [outcome.status for outcome in outcomes] == ["failed", "finished"] and exit_status(outcomes) == 1
    assert len(events(jobs[0], "start")) == 4  # the first one reached step 12
    assert "exit status 1 at step 12" in outcomes[0].note and outcomes[0].note.endswith("RuntimeError: no more")


def test_bad_input_fails_at_once_with_the_workers_last_line(tmp_path: Path) -> None:
    entry = job(tmp_path, "a", how="bad")
    outcomes = run_queue([entry], 1, finished, silent)
    assert (outcomes[0].status, outcomes[0].note) == ("failed", "profile 'fast' is unknown")
    assert len(events(entry, "start")) == 1


def test_a_run_that_another_process_trains_is_left_to_it(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a"), job(tmp_path, "b")]
    with claim(jobs[0].folder):
        outcomes = run_queue(jobs, 2, finished, silent)
    assert [outcome.status for outcome in outcomes] == ["failed", "finished"]
    assert f"process {os.getpid()} on" in outcomes[0].note and len(events(jobs[0], "start")) == 1


def test_a_worker_that_ends_well_without_a_result_has_failed(tmp_path: Path) -> None:
    outcomes = run_queue([job(tmp_path, "a", how="empty")], 1, finished, silent)
    assert outcomes[0].status == "failed" and LOG in outcomes[0].note


def test_a_command_that_cannot_be_started_has_failed(tmp_path: Path) -> None:
    jobs = [Job("a", tmp_path / "a", (str(tmp_path / "absent"),)), job(tmp_path, "b")]
    outcomes = run_queue(jobs, 1, finished, silent)
    assert [outcome.status for outcome in outcomes] == ["failed", "finished"]
    assert "could not be started" in outcomes[0].note


def test_finished_ones_are_never_started(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a"), job(tmp_path, "b")]
    run_queue(jobs[:1], 1, finished, silent)
    outcomes = run_queue(jobs, 1, finished, silent)
    assert [outcome.status for outcome in outcomes] == ["skipped", "finished"] and exit_status(outcomes) == 0
    assert len(events(jobs[0], "start")) == 1


def test_each_worker_has_one_thread_and_no_terminal(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['OMP_NUM_THREADS'], sys.stdin.isatty())"
    entry = Job("a", tmp_path, (sys.executable, "-c", code))
    run_queue([entry], 1, lambda _: False, silent)
    assert (tmp_path / LOG).read_text().split() == ["1", "False"]


@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent to a single process there")
@pytest.mark.parametrize("kind", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_stopped_queue_leaves_every_run_resumable_and_no_process(tmp_path: Path, kind: str) -> None:
    process, jobs = begin_queue(tmp_path, steps=100)
    process.send_signal(getattr(signal, kind))
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert [line.split()[:2] for line in output.splitlines()[-3:]] == [[name, "interrupted"] for name in "abc"]
    assert all(gone(pid) for entry in jobs for pid, _ in events(entry, "start"))
    assert not any(finished(entry) for entry in jobs) and not jobs[2].folder.exists()
    run_queue([job(tmp_path, name, steps=100) for name in "abc"], 2, finished, silent)
    assert [result(entry) for entry in jobs] == [expected(100)] * 3
    assert all(read_progress(entry.folder).started_step >= 5 for entry in jobs[:2])


STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(90)"])
pathlib.Path("pid.part").write_text(str(child.pid))
pathlib.Path("pid.part").rename("pid")
time.sleep(90)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent to a single process there")
@pytest.mark.parametrize(("grace", "signals"), [(0.5, 1), (60, 2)])
def test_a_worker_that_does_not_listen_is_ended_with_its_children_after_the_grace_or_at_a_second_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grace: float, signals: int
) -> None:
    monkeypatch.setattr(worker, "GRACE", grace)
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGINT)

    def ctrl_c() -> None:
        wait_for((tmp_path / "pid").exists)
        for _ in range(signals):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)

    thread = threading.Thread(target=ctrl_c)
    thread.start()
    outcomes = run_queue([Job("a", tmp_path, (sys.executable, "-c", STUBBORN))], 1, lambda _: False, silent)
    thread.join()
    assert exit_status(outcomes) == 130
    wait_for(lambda: gone(int((tmp_path / "pid").read_text())), 5)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_workers_of_a_queue_that_was_killed_end_too(tmp_path: Path) -> None:
    process, jobs = begin_queue(tmp_path, steps=400)
    process.kill()
    process.communicate()
    workers = [pid for entry in jobs[:2] for pid, _ in events(entry, "start")]
    wait_for(lambda: all(gone(pid) for pid in workers))
    assert not any(finished(entry) for entry in jobs)


def test_an_error_in_the_queue_itself_leaves_no_worker(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a", steps=400), job(tmp_path, "b")]

    def broken(entry: Job) -> bool:
        if entry == jobs[1]:
            wait_for(lambda: len(events(jobs[0], "start")) == 1)
            raise OSError("the disk is gone")
        return False

    with pytest.raises(OSError, match="the disk is gone"):
        run_queue(jobs, 2, broken, silent)
    assert gone(events(jobs[0], "start")[0][0])


def test_bad_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(ToonkitError, match="at least 1 worker, not 0"):
        run_queue([], 0, finished, silent)
    with pytest.raises(ToonkitError, match="same folder"):
        run_queue([job(tmp_path, "a"), job(tmp_path, "a", steps=3)], 1, finished, silent)


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ((), 0),
        (("finished", "skipped"), 0),
        (("finished", "failed"), 1),
        (("failed", "interrupted"), 130),
    ],
)
def test_the_exit_status(statuses: tuple[str, ...], status: int) -> None:
    assert exit_status([Outcome("a", entry) for entry in statuses]) == status


def test_progress_comes_back_and_a_torn_file_is_none(tmp_path: Path) -> None:
    assert read_progress(tmp_path) is None
    progress = Progress(480, 1200, 240, 64.0, {"content": 0.21})
    write_progress(tmp_path, progress)
    assert read_progress(tmp_path) == progress
    whole = (tmp_path / PROGRESS).read_text()
    for torn in (whole[:-1], whole[:9], "", "[]", "{}", '"text"', whole.replace("0.21", '"x"')):
        (tmp_path / PROGRESS).write_text(torn)
        assert read_progress(tmp_path) is None, torn


def test_a_line_says_step_time_left_and_losses() -> None:
    # 240 steps in 64 s: the 720 to come take 192 s
    progress = Progress(480, 1200, 240, 64.0, {"content": 0.21, "adversarial": 0.7})
    assert in_words(progress) == "480/1200   3:12 left   content 0.21  adversarial 0.7"
    assert in_words(Progress(1, 3601, 0, 1.0)) == "1/3601   1:00:00 left"
    assert in_words(Progress(480, 1200, 480)) == "480/1200"
    assert in_words(None) == "starting"


def test_in_a_log_a_run_has_a_line_at_each_change_and_one_every_thirty_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    clock = [0]  # a step a second
    monkeypatch.setattr(progress_lines.time, "monotonic", lambda: clock[0])
    with ProgressLines(["a", "longer"], 2, said.append) as lines:
        lines.started("a")
        for clock[0] in range(65):
            lines.show({"a": lambda: Progress(clock[0], 100, 0, clock[0])})
        lines.settle(Outcome("longer", "failed", 61.4, "no more"))
    between = ["a        30/100   1:10 left", "a        60/100   0:40 left"]
    assert said == ["a        started", *between, "longer   failed   1:01   no more"]


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is Unix's")
def test_on_a_terminal_the_running_ones_are_redrawn_in_place(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", QUEUE, str(Path(__file__).parent), str(tmp_path), "150"]
    process = subprocess.Popen(command, stdout=theirs, env={**os.environ, "COLUMNS": "60", "LINES": "24"})
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the end of a pseudo-terminal
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert process.wait() == 0
    rows = [row.strip() for row in re.split(r"[\r\n]|\x1b\[A", shown.decode())]
    assert {"a   starting", "c   starting", "0 of 3 ended, 2 running", "2 of 3 ended, 1 running"} <= set(rows)
    assert len({row for row in rows if re.match(r"a   \d+/150   0:\d\d left   content", row)}) >= 2
    assert max(map(len, rows)) < 60 and b"\x1b[A" in shown
    assert [row[0] for row in rows if "finished" in row].count("a") == 1
