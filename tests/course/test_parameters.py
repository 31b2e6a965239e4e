"""Profiles and the parameters of a notebook: what is accepted, and what each refusal says."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from toonkit.course.parameters import check_parameters, current_run
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import PROFILES, Profile

GOOD = {"profile": "quick", "seed": 3, "run_dir": "build/runs/x"}


def test_pick_gives_each_profile_its_own_value() -> None:
    assert [Profile(name).pick(quick=1, full=2, paper=3) for name in PROFILES] == [1, 2, 3]


def test_pick_wants_all_three() -> None:
    with pytest.raises(TypeError):
        Profile("quick").pick(quick=1, full=2)  # type: ignore[call-arg]


def test_unknown_profile_names_the_known() -> None:
    with pytest.raises(ToonkitError, match=r"unknown profile 'fast'; known: quick, full, paper"):
        Profile("fast")


def test_good_parameters_begin_a_run(no_run: Path) -> None:
    assert current_run() is None
    p = check_parameters(**GOOD)
    assert (p.profile.name, p.seed, p.run_dir) == ("quick", 3, no_run / "build" / "runs" / "x")
    assert p.run_dir.is_dir()
    assert current_run() is p


def test_run_dir_starts_at_the_root_from_any_folder(no_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(no_run / "notebooks")
    assert project_root() == no_run
    assert check_parameters(**GOOD).run_dir == no_run / "build" / "runs" / "x"


def test_a_notebook_that_was_copied_away_finds_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert project_root() == Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"profile": "fast"}, "unknown profile 'fast'"),
        ({"profile": 1}, "profile must be str, not 1 of type int"),
        ({"seed": "0"}, "seed must be a whole number from 0 to 4294967295, not '0'"),
        ({"seed": True}, "not True"),
        ({"seed": -1}, "not -1"),
        ({"seed": 2**32}, "not 4294967296"),
        ({"run_dir": 5}, "run_dir must be text or a path, not 5"),
        ({"epochs": 5}, "unknown parameter 'epochs'; known: profile, seed, run_dir"),
    ],
)
def test_bad_parameters_are_named(no_run: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(ToonkitError, match=words):
        check_parameters(**{**GOOD, **change})
    assert current_run() is None


def test_missing_parameter_and_a_file_as_folder(no_run: Path) -> None:
    with pytest.raises(ToonkitError, match="missing parameter seed"):
        check_parameters(profile="quick", run_dir="x")
    (no_run / "taken").write_text("")
    with pytest.raises(ToonkitError, match="taken is a file; name a folder"):
        check_parameters(**{**GOOD, "run_dir": "taken"})


def test_unknown_name_in_the_injected_cell(no_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ["", 'profile = "quick"', '# Parameters\nprofile = "quick"\nepochs = 3\n']
    monkeypatch.setitem(sys.modules, "__main__", SimpleNamespace(In=cells))
    with pytest.raises(ToonkitError, match="unknown parameter 'epochs'"):
        check_parameters(**GOOD)
