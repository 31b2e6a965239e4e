"""`toonkit check`: what is solved, wrong or open in a learner's notebook, of which only what is needed is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tiny import make_notebook

from toonkit import cli
from toonkit.course.checks.index import NOTEBOOKS
from toonkit.course.learner import exercise_notebook, verdicts
from toonkit.project.errors import ToonkitError

ROOT = Path(__file__).parents[2]
COURSE = [next((ROOT / "notebooks").glob(f"[0-9][0-9]_{name}.ipynb")) for name in NOTEBOOKS]
CHECK = 'check_exercise("kendall", kendall)'
RIGHT = """
def kendall(first, second):
    pairs = list(combinations(range(len(first)), 2))
    same = sum((first[i] - first[j]) * (second[i] - second[j]) > 0 for i, j in pairs)
    return HALF * 2 * (2 * same - len(pairs)) / len(pairs)
"""


def states(path: Path) -> dict[str, str]:
    return {name: verdict.state for name, verdict in verdicts(path).items()}


def test_only_what_an_answer_needs_is_run(no_run: Path) -> None:
    cells = [
        "%matplotlib inline\nfrom itertools import combinations",
        "raise SystemExit  # a training of an hour",
        "HALF = 0.25\nHALF *= 2",
        "combinations_of_letters = [x for x in nowhere]",
        RIGHT,
        f"solved = {CHECK}\nshow(solved)",
        "HALF = 100  # after the check",
    ]
    assert states(make_notebook(no_run, "00_a", cells)) == {"kendall": "solved"}


@pytest.mark.parametrize(
    ("cells", "state", "words"),
    [
        (["def kendall(a, b):\n    raise NotImplementedError"], "open", "Hint 1 of 2"),
        (["def kendall(a, b):\n    return 0"], "failing", "On two lists (.*): your answer is 0, but -0.333"),
        (["def kendall(a, b):\n    return helper(a)"], "failing", "NameError: name 'helper' is not defined"),
        (["def kendall(a, b)\n    return 0"], "failing", "a cell is no Python .*'def kendall"),
        (["kendall = missing.kendall"], "failing", "NameError"),
        (["x = 1"], "failing", "no cell before its check defines kendall"),
        (
            ["def kendall(a, b):\n    return go(a, b)", "def go(a, b):\n    return 1 // 0"],
            "failing",
            "ZeroDivisionError",
        ),
        (["import nowhere\nkendall = nowhere.kendall"], "failing", "ModuleNotFoundError"),
    ],
)
def test_what_is_not_solved_says_why(no_run: Path, cells: list[str], state: str, words: str) -> None:
    (verdict,) = verdicts(make_notebook(no_run, "00_a", [*cells, CHECK])).values()
    assert verdict.state == state
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(verdict.words)


def test_a_decorated_answer_and_a_function_that_is_called_later(no_run: Path) -> None:
    cells = [
        "import functools\nfrom itertools import combinations\nHALF = 0.5",
        "@functools.cache\ndef half():\n    return later()",
        RIGHT.replace("HALF", "half()"),
        "def later():\n    return HALF",
        CHECK,
    ]
    assert states(make_notebook(no_run, "00_a", cells)) == {"kendall": "solved"}


def test_the_command(no_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = ["from itertools import combinations", "HALF = 0.5", RIGHT, CHECK]
    open_cells = ["def weights(p, last):\n    raise NotImplementedError", 'check_exercise("weights", weights)']
    make_notebook(no_run, "00_a")
    make_notebook(no_run, "exercises/00_a", [*cells, *open_cells])
    assert cli.main(["check", "00"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "solved   kendall" and lines[1].startswith("open     weights") and "Hint 1 of 2" in lines[1]
    assert lines[2] == "00_a.ipynb: 1 solved, 0 failing, 1 open"
    copied = no_run / "elsewhere" / "mine.ipynb"
    copied.parent.mkdir()
    shutil.copy(make_notebook(no_run, "exercises/00_a", cells), copied)
    assert cli.main(["check", str(copied)]) == 0
    assert capsys.readouterr().out.endswith("mine.ipynb: 1 solved, 0 failing, 0 open\n")


def test_what_is_no_exercise_notebook_is_named(no_run: Path) -> None:
    path = make_notebook(no_run, "00_a", ["x = 1"])
    with pytest.raises(ToonkitError, match=r"00_a.ipynb has no exercises: no cell calls check_exercise"):
        verdicts(path)
    with pytest.raises(ToonkitError, match="unknown exercise 'kendal'"):
        verdicts(make_notebook(no_run, "00_a", ['check_exercise("kendal", len)']))
    with pytest.raises(ToonkitError, match="unknown exercise notebook '07'"):
        exercise_notebook("07", no_run / "notebooks")
    with pytest.raises(ToonkitError, match="not a readable notebook"):
        verdicts(no_run / "absent.ipynb")


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_the_course_solves_its_own_exercises_and_the_learner_finds_them_open(path: Path) -> None:
    solved, left = states(path), states(path.parent / "exercises" / path.name)
    assert list(solved) == list(left) and len(solved) >= 3
    assert set(solved.values()) == {"solved"} and set(left.values()) == {"open"}
