"""Exercises: `check` on right, wrong and unsolved answers, and the learner's notebooks made from solutions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny import make_notebook, make_project

from toonkit.course.exercises import check, generated, out_of_step, unsolved, write_exercises
from toonkit.project.errors import ToonkitError

SOLUTION = "def double(x):\n    y = x\n    # BEGIN SOLUTION\n    return 2 * y\n    # END SOLUTION"


def always(value: Any) -> Callable[..., Any]:
    return lambda *_: value


@pytest.mark.parametrize(
    "value", [3, 0.1, True, None, "cat", (1, 2.0), [torch.ones(2), "a"], {"a": np.eye(2), "b": {"c": 1}}, torch.eye(3)]
)
def test_the_same_is_correct(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(always(value), always(value)) is True
    assert capsys.readouterr().out == "Correct.\n"


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (None, 1.0, "is None: is a `return` missing"),
        (1.0, 1.1, "1, but 1.1 was expected"),
        (torch.ones(2, 3), torch.ones(3, 2), r"shape \(2, 3\), but \(3, 2\)"),
        (torch.ones(2, 2), torch.tensor([[1.0, 1.0], [1.0, 3.0]]), r"25% .* at \(1, 1\): 1, but 3"),
        (torch.tensor([1.0, float("nan")]), torch.ones(2), r"at \(1,\): nan, but 1"),
        ("cat", "mouse", "'cat', but 'mouse'"),
        ("1", 1, "is a str, but a number"),
        ([torch.ones(1)], {"a": torch.ones(1)}, "is a list, but a dict"),
        ({"a": "x"}, {"b": "x"}, r"entries \['a'\], but \['b'\]"),
        ({"a": {"b": torch.zeros(1)}}, {"a": {"b": torch.ones(1)}}, r"answer\['a'\]\['b'\] is wrong"),
    ],
)
def test_the_wrong_answer_is_explained(mine: object, theirs: object, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check(always(mine), always(theirs))


def test_tolerance_and_hint() -> None:
    assert check(always(1.0), always(1.05), tolerance=0.1)
    with pytest.raises(AssertionError, match=r"Hint: look at eq\. 3"):
        check(always(1.0), always(1.05), hint="look at eq. 3")


def test_an_attempt_cannot_spoil_the_inputs() -> None:
    picture = torch.ones(2)
    assert check(lambda x: x.add_(1), lambda x: x + 1, picture)
    assert torch.equal(picture, torch.ones(2))


def test_unsolved_prints_the_hint(capsys: pytest.CaptureFixture[str]) -> None:
    def attempt(_: int) -> int:
        raise NotImplementedError("your turn")

    assert check(attempt, abs, -3, hint="drop the sign") is False
    assert capsys.readouterr().out == "Not solved yet. Hint: drop the sign\n"


def test_a_solution_becomes_a_task(tmp_path: Path) -> None:
    path = make_notebook(make_project(tmp_path), "00_a", [SOLUTION, "double(1)"])
    content = json.loads(path.read_text())
    content["cells"][2]["metadata"]["tags"] = ["solution"]
    made = unsolved(content)
    source = "".join(made["cells"][2]["source"])
    assert source == 'def double(x):\n    y = x\n    raise NotImplementedError("your turn")'
    with pytest.raises(NotImplementedError):
        exec(source + "\ndouble(1)", {})
    assert '"build/runs/exercises/00_a"' in "".join(made["cells"][1]["source"])
    assert "".join(made["cells"][3]["source"]) == "double(1)"
    assert "BEGIN" in "".join(content["cells"][2]["source"])  # the original is untouched


def test_an_answer_makes_room_for_the_learners(tmp_path: Path) -> None:
    path = make_notebook(make_project(tmp_path), "00_a", ["x = 1"])
    content = json.loads(path.read_text())
    content["cells"].append({"cell_type": "markdown", "metadata": {"tags": ["answer"]}, "source": ["It is 42."]})
    made = unsolved(content)
    assert "".join(made["cells"][-1]["source"]) == "**Your answer to the open question:** ..."
    assert "42" not in json.dumps(made) and "42" in json.dumps(content)


@pytest.mark.parametrize("source", ["return 1", "# BEGIN SOLUTION\n1", "1\n# END SOLUTION"])
def test_a_solution_without_marks_is_refused(source: str) -> None:
    cell = {"cell_type": "code", "source": [source], "metadata": {"tags": ["solution"]}}
    with pytest.raises(ToonkitError, match="lacks `# BEGIN SOLUTION`"):
        unsolved({"cells": [cell], "metadata": {}})


def test_the_folder_is_brought_in_step(tmp_path: Path) -> None:
    folder = make_project(tmp_path) / "notebooks"
    make_notebook(tmp_path, "00_a")
    target, orphan = folder / "exercises" / "00_a.ipynb", folder / "exercises" / "99_old.ipynb"
    assert out_of_step(folder) == [target]
    make_notebook(tmp_path, "exercises/99_old")
    assert write_exercises(folder) == [target, orphan]
    assert target.read_text() == generated(folder)[target]
    assert not orphan.exists() and out_of_step(folder) == []
    target.write_text("{}")
    assert out_of_step(folder) == [target]
