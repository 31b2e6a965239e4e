"""The grid on a local ray cluster of two workers, one of them killed; and without ray."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from counting import events, expected, finished, gone, job, result

from toonkit.project.errors import ToonkitError
from toonkit.training.cluster import run_on_cluster, train_job
from toonkit.training.queue import exit_status
from toonkit.training.run_lock import claim

needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="needs ray: pip install 'toonkit[cluster]'")


def skip_where_ray_cannot_start(error: str) -> None:
    """Ray gives its own processes 30 s to start, of which a machine with ten others on a core needs more."""
    if "timed out during startup" in error:
        pytest.skip(f"the machine is too busy for ray to start: {error}")


@needs_ray
def test_a_killed_ray_worker_is_replaced_and_every_run_ends_with_the_same_result(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "a", how="parent_killed"), job(tmp_path, "b"), job(tmp_path, "c", how="bad")]
    jobs.append(job(tmp_path, "d"))
    (jobs[3].folder).mkdir()
    (jobs[3].folder / "result").write_text(str(expected()))
    said: list[str] = []
    try:
        outcomes = run_on_cluster(jobs, finished, workers=2, say=said.append)
    except ToonkitError as error:
        skip_where_ray_cannot_start(str(error))
        raise
    statuses = [(outcome.name, outcome.status) for outcome in outcomes]
    assert statuses == [("a", "finished"), ("b", "finished"), ("c", "failed"), ("d", "skipped")], said
    assert exit_status(outcomes) == 1 and outcomes[2].note == "profile 'fast' is unknown"
    assert [result(entry) for entry in jobs[:2]] == [expected()] * 2
    begun = [pid for pid, _ in events(jobs[0], "start")]
    assert len(begun) == 2 and gone(begun[0])
    assert not events(jobs[3], "start")


CLUSTER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from counting import finished, job
from toonkit.training.cluster import run_on_cluster
from toonkit.training.queue import exit_status
jobs = [job(Path(sys.argv[2]), name, steps=400, pause=0.05) for name in ("a", "b")]
sys.exit(exit_status(run_on_cluster(jobs, finished, workers=1)))
"""


@needs_ray
@pytest.mark.skipif(sys.platform == "win32", reason="a signal cannot be sent to a single process there")
def test_ctrl_c_leaves_the_runs_of_a_cluster_resumable_and_no_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CLUSTER, str(Path(__file__).parent), str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    kept = tmp_path / "a" / "kept"
    while not kept.exists() and process.poll() is None:
        time.sleep(0.1)
    skip_where_ray_cannot_start(process.stderr.read() if process.poll() else "")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, output + errors
    statuses = {line.split()[0]: line.split()[1] for line in output.splitlines()}  # the last word on each
    assert statuses == {"a": "interrupted", "b": "interrupted"}
    assert all(gone(pid) for pid, _ in events(job(tmp_path, "a"), "start"))
    assert not events(job(tmp_path, "b"), "start") and int(kept.read_text().split()[0]) < 400


def test_without_ray_the_error_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ToonkitError, match=r"pip install 'toonkit\[cluster\]'"):
        run_on_cluster([job(tmp_path, "a")], finished)


def test_a_machine_that_does_not_see_the_folder_says_so(tmp_path: Path) -> None:
    outcome = train_job(job(tmp_path, "absent"), str(tmp_path))
    assert outcome.status == "failed" and "every machine of the cluster sees" in outcome.note


def test_a_folder_where_somebody_works_is_left_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toonkit.training.cluster.MARGIN", -9.5)  # half a second of patience
    entry = job(tmp_path, "a")
    with claim(entry.folder):
        outcome = train_job(entry, str(tmp_path))
    assert outcome.status == "failed" and "works in" in outcome.note and not events(entry, "start")
