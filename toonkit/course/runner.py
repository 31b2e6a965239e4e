"""Run the course headless: several notebooks at once, each in its own process, in the order of their needs."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from toonkit.course.execute import FAILED_CELL
from toonkit.course.notebooks import Notebook
from toonkit.course.outcomes import GOOD, Outcome, failing_cell, fingerprint, key_of, recall, save
from toonkit.course.parameters import check_seed
from toonkit.course.processes import Job, launch, stop
from toonkit.project import environment
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.project.records import write_json

HEARTBEAT = 30.0  # seconds between two lines on what is running


class Runner:
    """Runs `notebooks` (each after its needs) of the project at `root`, up to `jobs` at once, into root/build.

    `timeout` (seconds) replaces each notebook's own; `force` runs what is unchanged too. After a failure the rest goes
    on, without what needs the failed one. Raises ToonkitError for an unknown profile, jobs < 1 or timeout <= 0.
    """

    def __init__(
        self,
        root: Path,
        notebooks: Sequence[Notebook],
        profile: str = "quick",
        seed: int = 0,
        jobs: int = 2,
        timeout: float | None = None,
        force: bool = False,
    ) -> None:
        if jobs < 1:
            raise ToonkitError(f"jobs must be at least 1, not {jobs}")
        if timeout is not None and timeout <= 0:
            raise ToonkitError(f"timeout must be more than 0 seconds, not {timeout}")
        self.root, self.build, self.jobs, self.timeout, self.force = root, root / "build", jobs, timeout, force
        self.parameters = {"profile": Profile(profile).name, "seed": check_seed(seed)}
        self.waiting, self.running, self.outcomes = list(notebooks), list[Job](), dict[str, Outcome]()
        self.shared = fingerprint(root, self.parameters)

    def run(self) -> list[Outcome]:
        """Run everything and return the outcomes in order. After Ctrl-C the rest is `interrupted`; nothing raises."""
        names, beat = [entry.name for entry in self.waiting], time.monotonic()
        try:
            while self.waiting or self.running:
                self._start_ready()
                self._collect()
                beat = self._heartbeat(beat)
                time.sleep(0.05)
        except KeyboardInterrupt:
            self._interrupt()
        return [self.outcomes[name] for name in names]

    def _heartbeat(self, last: float) -> float:
        if time.monotonic() - last < HEARTBEAT:
            return last
        print("      running ", ", ".join(f"{j.notebook.name} ({j.seconds:.0f} s)" for j in self.running), flush=True)
        return time.monotonic()

    def _start_ready(self) -> None:
        """Start, skip or settle as unchanged every waiting notebook whose needs are decided."""
        for notebook in list(self.waiting):
            needs = [self.outcomes.get(name) for name in notebook.needs]
            bad = [need.name for need in needs if need and need.status not in GOOD]
            if bad:
                self._settle(notebook, Outcome(notebook.name, "skipped", note=f"needs {bad[0]}"))
            elif all(needs) and len(self.running) < self.jobs:
                self._start(notebook, key_of(notebook, self.shared, [need.key for need in needs if need]))

    def _start(self, notebook: Notebook, key: str) -> None:
        before, target = recall(self.build, notebook.name), self._target(notebook)
        if not self.force and before and before.status in GOOD and before.key == key and target.exists():
            return self._settle(notebook, replace(before, status="unchanged"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        run_dir = f"build/runs/{notebook.name}"  # from the root, so that an executed notebook names no one's folders
        (self.root / run_dir / "record.json").unlink(missing_ok=True)
        task = {"source": str(notebook.path.resolve()), "target": str(target.resolve())}
        task["parameters"] = {**self.parameters, "run_dir": run_dir}
        job = self._log(notebook, ".json")
        write_json(job, task)
        process = launch(job, self._log(notebook), threads=max(1, environment.cores() // self.jobs))
        self.running.append(Job(notebook, process, time.monotonic(), key))
        self.waiting.remove(notebook)

    def _collect(self) -> None:
        """Settle what has ended; stop what is over its time."""
        for job in list(self.running):
            limit = self.timeout or job.notebook.timeout
            if job.process.poll() is not None:
                self._ended(job)
            elif job.seconds > limit:
                stop(job.process)
                self._settle_job(job, "timeout", f"over {limit:g} s; {failing_cell(self._target(job.notebook))}")

    def _ended(self, job: Job) -> None:
        code, target = job.process.returncode, self._target(job.notebook)
        if code == 0:
            return self._settle_job(job, "passed", "")
        note = failing_cell(target) if code == FAILED_CELL else ""
        log = self._log(job.notebook)
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        self._settle_job(
            job, "failed", note or f"{failing_cell(target)} {lines[-1] if lines else ''} (exit {code})".strip()
        )

    def _settle_job(self, job: Job, status: str, note: str) -> None:
        self.running.remove(job)
        outcome = Outcome(job.notebook.name, status, round(job.seconds, 1), note, job.key)
        save(self.build, outcome)
        self._settle(job.notebook, outcome)

    def _settle(self, notebook: Notebook, outcome: Outcome) -> None:
        if notebook in self.waiting:
            self.waiting.remove(notebook)
        self.outcomes[notebook.name] = outcome
        counted = f"[{len(self.outcomes)}/{len(self.outcomes) + len(self.waiting) + len(self.running)}]"
        line = f"{counted} {outcome.status:<11} {outcome.name}  {outcome.seconds:.1f} s  {outcome.note}".rstrip()
        print(line, flush=True)

    def _interrupt(self) -> None:
        for job in list(self.running):
            stop(job.process)
            self._settle_job(job, "interrupted", failing_cell(self._target(job.notebook)))
        for notebook in list(self.waiting):
            self._settle(notebook, Outcome(notebook.name, "interrupted", note="not started"))

    def _target(self, notebook: Notebook) -> Path:
        return self.build / "notebooks" / f"{notebook.name}.ipynb"

    def _log(self, notebook: Notebook, suffix: str = ".log") -> Path:
        return self.build / "logs" / f"{notebook.name}{suffix}"


def stop_on_terminate() -> None:
    """Let SIGTERM end this process as Ctrl-C does, notebooks saved and table printed; and Ctrl-C in a script too."""
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.default_int_handler)


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """0 where all passed, 130 after Ctrl-C, else 1."""
    statuses = {outcome.status for outcome in outcomes}
    return 130 if "interrupted" in statuses else int(not statuses <= set(GOOD))


def summary(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Rows for the closing table."""
    return [{"notebook": o.name, "status": o.status, "seconds": f"{o.seconds:.1f}", "where": o.note} for o in outcomes]
