"""Run the course headless: several notebooks at once, each in its own process, in the order of their needs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from threading import Event
from typing import Any

from toonkit.course.execute import FAILED_CELL
from toonkit.course.notebooks import Notebook
from toonkit.course.outcomes import GOOD, Outcome, failing_cell, fingerprint, key_of, recall, save
from toonkit.course.parameters import check_seed
from toonkit.course.processes import PAUSE, launch, wait_for
from toonkit.course.processes import stop_on_terminate as stop_on_terminate
from toonkit.project import environment
from toonkit.project.atomic import make_folder
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
        self.root = root
        self.build = root / "build"
        self.notebooks = {notebook.name: notebook for notebook in notebooks}
        self.parameters = {"profile": Profile(profile).name, "seed": check_seed(seed)}
        self.jobs = jobs
        self.timeout = timeout
        self.force = force
        self.shared = fingerprint(root, self.parameters)
        self.futures: dict[str, Future[Outcome]] = {}  # of each notebook whose needs are decided
        self.outcomes: dict[str, Outcome] = {}
        self.started: dict[str, float] = {}  # time.monotonic() at which each running notebook began
        self.last_line = time.monotonic()
        self.stopping = Event()

    def run(self) -> list[Outcome]:
        """Run everything and return the outcomes in order. After Ctrl-C the rest is `interrupted`; nothing raises."""
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                self._run_in(pool)
            except KeyboardInterrupt:
                self._interrupt()
            finally:
                self.stopping.set()  # whatever was raised, no process goes on
        return [self.outcomes[name] for name in self.notebooks]

    def _run_in(self, pool: ThreadPoolExecutor) -> None:
        order = TopologicalSorter({name: notebook.needs for name, notebook in self.notebooks.items()})
        order.prepare()
        while order.is_active():
            for name in order.get_ready():
                self.futures[name] = pool.submit(self._outcome, self.notebooks[name])
            undecided = {name: future for name, future in self.futures.items() if name not in self.outcomes}
            wait(undecided.values(), timeout=PAUSE, return_when=FIRST_COMPLETED)
            for name, future in undecided.items():
                if future.done():
                    self._settle(future.result())
                    order.done(name)
            self._heartbeat()

    def _heartbeat(self) -> None:
        now = time.monotonic()
        if now - self.last_line >= HEARTBEAT:
            running = [f"{name} ({now - began:.0f} s)" for name, began in self.started.copy().items()]
            print("      running ", ", ".join(running), flush=True)
            self.last_line = now

    def _interrupt(self) -> None:
        self.stopping.set()
        for name in self.notebooks:
            if name not in self.outcomes:
                self._settle(self.futures[name].result() if name in self.futures else _not_started(name))

    def _settle(self, outcome: Outcome) -> None:
        self.outcomes[outcome.name] = outcome
        count = f"[{len(self.outcomes)}/{len(self.notebooks)}]"
        line = f"{count} {outcome.status:<11} {outcome.name}  {outcome.seconds:.1f} s  {outcome.note}"
        print(line.rstrip(), flush=True)

    def _outcome(self, notebook: Notebook) -> Outcome:
        """Skip a notebook, find it unchanged, or run it. What it needs is decided. A thread of the pool calls this."""
        if self.stopping.is_set():
            return _not_started(notebook.name)
        needs = [self.outcomes[name] for name in notebook.needs]
        for need in needs:
            if need.status not in GOOD:
                return Outcome(notebook.name, "skipped", note=f"needs {need.name}")
        key = key_of(notebook, self.shared, [need.key for need in needs])
        earlier = recall(self.build, notebook.name)
        unchanged = earlier and earlier.status in GOOD and earlier.key == key and self._target(notebook).exists()
        if unchanged and not self.force:
            return replace(earlier, status="unchanged")
        return self._execute(notebook, key)

    def _execute(self, notebook: Notebook, key: str) -> Outcome:
        """Run a notebook in a process of its own and wait for it."""
        job = self._write_job(notebook)
        began = time.monotonic()
        self.started[notebook.name] = began
        process = launch(job, self._log(notebook), threads=max(1, environment.cores() // self.jobs))
        status = wait_for(process, self.timeout or notebook.timeout, self.stopping)
        del self.started[notebook.name]
        seconds = round(time.monotonic() - began, 1)
        outcome = Outcome(notebook.name, status, seconds, self._note(notebook, status, process.returncode), key)
        save(self.build, outcome)
        return outcome

    def _write_job(self, notebook: Notebook) -> Path:
        """Write down what toonkit.course.execute is to do, and remove what an earlier run left."""
        target = self._target(notebook)
        make_folder(target.parent)
        target.unlink(missing_ok=True)
        run_dir = f"build/runs/{notebook.name}"  # from the root, so that an executed notebook names no one's folders
        (self.root / run_dir / "record.json").unlink(missing_ok=True)
        task = {
            "source": str(notebook.path.resolve()),
            "target": str(target.resolve()),
            "parameters": {**self.parameters, "run_dir": run_dir},
        }
        job = self._log(notebook, ".json")
        write_json(job, task)
        return job

    def _note(self, notebook: Notebook, status: str, code: int) -> str:
        """Where a notebook stopped; where no cell says why, the last line of its log and its exit status `code` too."""
        if status == "passed":
            return ""
        cell = failing_cell(self._target(notebook))
        if status == "timeout":
            return f"over {self.timeout or notebook.timeout:g} s; {cell}"
        if status == "interrupted" or (code == FAILED_CELL and cell):
            return cell
        log = self._log(notebook)
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
        return f"{cell} {lines[-1] if lines else ''} (exit {code})".strip()

    def _target(self, notebook: Notebook) -> Path:
        return self.build / "notebooks" / f"{notebook.name}.ipynb"

    def _log(self, notebook: Notebook, suffix: str = ".log") -> Path:
        return self.build / "logs" / f"{notebook.name}{suffix}"


def _not_started(name: str) -> Outcome:
    return Outcome(name, "interrupted", note="not started")


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """0 where all passed, 130 after Ctrl-C, else 1."""
    statuses = {outcome.status for outcome in outcomes}
    return 130 if "interrupted" in statuses else int(not statuses <= set(GOOD))


def summary(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Rows for the closing table."""
    return [
        {
            "notebook": outcome.name,
            "status": outcome.status,
            "seconds": f"{outcome.seconds:.1f}",
            "where": outcome.note,
        }
        for outcome in outcomes
    ]
