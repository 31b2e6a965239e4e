"""A few seconds of each attack of `make stress`, so that it works on the day when somebody has an hour for it."""

from __future__ import annotations

import random
import sys

import kills_attack
import pytest
from attacks import Attack, Tally, make
from command_line import main
from downloads_attack import DOWNLOADS
from killing import Kill
from kills_attack import Kind, Whole, killed_and_resumed
from pictures_attack import PICTURES

from toonkit.chapters.index import all_chapters
from toonkit.images import downloads
from toonkit.training import run_files

FAST = Kind("recovery", "gan_v1", own_scores=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Whole:
    kills_attack._batches(FAST.chapter, FAST.variant, FAST.size)
    return kills_attack._whole(FAST, tmp_path_factory.mktemp("whole") / "0")


@pytest.mark.skipif(sys.platform != "linux", reason="each run makes its own data")
@pytest.mark.parametrize(
    "kill", [Kill(9), Kill(22, torn=True), None], ids=["before a write", "amid a later one", "at any moment"]
)
def test_killed_runs_hold(whole, tmp_path, kill):
    assert killed_and_resumed(FAST, whole, kill, random.Random(0), tmp_path) == ""


@pytest.mark.skipif(sys.platform != "linux", reason="a fork inherits the fault")
def test_a_run_that_forgets_its_optimiser_is_seen(whole, tmp_path, monkeypatch):
    flatten = run_files.state.flatten

    def without(recipe, averages):
        return {name: value for name, value in flatten(recipe, averages).items() if not name.startswith("optimiser")}

    monkeypatch.setattr(run_files.state, "flatten", without)
    late = next(number for number, change in enumerate(whole.changes, start=1) if "0000010" in change)
    why = killed_and_resumed(FAST, whole, Kill(late), random.Random(0), tmp_path)
    assert "to_photo.safetensors" in why


def test_every_kind_of_run_has_its_turn():
    trained = [chapter for chapter in all_chapters() if chapter.variants]
    turns = kills_attack.IN_TURN * max(len(chapter.variants) for chapter in trained)
    kinds = {kills_attack.kind_of(seed)[0] for seed in range(turns * len(trained))}
    assert {kind.chapter for kind in kinds} == {chapter.name for chapter in trained}
    assert {(kind.chapter, kind.variant) for kind in kinds} == {
        (chapter.name, variant) for chapter in all_chapters() for variant in chapter.variants
    }


@pytest.mark.parametrize(("attack", "trials"), [(PICTURES, 80), (DOWNLOADS, 8)], ids=["pictures", "downloads"])
def test_a_slice_holds(attack: Attack, trials: int):
    tally = make(attack, range(trials), 120, Tally(attack))
    assert tally.tried > 0 and not tally.failures, str(tally)


def test_one_trial_is_made_again_from_the_command_line(capsys):
    assert main(["downloads", "--seed", "7"]) == 0
    assert "1 tried" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["nonsense"])


def test_a_failure_is_shown_with_the_command_that_shows_it_again(capsys, monkeypatch):
    monkeypatch.setattr(downloads, "difference", lambda path, entry: "")
    assert main(["downloads", "--seed", "1"]) == 1
    said = capsys.readouterr().out
    assert "0 held" in said and "python tests/stress downloads --seed 1\n" in said and "wrong bytes" in said
