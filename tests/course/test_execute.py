"""One notebook in its process: folders of any name, and cells that end the notebook before its end."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from papermill.parameterize import add_builtin_parameters, parameterize_path
from tiny import make_notebook, make_project

from toonkit.course.execute import literal
from toonkit.course.notebooks import find_notebooks
from toonkit.course.outcomes import Outcome
from toonkit.course.runner import Runner

NAMES = ["{project}", "b{}", "c{", "}d", "{seed}", "{{seed}}", "{0}", "{seed!r:>9}", "100% %s %(a)s", "a #b?c", "é 画"]


def run(root: Path) -> dict[str, Outcome]:
    outcomes = Runner(root, list(find_notebooks(root / "notebooks").values())).run()
    return {outcome.name: outcome for outcome in outcomes}


def outputs(root: Path, name: str) -> list:
    notebook = nbformat.read(root / "build" / "notebooks" / f"{name}.ipynb", as_version=4)
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.mark.parametrize("name", NAMES)
def test_papermill_fills_nothing_into_a_path(name: str) -> None:
    path = f"/projects/{name}/x.ipynb"
    assert parameterize_path(literal(path), add_builtin_parameters({"seed": 5, "project": "other"})) == path


def test_a_project_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    root = make_project(tmp_path / "{seed} {project} b{} c{ }d {{e}} 100% %s %41 #f é 画")
    make_notebook(root, "00_{seed} {", ["import os\nprint(os.getcwd())"])
    outcome = run(root)["00_{seed} {"]
    assert (outcome.status, outcome.note) == ("passed", "")
    assert [output.text for output in outputs(root, "00_{seed} {")] == [f"{root / 'notebooks'}\n"]


def test_a_cell_that_ends_the_notebook_fails_and_is_named(tmp_path: Path) -> None:
    root = make_project(tmp_path)
    make_notebook(root, "00_raise", ["print('before')", "raise SystemExit", "print('after')"])
    make_notebook(root, "01_exit", ["print('before')", "if profile:\n    exit()", "print('after')"])
    make_notebook(root, "02_quit", ["print('before')\nimport sys", "quit", "print('after')"])
    make_notebook(root, "03_last", ["print('before')\nimport sys", "sys.exit(0)"])
    outcomes = run(root)
    for name, outcome in outcomes.items():
        assert outcome.status == "failed"
        assert outcome.note == "In [4]: SystemExit: this cell ends the notebook; the cells after it do not run"
        assert [output.text for output in outputs(root, name) if output.get("name") == "stdout"] == ["before\n"]
