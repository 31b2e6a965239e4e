"""A run is its configuration: another's folder is refused, a damaged one named, a killed one ends as a whole one."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from run_results import results
from small_chapter import CHAPTER

from toonkit.chapters import runs
from toonkit.chapters.run_places import RECORD
from toonkit.chapters.runs import run, score
from toonkit.project import environment
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.training import losses_log, run_files
from toonkit.training.losses_log import LOSSES
from toonkit.training.snapshots import SNAPSHOTS

PLAN = {"save_every": 4, "log_every": 2, "quiet": True}  # checkpoints at 4 and 6, snapshots at 2, 4 and 6


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(runs, "find_chapter", lambda name: CHAPTER)
    monkeypatch.setattr(environment, "commit", lambda root: "unknown")  # not looked up for every tiny run


def trained(folder, variant: str = "omega_10", seed: int = 0) -> dict:
    return run("small", variant, "quick", seed, folder, **PLAN)


def test_the_same_run_is_returned_untrained_and_another_is_refused(tmp_path, monkeypatch):
    record = trained(tmp_path)
    monkeypatch.setattr(runs, "train", None)
    assert trained(tmp_path) == json.loads(json.dumps(record))
    with pytest.raises(TrainingError, match=r"holds another run: its .*name.* differ"):
        trained(tmp_path, "omega_30")
    with pytest.raises(TrainingError, match="its seed differ"):
        trained(tmp_path, seed=1)
    with pytest.raises(TrainingError, match=r"its config \(size\) differ"):
        run("small", "omega_10", "quick", 0, tmp_path, size=16, **PLAN)
    with pytest.raises(TrainingError, match="its profile differ"):
        run("small", "omega_10", "full", 0, tmp_path, **PLAN)


def test_a_run_finished_on_a_machine_of_another_precision_is_finished_here(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "fast_precision", lambda device: "bf16")
    record = run("small", "omega_10", "full", 0, tmp_path, **PLAN)
    assert record["config"]["precision"] == "bf16"
    monkeypatch.setattr(runs, "fast_precision", lambda device: "float32")
    assert runs.is_finished("small", "omega_10", "full", 0, tmp_path)
    again = score("small", "omega_10", "full", 0, tmp_path)
    assert (again["metrics"], again["config"]["precision"]) == (record["metrics"], "bf16")


@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_a_compiled_run_says_so_and_is_finished_for_one_who_does_not_compile(tmp_path):
    folders = {on: tmp_path / str(on) for on in (False, True)}
    plain, compiled = (run("small", "omega_10", "full", 0, folders[on], compile=on, **PLAN) for on in folders)
    assert (plain["config"]["compile"], compiled["config"]["compile"]) == (False, True)
    assert compiled["metrics"].keys() == plain["metrics"].keys()
    assert runs.is_finished("small", "omega_10", "full", 0, folders[True])


def test_a_variant_whose_omega_was_changed_is_another_run(tmp_path, monkeypatch):
    trained(tmp_path)
    changed = {"omega_10": CHAPTER.variants["omega_30"]}
    monkeypatch.setattr(runs, "find_chapter", lambda name: replace(CHAPTER, variants=changed))
    for again in (trained, lambda folder: score("small", "omega_10", "quick", 0, folder)):
        with pytest.raises(TrainingError, match=r"holds another run: its config \(omega\) differ"):
            again(tmp_path)
    (tmp_path / RECORD).unlink()  # an unfinished one, too
    with pytest.raises(TrainingError, match=r"its config \(omega\) differ"):
        trained(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no readable record"),
        ("[1]", "is a list, not an object"),
        ('{"name": "small omega_10", "profile": "quick", "seed": 0, "metrics": {}}', "lacks config"),
        ('{"name": "small omega_10", "profile": "quick", "seed": 0, "metrics": {}, "config": []}', "config"),
        ('{"name": "small omega_10", "profile": "quick", "seed": 0, "metrics": {}, "config": {}}', "recipe|steps"),
    ],
)
def test_a_damaged_record_is_named(tmp_path, text, words):
    trained(tmp_path)
    (tmp_path / RECORD).write_text(text)
    for again in (trained, lambda folder: score("small", "omega_10", "quick", 0, folder)):
        with pytest.raises(ToonkitError, match=words):
            again(tmp_path)


def test_scoring_again_measures_the_same_and_trains_nothing(tmp_path, monkeypatch):
    trained(tmp_path)
    before = results(tmp_path)
    monkeypatch.setattr(runs, "train", None)
    score("small", "omega_10", "quick", 0, tmp_path)
    assert results(tmp_path) == before
    with pytest.raises(ToonkitError, match="no readable record"):
        score("small", "omega_10", "quick", 0, tmp_path / "none")


class Killed(BaseException):
    pass


def kill_at(monkeypatch, number: int, after: bool) -> list[str]:
    """Be killed right before, or right after, the write of this number; returns the list of writes that began."""
    begun: list[str] = []

    def watched(write):
        def writing(*arguments, **options):
            begun.append(write.__name__)
            fatal = len(begun) == number
            if fatal and not after:
                raise Killed
            write(*arguments, **options)
            if fatal:
                raise Killed

        return writing

    for module, name in (
        ("toonkit.networks.weights", "write_atomically"),
        ("toonkit.training.run_files", "append_losses"),
        ("toonkit.training.losses_log", "write_bytes"),
        ("toonkit.chapters.runs", "write_json"),
    ):
        monkeypatch.setattr(f"{module}.{name}", watched(globals_of(module)[name]))
    return begun


def globals_of(module: str) -> dict:
    return vars(__import__(module, fromlist=["x"]))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_killed_at_any_write_ends_with_the_same_bytes(tmp_path, after):
    whole = tmp_path / "whole"
    with pytest.MonkeyPatch.context() as patch:
        begun = kill_at(patch, 0, after)
        trained(whole)
    assert begun.count("append_losses") == 3 and begun.count("write_atomically") == 6 and begun[-1] == "write_json"
    expected = results(whole)
    for number in range(1, len(begun) + 1):
        folder = tmp_path / str(number)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            kill_at(patch, number, after)
            trained(folder)
        trained(folder)
        assert results(folder) == expected, begun[:number]


@pytest.fixture
def unfinished(tmp_path):
    """A run that was killed after its checkpoint at step 4 and its line of losses at step 6."""
    save = run_files.RunFiles._save

    def save_but_the_last(run, step: int) -> None:
        if step == 6:
            raise Killed
        save(run, step)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        patch.setattr(run_files.RunFiles, "_save", save_but_the_last)
        trained(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-9],
        lambda text: text + b"\x00\x00\x00",
        lambda text: b"\x00" * 40 + text,
        lambda text: text.replace(b"\n", b"\n\n"),
        lambda text: text + b'{"content": 1.0}\n',
        lambda text: text + b'{"step": "five"}\n[1]\n"words"\n',
        lambda text: text + b"\xff\xfe\n",
    ],
    ids=["torn", "NUL at the end", "NUL at the start", "blank lines", "without a step", "no losses", "no text"],
)
def test_damaged_losses_cost_their_lines_and_never_the_run(unfinished, tmp_path, damage, capsys):
    path = unfinished / LOSSES
    path.write_bytes(damage(path.read_bytes()))
    trained(unfinished)
    assert "damaged" in capsys.readouterr().err
    lines, damaged = losses_log.read_losses(unfinished)
    assert damaged == 0 and [line["step"] for line in lines] in ([2, 4, 6], [4, 6])
    trained(tmp_path / "whole")
    found, expected = results(unfinished), results(tmp_path / "whole")
    assert {name: found[name] for name in found if name != LOSSES} == {
        name: expected[name] for name in expected if name != LOSSES
    }


def test_a_folder_in_place_of_the_losses_is_named(unfinished):
    (unfinished / LOSSES).unlink()
    (unfinished / LOSSES).mkdir()
    with pytest.raises(TrainingError, match=rf"cannot read .*{LOSSES}: .*; remove it"):
        trained(unfinished)


def test_what_a_system_leaves_among_the_snapshots_is_no_snapshot(unfinished, tmp_path):
    (unfinished / SNAPSHOTS / ".DS_Store").write_bytes(b"x")
    (unfinished / SNAPSHOTS / ".ipynb_checkpoints").mkdir()
    trained(unfinished)
    trained(tmp_path / "whole")
    assert results(unfinished) == results(tmp_path / "whole")


def test_a_file_named_by_a_number_is_no_snapshot(unfinished, tmp_path):
    folder = unfinished / SNAPSHOTS
    (folder / "0000009").write_bytes(b"x")
    shutil.rmtree(folder / "0000006")
    (folder / "0000006").write_bytes(b"x")  # where the next snapshot goes
    with pytest.raises(TrainingError, match=r"cannot make the folder .*0000006: File exists; remove"):
        trained(unfinished)
    (folder / "0000006").unlink()
    trained(unfinished)
    trained(tmp_path / "whole")
    assert results(unfinished) == results(tmp_path / "whole") and (folder / "0000009").read_bytes() == b"x"


def test_a_snapshot_that_cannot_be_removed_is_named(unfinished, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(TrainingError, match=r"could not remove .*0000006: permission denied"):
        trained(unfinished)


def test_what_killed_writes_left_is_gone_when_the_run_goes_on(unfinished):
    left = [unfinished / ".toonkit-0a.part", unfinished / SNAPSHOTS / "0000002" / ".toonkit-0b.part"]
    for path in left:
        path.write_bytes(b"half a file")
    (unfinished / "mine.part").write_bytes(b"x")  # somebody's own
    trained(unfinished)
    assert not any(path.exists() for path in left) and (unfinished / "mine.part").exists()


def test_a_snapshot_that_is_gone_or_of_another_step_is_named(tmp_path):
    trained(tmp_path)
    (tmp_path / RECORD).unlink()
    folder = tmp_path / SNAPSHOTS
    shutil.copytree(folder / "0000004", folder / "0000005")
    with pytest.raises(TrainingError, match=r"snapshots of steps \[5\] that its plan has not"):
        trained(tmp_path)
    shutil.rmtree(folder / "0000005")
    shutil.copy(folder / "0000004" / "generator.safetensors", folder / "0000002")
    with pytest.raises(TrainingError, match="is of step 4, not 2"):
        trained(tmp_path)
    shutil.rmtree(folder / "0000002")
    with pytest.raises(TrainingError, match=r"0000002.generator\.safetensors is gone"):
        trained(tmp_path)
