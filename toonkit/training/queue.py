"""Many runs on one machine: shared out over worker processes, each to its end, whatever becomes of the others."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from toonkit.project.errors import ToonkitError
from toonkit.training.progress_lines import ProgressLines
from toonkit.training.stop_signals import StopRequest, stop_request
from toonkit.training.worker import LOG, PAUSE, Job, Outcome, Worker, stop_workers


def run_queue(
    jobs: Sequence[Job], workers: int, finished: Callable[[Job], bool], say: Callable[[str], None] = print
) -> list[Outcome]:
    """Run `jobs`, begun in their order, up to `workers` at once; return their outcomes in the same order.

    `finished` says whether a job's folder holds its result: then it is skipped, and only then has a worker that ended
    well finished it. A failed job leaves the others alone. Ctrl-C, SIGTERM and a closed terminal stop the workers,
    each with what it has saved, and what is left is `interrupted`; a second Ctrl-C does not wait for them.

    Raises ToonkitError for fewer than one worker and for two jobs in one folder.
    """
    if workers < 1:
        raise ToonkitError(f"the queue needs at least 1 worker, not {workers}")
    check_folders(jobs)
    with stop_request() as request, ProgressLines([job.name for job in jobs], workers, say) as lines:
        return _Queue(jobs, workers, finished, request, lines).run()


class _Queue:
    def __init__(
        self,
        jobs: Sequence[Job],
        workers: int,
        finished: Callable[[Job], bool],
        request: StopRequest,
        lines: ProgressLines,
    ) -> None:
        self.jobs = jobs
        self.workers = workers
        self.finished = finished
        self.request = request
        self.lines = lines
        self.waiting = list(jobs)
        self.running: list[Worker] = []
        self.outcomes: dict[Job, Outcome] = {}

    def run(self) -> list[Outcome]:
        try:
            while (self.waiting or self.running) and not self.request:
                self._start()
                self._collect()
                self.lines.show({worker.job.name: worker.progress for worker in self.running})
                time.sleep(PAUSE)
        finally:
            stop_workers(self.running, lambda: self.request.urgent)
        for worker in self.running:
            self._settle(worker.job, self._checked(worker, worker.outcome("interrupted", "resumable")))
        for job in self.waiting:
            self._settle(job, Outcome(job.name, "interrupted", note="not started"))
        return [self.outcomes[job] for job in self.jobs]

    def _start(self) -> None:
        while self.waiting and len(self.running) < self.workers and not self.request:
            job = self.waiting.pop(0)
            if self.finished(job):
                self._settle(job, Outcome(job.name, "skipped", note="finished before"))
                continue
            try:
                self.running.append(Worker(job, partial(self.lines.tell, job.name)))
            except OSError as error:
                self._settle(job, Outcome(job.name, "failed", note=f"could not be started: {error}"))
            else:
                self.lines.started(job.name)

    def _collect(self) -> None:
        for worker in list(self.running):
            outcome = worker.poll()
            if outcome is not None:
                self.running.remove(worker)
                self._settle(worker.job, self._checked(worker, outcome))

    def _checked(self, worker: Worker, outcome: Outcome) -> Outcome:
        return checked(worker.job, outcome, self.finished)

    def _settle(self, job: Job, outcome: Outcome) -> None:
        self.outcomes[job] = outcome
        self.lines.settle(outcome)


def check_folders(jobs: Sequence[Job]) -> None:
    """Raise ToonkitError where two jobs would work in one folder."""
    folders = Counter(job.folder.resolve() for job in jobs)
    if twice := [str(folder) for folder, count in folders.items() if count > 1]:
        raise ToonkitError(f"two runs have the same folder, {', '.join(twice)}; give each its own, or name it once")


def checked(job: Job, outcome: Outcome, finished: Callable[[Job], bool]) -> Outcome:
    """What a worker's end says, held against what is in the folder."""
    if outcome.status == "interrupted" and finished(job):
        return replace(outcome, status="finished", note="")
    if outcome.status == "finished" and not finished(job):
        return replace(outcome, status="failed", note=f"it ended well but left no result; see {job.folder / LOG}")
    return outcome


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """0 where every run is finished, 130 after Ctrl-C, else 1."""
    statuses = {outcome.status for outcome in outcomes}
    return 130 if "interrupted" in statuses else int("failed" in statuses)
