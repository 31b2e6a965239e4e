"""The dependency table: what notebooks need, in which order they run, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny import make_notebook

from toonkit.course.notebooks import TIMEOUT, find_notebooks, select
from toonkit.project.errors import ToonkitError


@pytest.fixture
def folder(no_run: Path) -> Path:
    """01 needs 02, 03 needs 01: the order of numbers is not the order of needs."""
    make_notebook(no_run, "01_b", needs=["02_c"], timeout=7, title="Second")
    make_notebook(no_run, "02_c")
    make_notebook(no_run, "03_d", needs=["01_b"])
    make_notebook(no_run, "exercises/03_d", needs=["01_b"])
    return no_run / "notebooks"


def names(entries: list) -> list[str]:
    return [entry.name for entry in entries]


def test_what_a_notebook_says_of_itself(folder: Path) -> None:
    known = find_notebooks(folder, exercises=True)
    assert list(known) == ["01_b", "02_c", "03_d", "exercises/03_d"]
    assert (known["01_b"].title, known["01_b"].needs, known["01_b"].timeout) == ("01 Second", ("02_c",), 7)
    assert list(find_notebooks(folder)) == ["01_b", "02_c", "03_d"]


def test_needs_come_along_and_come_first(folder: Path) -> None:
    known = find_notebooks(folder, exercises=True)
    assert names(select(known, ["03_d"])) == ["02_c", "01_b", "03_d"]
    assert names(select(known, ["02_c"])) == ["02_c"]
    assert names(select(known, ["03_d"], exercises=True)) == ["02_c", "01_b", "03_d", "exercises/03_d"]
    make_notebook(folder.parent, "04_e")
    make_notebook(folder.parent, "05_f", needs=["02_c"])
    assert names(select(find_notebooks(folder), ["05", "04", "01"])) == ["02_c", "01_b", "04_e", "05_f"]


def test_a_name_may_be_short_or_a_path(folder: Path) -> None:
    known = find_notebooks(folder, exercises=True)
    assert names(select(known, ["02"])) == names(select(known, ["notebooks/02_c.ipynb"])) == ["02_c"]
    with pytest.raises(ToonkitError, match="unknown notebook '0'; known: 01_b, 02_c"):
        select(known, ["0"])
    with pytest.raises(ToonkitError, match="unknown notebook '04_e'"):
        select(known, ["04_e"])


def test_unknown_needs_and_circles(folder: Path) -> None:
    make_notebook(folder.parent, "02_c", needs=["03_d"])
    with pytest.raises(ToonkitError, match=r"in a circle: .*01_b"):
        select(find_notebooks(folder), ["01_b"])
    make_notebook(folder.parent, "02_c", needs=["09_z"])
    with pytest.raises(ToonkitError, match="unknown need of 02_c '09_z'"):
        select(find_notebooks(folder), ["01_b"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a readable notebook"),
        ("[]", "not a notebook"),
        ('{"cells": [], "metadata": {}}', "no cell tagged `parameters` that sets profile, run_dir, seed"),
        ('{"cells": [], "metadata": {"toonkit": {"need": []}}}', "unknown toonkit metadata of 09_z.ipynb 'need'"),
    ],
)
def test_files_that_break_the_form(folder: Path, text: str, words: str) -> None:
    (folder / "09_z.ipynb").write_text(text)
    with pytest.raises(ToonkitError, match=words):
        find_notebooks(folder)


def test_metadata_is_optional_and_an_empty_folder_is_not(folder: Path, tmp_path: Path) -> None:
    path = folder / "02_c.ipynb"
    content = json.loads(path.read_text())
    del content["metadata"]["toonkit"]
    path.write_text(json.dumps(content))
    assert find_notebooks(folder)["02_c"].timeout == TIMEOUT
    with pytest.raises(ToonkitError, match="no notebooks in"):
        find_notebooks(tmp_path / "build")
