"""The runner on tiny notebooks: failures, needs, time limits, Ctrl-C, and what it need not run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tiny import make_notebook, make_project

from toonkit.course import outcomes
from toonkit.course.notebooks import find_notebooks, select
from toonkit.course.outcomes import Outcome
from toonkit.course.runner import Runner, exit_status
from toonkit.project.errors import ToonkitError

COMMAND = [sys.executable, "-m", "toonkit", "run"]
SLOW = """import os, pathlib, time
print('begun', flush=True)
time.sleep(0.5)
pathlib.Path('pid').write_text(str(os.getpid()))
time.sleep(60)"""


def run(root: Path, *names: str, **settings: object) -> dict[str, Outcome]:
    known = find_notebooks(root / "notebooks", exercises=True)
    results = Runner(root, select(known, names or known), **settings).run()  # type: ignore[arg-type]
    return {outcome.name: outcome for outcome in results}


def executed(root: Path, name: str) -> dict:
    return json.loads((root / "build" / "notebooks" / f"{name}.ipynb").read_text())


def printed(notebook: dict) -> str:
    outputs = [entry for cell in notebook["cells"] for entry in cell.get("outputs", [])]
    return "".join("".join(entry.get("text", "")) for entry in outputs)


def gone(pid: int) -> bool:
    """Whether a process ended, waiting a moment for it."""
    ends = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def copy_notebook(job: Path, log: Path, threads: int) -> subprocess.Popen[bytes]:
    task = json.loads(job.read_text())
    return subprocess.Popen(["cp", task["source"], task["target"]])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A project whose notebooks pass, fail, need the failed one and take too long, after one `toonkit run --all`."""
    root = make_project(tmp_path_factory.mktemp("course"))
    make_notebook(root, "00_pass", ["print(profile, seed, run_dir)"])
    make_notebook(root, "01_fail", ["print('before')", "raise KeyError('gone')", "print('after')"])
    make_notebook(root, "02_needs", ["print('never')"], needs=["01_fail"])
    make_notebook(root, "03_further", ["print('never')"], needs=["02_needs"])
    make_notebook(root, "04_slow", [SLOW], timeout=15)
    make_notebook(root, "05_last", ["print('last')"], needs=["00_pass"])
    environment = {**os.environ, "MPLBACKEND": "agg"}
    arguments = [*COMMAND, "--all", "--seed", "5"]
    return root, subprocess.run(arguments, cwd=root, env=environment, capture_output=True, text=True, timeout=120)


def test_the_closing_table_has_every_notebook_and_the_exit_is_1(course: tuple) -> None:
    _, done = course
    assert done.returncode == 1, done.stderr
    table = done.stdout.split("notebook  ")[-1]
    rows = dict(line.split(maxsplit=2)[:2] for line in table.splitlines()[1:7])
    assert rows == {
        "00_pass": "passed",
        "01_fail": "failed",
        "02_needs": "skipped",
        "03_further": "skipped",
        "04_slow": "timeout",
        "05_last": "passed",
    }
    assert "In [4]: KeyError: 'gone'" in table
    assert "needs 01_fail" in table and "needs 02_needs" in table
    assert "over 15 s; In [3]" in table


def test_parameters_arrive(course: tuple) -> None:
    assert printed(executed(course[0], "00_pass")) == "quick 5 build/runs/00_pass\n"


def test_what_a_failed_notebook_did_is_kept(course: tuple) -> None:
    assert printed(executed(course[0], "01_fail")) == "before\n"
    assert not (course[0] / "build" / "notebooks" / "02_needs.ipynb").exists()


def test_what_a_late_notebook_did_is_kept_and_its_kernel_is_gone(course: tuple) -> None:
    assert printed(executed(course[0], "04_slow")) == "begun\n"
    assert gone(int((course[0] / "notebooks" / "pid").read_text()))


def test_pages_are_written_for_all_that_ran(course: tuple) -> None:
    pages = sorted(path.name for path in (course[0] / "build" / "notebooks").glob("*.html"))
    assert pages == ["00_pass.html", "01_fail.html", "04_slow.html", "05_last.html"]
    assert "KeyError" in (course[0] / "build" / "index.html").read_text()


