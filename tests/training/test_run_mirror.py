"""A run kept at another address: killed at any upload, taken up by a machine with an empty folder, the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from run_results import results
from small_run import trained

from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.training.run_mirror import RunMirror

PLACES = ("memory", "file")


class Killed(BaseException):
    pass


def address(kind: str, folder: Path) -> str:
    return f"memory://{uuid4().hex}" if kind == "memory" else f"file://{(folder / 'kept at').resolve().as_posix()}"


def kill_at(patch: pytest.MonkeyPatch, mirror: RunMirror, number: int, half: bool) -> list[str]:
    """Be killed at the write of this number: before it, or when half of its bytes are there. Returns what was begun."""
    begun: list[str] = []
    write = mirror.system.pipe_file

    def writing(path: str, content: bytes, **options: object) -> None:
        begun.append(path)
        if len(begun) == number:
            if half:
                write(path, content[: len(content) // 2], **options)
            raise Killed
        write(path, content, **options)

    patch.setattr(mirror.system, "pipe_file", writing)
    return begun


def files(mirror: RunMirror, kind: str) -> list[str]:
    return mirror._listed(kind)


@pytest.mark.parametrize("kind", PLACES)
def test_a_finished_run_is_fetched_whole_and_not_trained_again(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = address(kind, tmp_path)
    record = trained(tmp_path / "a", RunMirror(place, "run"))
    monkeypatch.setattr("toonkit.chapters.runs.train", None)
    assert trained(tmp_path / "b", RunMirror(place, "run")) == json.loads(json.dumps(record))
    assert results(tmp_path / "b") == results(tmp_path / "a")
    mirror = RunMirror(place, "run")
    assert len(files(mirror, "states")) == 1  # older ones are dropped, and so are their files
    names = {path.read_bytes() for path in (tmp_path / "b").rglob("*") if path.is_file() and "lock" not in path.name}
    assert len(files(mirror, "blobs")) == len(names)


@pytest.mark.parametrize("half", [False, True], ids=["before", "half written"])
@pytest.mark.parametrize("kind", PLACES)
def test_a_run_killed_at_any_upload_goes_on_elsewhere_to_the_same_bytes(tmp_path: Path, kind: str, half: bool) -> None:
    place = address(kind, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        mirror = RunMirror(place, "whole")
        begun = kill_at(patch, mirror, 0, half)
        trained(tmp_path / "whole", mirror)
    expected = results(tmp_path / "whole")
    assert sum("/states/" in path for path in begun) == 3  # checkpoints after steps 4 and 6, and the record
    for number in range(1, len(begun) + 1):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            mirror = RunMirror(place, str(number))
            kill_at(patch, mirror, number, half)
            trained(tmp_path / f"first {number}", mirror)
        other = tmp_path / f"second {number}"  # a machine that has nothing of the run
        trained(other, RunMirror(place, str(number)))
        assert results(other) == expected, begun[:number]


def test_a_second_machine_begins_where_the_mirror_is(tmp_path: Path) -> None:
    place = address("memory", tmp_path)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        mirror = RunMirror(place, "run")
        begun = kill_at(patch, mirror, 10_000, False)
        push = mirror.push

        def push_once(folder: Path, step: int) -> None:
            if begun:
                raise Killed
            push(folder, step)

        patch.setattr(mirror, "push", push_once)
        trained(tmp_path / "a", mirror)
    record = trained(tmp_path / "b", RunMirror(place, "run"))
    assert record["config"]["resumed_at"] == [4]


def test_a_folder_that_is_farther_than_the_mirror_keeps_its_own(tmp_path: Path) -> None:
    place = address("file", tmp_path)
    mirror = RunMirror(place, "run")
    trained(tmp_path / "a", mirror)
    mirror.push(tmp_path / "a", 3)  # a mirror that is behind
    before = results(tmp_path / "a")
    (tmp_path / "a" / "losses.jsonl").write_text("")
    RunMirror(place, "run").fetch(tmp_path / "a")
    assert (tmp_path / "a" / "losses.jsonl").read_text() == "" and before["losses.jsonl"] != b""


def test_two_that_keep_their_run_at_one_address_are_told(tmp_path: Path) -> None:
    place = address("memory", tmp_path)
    first, second = RunMirror(place, "run"), RunMirror(place, "run")
    first.fetch(tmp_path / "a")
    second.fetch(tmp_path / "a")
    trained(tmp_path / "a", first)
    with pytest.raises(TrainingError, match=r"another process keeps its run at memory://.*/run"):
        second.push(tmp_path / "a", 6)


def test_what_was_changed_at_the_address_is_refused(tmp_path: Path) -> None:
    mirror = RunMirror(address("memory", tmp_path), "run")
    trained(tmp_path / "a", mirror)
    for blob in files(mirror, "blobs"):
        mirror.system.pipe_file(blob, b"x" * mirror.system.size(blob))
    with pytest.raises(TrainingError, match="was changed after it was written"):
        mirror.fetch(tmp_path / "b")
    state = files(mirror, "states")[0]
    mirror.system.pipe_file(state, json.dumps({"step": 6, "files": {"../out": "0" * 64}}).encode())
    with pytest.raises(TrainingError, match="outside of the run's folder"):
        mirror.fetch(tmp_path / "c")


def test_an_address_that_nothing_serves_and_one_that_fails_are_named(tmp_path: Path) -> None:
    with pytest.raises(ToonkitError, match="no file system for 'nothing://x'"):
        RunMirror("nothing://x", "run")
    mirror = RunMirror(address("file", tmp_path), "run")
    (tmp_path / "kept at").write_text("a file in the folder's place")
    with pytest.raises(TrainingError, match="does not answer as it should"):
        trained(tmp_path / "a", mirror)
