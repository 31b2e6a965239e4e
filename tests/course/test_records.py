"""Records: complete, finite, whole or absent; tables refuse those of the quick profile."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import torch

from toonkit.course import records
from toonkit.course.parameters import check_parameters
from toonkit.course.records import record
from toonkit.project import environment
from toonkit.project.errors import ToonkitError
from toonkit.project.records import measured, published_record, read_record, write_bytes


def begin(profile: str = "quick") -> Path:
    return check_parameters(profile=profile, seed=7, run_dir="build/runs/05_x").run_dir


def test_a_record_says_all_that_it_must(no_run: Path) -> None:
    run_dir, weights = begin(), no_run / "net.safetensors"
    weights.write_bytes(b"weights")
    shown = record(run_dir, config={"width": 8}, files=[weights], fid=measured([1.0, 2.0, 6.0]), steps=3, name_="a")
    entry = read_record(run_dir / "record.json")
    assert (
        entry["metrics"]
        == shown
        == {"fid": {"value": 3.0, "n": 3, "spread": statistics.stdev([1, 2, 6])}, "steps": 3, "name_": "a"}
    )
    assert (entry["name"], entry["profile"], entry["seed"], entry["config"]) == ("05_x", "quick", 7, {"width": 8})
    assert entry["digests"] == {"net.safetensors": hashlib.sha256(b"weights").hexdigest()}
    assert entry["versions"]["torch"] == torch.__version__.split("+")[0]
    assert entry["device"]["threads"] == torch.get_num_threads()
    assert entry["wall_seconds"] >= 0 and entry["peak_memory_mb"] > 50
    assert entry["commit"] == "unknown" and entry["started"].endswith("+00:00")


def test_numbers_of_other_libraries_become_plain(no_run: Path) -> None:
    shown = record(begin(), a=torch.tensor(0.5), b=np.float64(0.25), c=np.int64(3))
    assert shown == {"a": 0.5, "b": 0.25, "c": 3.0}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), torch.ones(2), [1, 2], None, {"value": 1}])
def test_what_is_no_metric_is_refused_and_nothing_written(no_run: Path, value: object) -> None:
    run_dir = begin()
    with pytest.raises(ToonkitError, match="'odd'"):
        record(run_dir, odd=value)
    assert list(run_dir.iterdir()) == []


def test_record_wants_a_run_and_its_folder(no_run: Path) -> None:
    with pytest.raises(ToonkitError, match=r"before check_parameters\(\)"):
        record("build/runs/05_x", a=1)
    begin()
    with pytest.raises(ToonkitError, match="build/runs/other"):
        record("build/runs/other", a=1)


def test_tables_refuse_quick_records(no_run: Path) -> None:
    record(begin("quick"), a=1)
    with pytest.raises(ToonkitError, match="quick profile, which tables refuse"):
        published_record(no_run / "build/runs/05_x/record.json")
    record(begin("full"), a=1)
    assert published_record(no_run / "build/runs/05_x/record.json")["metrics"] == {"a": 1}


@pytest.mark.parametrize(
    ("text", "words"), [("{", "no readable record"), ('{"name": "x"}', "lacks profile, seed, config, metrics")]
)
def test_damaged_records_are_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(ToonkitError, match=words):
        read_record(path)
    with pytest.raises(ToonkitError, match="absent"):
        read_record(tmp_path / "absent.json")


def test_a_full_disk_leaves_the_old_file_and_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record.json"
    write_bytes(path, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("toonkit.project.atomic.os.replace", full)
    with pytest.raises(ToonkitError, match="the disk is full"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["record.json"]


def test_measured_wants_values() -> None:
    assert measured([2.0]) == {"value": 2.0, "n": 1, "spread": 0.0}
    with pytest.raises(ToonkitError, match="no values"):
        measured([])


def test_commit_tells_changes(tmp_path: Path) -> None:
    git = f"git -C {tmp_path} -c user.name=a -c user.email=a@b"
    (tmp_path / "a").write_text("1")
    assert os.system(f"{git} init -q && {git} add a && {git} commit -qm a") == 0
    clean = environment.commit(tmp_path)
    assert len(clean) == 40
    (tmp_path / "a").write_text("2")
    assert environment.commit(tmp_path) == clean + "+changes"


def test_peak_memory_is_what_the_system_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    used = psutil.Process().memory_info().rss / 1e6
    ballast = np.ones(10_000_000)
    assert environment.peak_memory_mb() >= used and ballast.nbytes == 80_000_000
    monkeypatch.setattr(environment.sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "resource", None)  # there is none on Windows
    windows = SimpleNamespace(memory_info=lambda: SimpleNamespace(peak_wset=123_456_789))
    monkeypatch.setattr(psutil, "Process", lambda: windows)
    assert environment.peak_memory_mb() == 123.5


def test_peak_memory_is_not_that_of_the_starting_process() -> None:
    """A small process that a large one starts is small."""
    ballast = np.ones(50_000_000)
    code = "from toonkit.project.environment import peak_memory_mb; print(peak_memory_mb())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(child.stdout) < 200 < ballast.nbytes / 1e6


def test_votes_and_records_need_no_module_of_unix() -> None:
    code = "import sys; sys.modules.update(fcntl=None, resource=None); import toonkit.course.votes"
    code += ", toonkit.project.environment"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_json_keeps_letters(tmp_path: Path) -> None:
    records.write_json(tmp_path / "a" / "b.json", {"é": 1})
    assert (tmp_path / "a" / "b.json").read_text(encoding="utf-8") == json.dumps(
        {"é": 1}, indent=1, ensure_ascii=False
    ) + "\n"


def test_a_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ToonkitError, match=r"cannot make the folder .*file.below: .*; remove what is in its place"):
        write_bytes(tmp_path / "file" / "below" / "a.json", b"")
