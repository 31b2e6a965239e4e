"""The queue's jobs on the machines of a ray cluster (the optional extra `cluster`)."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from toonkit.project.atomic import make_folder
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.training.leash import GRACE
from toonkit.training.progress import Progress, read_progress
from toonkit.training.progress_lines import REDRAW, ProgressLines
from toonkit.training.queue import check_folders, checked
from toonkit.training.run_lock import claim
from toonkit.training.stop_signals import StopRequest, stop_request
from toonkit.training.worker import PAUSE, Job, Outcome, Worker, stop_workers

RETRIES = 3  # times that ray begins a job anew whose machine or ray process died
MARGIN = 5.0  # seconds beyond GRACE until a stopped worker is surely gone


def run_on_cluster(
    jobs: Sequence[Job],
    finished: Callable[[Job], bool],
    address: str | None = None,
    say: Callable[[str], None] = print,
    workers: int | None = None,
) -> list[Outcome]:
    """Run `jobs` as ray tasks of one core each, as `run_queue` does; return their outcomes in the jobs' order.

    `address` is the cluster's; without one the environment's RAY_ADDRESS counts, and without that a local cluster of
    `workers` cores (all, if None) is begun, offline and without its dashboard, and ended. Every machine needs Toonkit
    and the jobs' Python under the same path, and its own TOONKIT_ settings; the run folders must lie, under the same
    path, on a disk that all of them see. Ray begins a job anew, up to RETRIES times, whose ray process died with it.

    Raises ToonkitError where ray is not installed or no cluster answers, and for two jobs in one folder.
    """
    check_folders(jobs)
    lines = ProgressLines([job.name for job in jobs], len(jobs), say)
    with _cluster(address, workers) as ray, stop_request() as request, lines:
        return _Grid(ray, jobs, finished, request, lines).run()


class _Grid:
    """Jobs handed to ray, and what became of them."""

    def __init__(
        self,
        ray: Any,
        jobs: Sequence[Job],
        finished: Callable[[Job], bool],
        request: StopRequest,
        lines: ProgressLines,
    ) -> None:
        self.ray = ray
        self.jobs = jobs
        self.finished = finished
        self.request = request
        self.lines = lines
        self.outcomes: dict[Job, Outcome] = {}
        self.before = {job: read_progress(job.folder) for job in jobs}
        self.refs: dict[Any, Job] = {}

    def run(self) -> list[Outcome]:
        self._submit()
        try:
            while self.refs and not self.request:
                self._collect(REDRAW)
                self.lines.show(self._moving())
        finally:
            self._cancel()
        for job in self.refs.values():
            self._settle(job, Outcome(job.name, "interrupted", note="resumable"))
        return [self.outcomes[job] for job in self.jobs]

    def _submit(self) -> None:
        task = self.ray.remote(num_cpus=1, max_retries=RETRIES)(train_job)
        for job in self.jobs:
            if self.finished(job):
                self._settle(job, Outcome(job.name, "skipped", note="finished before"))
            else:
                make_folder(job.folder)
                sent = replace(job, folder=job.folder.resolve())
                self.refs[task.options(name=job.name).remote(sent, str(Path.cwd()))] = job

    def _collect(self, seconds: float) -> None:
        """Settle what has ended, or ends within `seconds`."""
        ready, _ = self.ray.wait(list(self.refs), timeout=seconds)
        for ref in ready:
            job = self.refs.pop(ref)
            self._settle(job, self._outcome(ref, job))

    def _outcome(self, ref: Any, job: Job) -> Outcome:
        try:
            return self.ray.get(ref)
        except self.ray.exceptions.TaskCancelledError:
            return Outcome(job.name, "interrupted", note="resumable")
        except self.ray.exceptions.RayError as error:
            return Outcome(job.name, "failed", note=f"ray gave it up: {_short(error)}")

    def _settle(self, job: Job, outcome: Outcome) -> None:
        self.outcomes[job] = checked(job, outcome, self.finished)
        self.lines.settle(self.outcomes[job])

    def _moving(self) -> dict[str, Callable[[], Progress | None]]:
        """The runs that have written of themselves since they were handed out."""
        found = {job: read_progress(job.folder) for job in self.refs.values()}
        return {job.name: partial(read_progress, job.folder) for job, at in found.items() if at != self.before[job]}

    def _cancel(self) -> None:
        """Ask what is left to stop, and wait for it."""
        for ref in self.refs:
            self.ray.cancel(ref)
        ends = time.monotonic() + GRACE + MARGIN
        while self.refs and time.monotonic() < ends and not self.request.urgent:
            self._collect(PAUSE)


def train_job(job: Job, working_folder: str) -> Outcome:
    """In a ray process: train one job to its end. Waits first for the worker of a ray process that died to be gone."""
    if not job.folder.is_dir():
        return Outcome(job.name, "failed", note=_unseen(job.folder))
    worker = None
    try:
        os.chdir(working_folder)
        with claim(job.folder, patience=GRACE + MARGIN):
            pass
        worker = Worker(job, print)
        while (outcome := worker.poll()) is None:
            time.sleep(PAUSE)
        return outcome
    except (OSError, TrainingError) as error:
        return Outcome(job.name, "failed", note=f"could not be started on {platform.node()}: {error}")
    finally:
        stop_workers([worker] if worker else [])


def _unseen(folder: Path) -> str:
    return f"{platform.node()} does not see {folder}; put the runs on a disk that every machine of the cluster sees"


@contextmanager
def _cluster(address: str | None, workers: int | None) -> Iterator[Any]:
    """The ray module, connected; the connection, and a cluster begun for it, end with the `with`."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise ToonkitError("a cluster needs ray, which is not installed: pip install 'toonkit[cluster]'") from error
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    local = {"num_cpus": workers, "include_dashboard": False} if address == "local" else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **local)
    except Exception as error:  # ray raises plain Exception too, where a busy machine is too slow for it
        ray.shutdown()
        hint = "look at its address, or try again when the machine is less busy"
        raise ToonkitError(f"no ray cluster at {address!r}: {_short(error)}; {hint}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _short(error: BaseException) -> str:
    """The first line of ray's long messages."""
    return str(error).strip().split("\n")[0] or type(error).__name__
