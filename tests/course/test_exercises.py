"""Exercises: the learner's notebooks made from solutions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny import make_notebook, make_project

from toonkit.course.exercises import generated, out_of_step, unsolved, write_exercises
from toonkit.project.errors import ToonkitError

SOLUTION = "def double(x):\n    y = x\n    # BEGIN SOLUTION\n    return 2 * y\n    # END SOLUTION"


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
    assert "It is 42" not in json.dumps(made) and "It is 42" in json.dumps(content)


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
