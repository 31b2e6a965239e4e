"""One run's worker: a process of one thread, begun, watched, begun again where it died, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from toonkit.project.atomic import make_folder
from toonkit.project.stopping import stop
from toonkit.training.leash import GRACE, LEASH
from toonkit.training.progress import Progress, read_progress

LOG = "worker.log"
BAD_INPUT = 2  # the command line's exit status for what another start would not mend
DEATHS = 3  # in a row, without one new step: then the run has failed
PAUSE = 0.1  # seconds between two looks at the workers
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
STOP = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)


@dataclass(frozen=True)
class Job:
    """A run: `command` trains it to its end in `folder`, from what is there, and exits with 0 when it is finished."""

    name: str
    folder: Path
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `status` is finished, skipped (it was finished before), failed or interrupted."""

    name: str
    status: str
    seconds: float = 0.0  # of this queue, all starts together
    note: str = ""


class Worker:
    """The process that trains one job. `tell` gets a line for each new start.

    A process that died (was killed, or crashed) is begun again, until DEATHS in a row brought no step beyond the
    farthest one so far. Raises OSError where the first one cannot be begun.
    """

    def __init__(self, job: Job, tell: Callable[[str], None]) -> None:
        self.job = job
        self.tell = tell
        self.clock = time.monotonic()
        self.fruitless = 0  # deaths since the last new step
        self.farthest = _step(read_progress(job.folder))
        self._begin()

    def _begin(self) -> None:
        make_folder(self.job.folder)
        self.before = read_progress(self.job.folder)
        with (self.job.folder / LOG).open("ab") as log:
            self.log_start = log.tell()
            self.process = launch(self.job.command, log)

    def poll(self) -> Outcome | None:
        """None while the job goes on, begun again if need be; its outcome once its process ended with one."""
        status = self.process.poll()
        if status is None:
            return None
        self.process.stdin.close()
        if status == 0:
            return self.outcome("finished")
        if status == BAD_INPUT:
            return self.outcome("failed", self.last_line())
        return self._begin_again(f"{_ending(status)} at step {_step(read_progress(self.job.folder))}")

    def _begin_again(self, ending: str) -> Outcome | None:
        step = _step(read_progress(self.job.folder))
        self.fruitless = 0 if step > self.farthest else self.fruitless + 1
        self.farthest = max(self.farthest, step)
        if self.fruitless == DEATHS:
            return self.outcome("failed", f"{ending}; {DEATHS} deaths without a new step; {self.last_line()}")
        try:
            self._begin()
        except OSError as error:
            return self.outcome("failed", f"{ending}; could not be started again: {error}")
        self.tell(f"started again   {ending}")
        return None

    def progress(self) -> Progress | None:
        """How far this process is; None until it has said so."""
        found = read_progress(self.job.folder)
        return None if found == self.before else found

    def outcome(self, status: str, note: str = "") -> Outcome:
        return Outcome(self.job.name, status, round(time.monotonic() - self.clock, 1), note)

    def last_line(self) -> str:
        """The last line that this process wrote, at most 300 characters of it."""
        with (self.job.folder / LOG).open("rb") as log:
            log.seek(max(self.log_start, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode("utf-8", "replace").splitlines()  # a progress bar parts its states by \r
        written = [line.strip() for line in lines if line.strip()]
        return written[-1][-300:] if written else "it wrote nothing"


def launch(command: tuple[str, ...], log: object) -> subprocess.Popen[bytes]:
    """Start a worker on one thread, apart from the terminal's signals, on the leash of this process's life."""
    apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    settings = {**os.environ, **ONE_THREAD, LEASH: "1"}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=settings, **apart)


def stop_workers(workers: Iterable[Worker], hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask workers to stop, as Ctrl-C does; after GRACE seconds, or when `hurry()`, end them and what they started."""
    processes = [worker.process for worker in workers]
    stop(processes, STOP, GRACE, hurry)
    for process in processes:
        process.stdin.close()


def _step(progress: Progress | None) -> int:
    return progress.step if progress else 0


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
