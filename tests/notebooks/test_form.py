"""Every notebook has the course's form: parameters, prose, exercises with checks, a record, no outputs."""

from __future__ import annotations

import ast
import importlib
import itertools
import json
import re
from pathlib import Path

import nbformat
import pytest

from toonkit.course.checks.index import NOTEBOOKS, find_exercise
from toonkit.course.exercises import out_of_step
from toonkit.course.notebooks import find_notebooks, select, tags

FOLDER = Path(__file__).parents[2] / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))
COURSE = (
    *("00_start_here", "01_dataset_building", "02_classical_cartoons", "03_cartoon_gan", "04_damaged_photographs"),
    *("05_residual_adapters", "06_animated_gan", "07_cyclegan_ablations", "08_semantic_whitebox"),
    *("09_blip_guided_diffusion", "10_evaluation", "11_loss_explorer"),
)
every = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
ROOM = [path for path in PATHS if path.stem.partition("_")[2] in NOTEBOOKS]  # its exercises are in the package
of_the_room = pytest.mark.parametrize("path", ROOM, ids=lambda path: path.stem)


def cells(path: Path) -> list[nbformat.NotebookNode]:
    return nbformat.read(path, as_version=4).cells


def tagged(path: Path, tag: str) -> list[int]:
    return [index for index, cell in enumerate(cells(path)) if tag in tags(cell)]


def test_every_notebook_has_its_place_in_the_course() -> None:
    """Numbers are of the whole course, which has places for chapters that are not written yet."""
    known = find_notebooks(FOLDER, exercises=True)
    assert [entry.name for entry in select(known, known)]
    names = [path.stem for path in PATHS]
    assert names == [name for name in COURSE if name in names] and names[:6] == list(COURSE[:6])


@every
def test_outputs_are_stripped_and_the_format_is_valid(path: Path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@every
def test_every_cell_has_a_name_of_its_own(path: Path) -> None:
    names = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]  # nbformat would mend them
    assert len(names) == len(set(names))


@every
def test_the_parameters_are_the_three_and_are_checked(path: Path) -> None:
    (at,) = tagged(path, "parameters")
    assert cells(path)[at].source == f'profile = "quick"\nseed = 0\nrun_dir = "build/runs/{path.stem}"'
    code = "\n".join(cell.source for cell in cells(path)[at + 1 :] if cell.cell_type == "code")
    assert re.search(r"check_parameters\(profile=profile, seed=seed, run_dir=run_dir\)", code)


@every
def test_it_begins_with_a_title_and_prose_precedes_code(path: Path) -> None:
    content = cells(path)
    assert content[0].cell_type == "markdown" and content[0].source.startswith("# ")
    for before, cell in itertools.pairwise(content):
        if cell.cell_type == "code" and not {"check"} & set(tags(cell)):
            assert before.cell_type == "markdown", cell.source


@every
def test_three_exercises_or_more_each_with_solution_and_check(path: Path) -> None:
    content, starts = cells(path), tagged(path, "exercise")
    assert len(starts) >= 3
    assert [start + 1 for start in starts] == tagged(path, "solution")
    for number, start in enumerate(starts, start=1):
        title = rf"^#+ Exercise {number} \((easy|medium|hard), \d+ min\)"
        assert re.search(title, content[start].source, re.MULTILINE), content[start].source
        solution, check = content[start + 1].source, content[start + 2]
        assert solution.count("# BEGIN SOLUTION\n") == solution.count("# END SOLUTION") >= 1
        assert "check" in tags(check) and re.search(r"\bcheck(_exercise)?\(", check.source)
        ast.parse(solution)


@of_the_room
def test_no_solution_stands_beside_its_exercise(path: Path) -> None:
    """What a check compares with is in the package, and the learner writes the function that it names."""
    for check, solution in zip(tagged(path, "check"), tagged(path, "solution"), strict=True):
        (name,) = re.findall(r'check_exercise\("(\w+)", (?:\1)\)', cells(path)[check].source)
        assert not re.search(r"\blambda\b|\bdef\b", cells(path)[check].source)
        assert f"def {name}(" in cells(path)[solution].source
        assert find_exercise(name).name == name


@of_the_room
def test_it_says_what_it_is_for_and_what_to_take_away(path: Path) -> None:
    first, last = cells(path)[0].source, cells(path)[-1].source
    for words in ("**You will be able to**", "You need", "minutes"):
        assert words in re.sub(r"\s+", " ", first)
    assert last.startswith("## Take away\n") and last.count("\n- ") == 3
    assert re.search(r"\]\(https://", last)


@every
def test_it_ends_with_the_record_and_what_did_not_reproduce(path: Path) -> None:
    content = cells(path)
    last = max(index for index, cell in enumerate(content) if cell.cell_type == "code")
    assert re.search(r"\brecord\(\s*(p\.)?run_dir", content[last].source)
    assert last > max(tagged(path, "check"))
    assert content[-1].cell_type == "markdown"


@every
def test_names_and_texts_are_free_of_leftovers(path: Path) -> None:
    text = "\n".join(cell.source for cell in cells(path))
    assert not re.search(r"TODO|FIXME|XXX|/tmp/|!pip|%pip", text)
    assert r"\overline" not in text  # browsers draw it over one letter, which changes the formula; write \mathbb{E}


def test_the_exercise_notebooks_are_in_step() -> None:
    assert out_of_step(FOLDER) == []


def test_every_name_of_the_glossary_is_in_the_package() -> None:
    """A module, and what it is said to hold; and every word has a notebook of the course."""
    (glossary,) = (
        cell.source for cell in cells(FOLDER / "00_start_here.ipynb") if cell.source.startswith("## Glossary")
    )
    rows = re.findall(r"^\|.*\| `(toonkit\.[\w.]+)` \| ([\d, ]+) \|$", glossary, re.MULTILINE)
    assert len(rows) > 30 and len(rows) == len(glossary.splitlines()) - 6
    for name, notebooks in rows:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name
        assert all(any(path.stem.startswith(number) for path in PATHS) for number in notebooks.split(", ")), notebooks