def test_the_unchanged_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides is not in the kernel, so a process that only copies the notebook stands in for it."""
    root, package = make_project(tmp_path), tmp_path / "package"
    package.mkdir()
    monkeypatch.setattr(outcomes, "PACKAGE", package)
    monkeypatch.setattr("toonkit.course.runner.launch", copy_notebook)
    make_notebook(root, "00_a", ["print(1)"])
    make_notebook(root, "01_b", ["print(2)"], needs=["00_a"])
    make_notebook(root, "02_c", ["print(3)"])

    def statuses(*names: str, **settings: object) -> list[str]:
        return [outcome.status for outcome in run(root, *names, **settings).values()]

    assert statuses() == ["passed"] * 3
    assert statuses() == ["unchanged"] * 3
    make_notebook(root, "00_a", ["print(4)"])
    assert statuses() == ["passed", "passed", "unchanged"]  # 01_b needs 00_a
    (package / "module.py").write_text("x = 1")
    assert statuses("02_c") == ["passed"]
    assert statuses("02_c", seed=1) == ["passed"]
    (root / "build" / "notebooks" / "02_c.ipynb").unlink()
    assert statuses("02_c", seed=1) == ["passed"]
    assert statuses("02_c", seed=1) == ["unchanged"]
    assert statuses("02_c", seed=1, force=True) == ["passed"]


def test_data_and_settings_are_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "PACKAGE", tmp_path / "package")
    keys = [outcomes.fingerprint(tmp_path, {}), outcomes.fingerprint(tmp_path, {"seed": 1})]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "weights").write_text("new")
    keys.append(outcomes.fingerprint(tmp_path, {}))
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    keys.append(outcomes.fingerprint(tmp_path, {}))
    assert len(set(keys)) == 4
    assert outcomes.fingerprint(tmp_path, {}) == keys[-1]


def test_a_dead_kernel_is_a_failure(tmp_path: Path) -> None:
    make_notebook(make_project(tmp_path), "00_a", ["import os\nos._exit(1)"])
    outcome = run(tmp_path)["00_a"]
    assert outcome.status == "failed" and "DeadKernelError" in outcome.note


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_saves_ends_the_kernels_and_exits_130(tmp_path: Path, kind: signal.Signals) -> None:
    root = make_project(tmp_path)
    make_notebook(root, "00_slow", [SLOW])
    make_notebook(root, "01_later", ["print('never')"], needs=["00_slow"])
    process = subprocess.Popen([*COMMAND, "--all"], cwd=root, stdout=subprocess.PIPE, text=True)
    pid, ends = root / "notebooks" / "pid", time.monotonic() + 60
    while not (pid.exists() and pid.read_text()) and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    process.send_signal(kind)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130, output
    table = output.split("notebook  ")[-1]
    assert "00_slow   interrupted" in table and "In [3]" in table
    assert "01_later  interrupted" in table and "not started" in table
    assert "begun" in printed(executed(root, "00_slow"))
    assert gone(int(pid.read_text()))


def test_two_run_at_a_time(tmp_path: Path) -> None:
    wait = "import pathlib, time\npathlib.Path('{0}').touch()\nwhile not pathlib.Path('{1}').exists(): time.sleep(0.05)"
    make_notebook(make_project(tmp_path), "00_a", [wait.format("a", "b")], timeout=30)
    make_notebook(tmp_path, "01_b", [wait.format("b", "a")], timeout=30)
    assert exit_status(list(run(tmp_path, jobs=2).values())) == 0


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"profile": "fast"}, "unknown profile 'fast'"),
        ({"jobs": 0}, "jobs must be at least 1, not 0"),
        ({"timeout": 0.0}, "timeout must be more than 0"),
        ({"seed": -1}, "seed must be a whole number"),
    ],
)
def test_bad_settings_are_named_before_anything_runs(tmp_path: Path, settings: dict, words: str) -> None:
    make_notebook(make_project(tmp_path), "00_a")
    with pytest.raises(ToonkitError, match=words):
        run(tmp_path, **settings)
    assert not (tmp_path / "build").exists()
