"""What holds for the project as a whole: the order of its rooms, its pins, its size, its words, its numbers."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
import yaml

from toonkit.cli import build_parser
from toonkit.course.result_tables import PAGES, fill_tables

ROOT = Path(__file__).parents[1]
ROOMS = (
    *("project", "world", "images", "filters", "networks", "losses", "metrics", "training", "chapters"),
    *("course", "export", "commands", "cli", "__main__"),
)
PACKAGE = sorted((ROOT / "toonkit").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@cache
def tracked() -> list[Path]:
    """The files that git keeps, or would keep."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def imported(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room(name: str) -> str:
    return name.split(".")[1]


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_its_left(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts == ("toonkit", "__init__"):
        assert not imported(path)
        return
    theirs = {room(name) for name in imported(path) if name.startswith("toonkit.")} - {"__version__"}
    assert parts[1] in ROOMS
    assert {name for name in theirs if ROOMS.index(name) > ROOMS.index(parts[1])} == set()


@pytest.mark.parametrize("what", ["toonkit.cli; toonkit.cli.build_parser()", "toonkit.course.execute"])
def test_what_starts_often_loads_nothing_heavy(what: str) -> None:
    """The command line, and the process that each notebook is run from."""
    heavy = "{'torch', 'numpy', 'PIL', 'cv2', 'matplotlib', 'papermill', 'psutil'}"
    code = f"import sys, {what}; print(*({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    return {re.match(r"[\w.-]+", name)[0] for name in names}


def test_conda_and_pip_have_the_same_pins() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    from_pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert from_pip == [*pins(), "-e ."]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins())
    assert pins() == sorted(pins(), key=str.lower)


def test_every_dependency_is_pinned_and_every_import_declared() -> None:
    assert {pin.split("==")[0] for pin in pins()} == declared()
    names = {name.split(".")[0] for path in (*PACKAGE, *TESTS) for name in imported(path)}
    known = {"sklearn": ["scikit-learn"]} | packages_distributions()  # an extra may be absent
    own = {"toonkit", *sys.stdlib_module_names, *(path.stem for path in TESTS)}
    packages = {plain(known.get(name, [name])[0]) for name in names - own}
    assert packages - {plain(name) for name in declared()} == set()


def plain(name: str) -> str:
    """A distribution's name in the one spelling that all others stand for."""
    return re.sub(r"[-_.]+", "-", name).lower()


def code_lines(function: ast.FunctionDef) -> int:
    """Lines of a function from its `def` to its end, without its docstring."""
    documented = ast.get_docstring(function) is not None
    docstring = function.body[0].end_lineno - function.body[0].lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


def test_files_and_functions_stay_small() -> None:
    """A file is read in one sitting: under 200 lines (tests 300). ruff bounds a function's branches, we its lines."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in (*PACKAGE, *TESTS)}
    assert {
        path: length for path, length in lengths.items() if length >= (300 if path.startswith("tests") else 200)
    } == {}
    functions = [
        (f"{path.relative_to(ROOT)}:{node.name}", code_lines(node))
        for path in PACKAGE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert {name: length for name, length in functions if length > 40} == {}


def test_no_local_path_and_no_registry_in_what_is_kept() -> None:
    """Nobody's folders, and no host of a package registry, in any file that git keeps."""
    words = (r"py" + r"pi\.", "python" + "hosted", "/wo" + "rk/", r"\.\./sha" + "red", "/ho" + "me/", "/ro" + "ot/")
    pattern = re.compile("|".join(words))
    allowed = {ROOT / ".ci" / "run"}
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in tracked() if path not in allowed}
    assert {str(path): match[0] for path, text in texts.items() if (match := pattern.search(text))} == {}


def test_nothing_large_and_nothing_built_is_kept() -> None:
    sizes = {str(path): path.stat().st_size for path in tracked() if (ROOT / "data" / "weights") not in path.parents}
    assert {path: size for path, size in sizes.items() if size > 2_000_000} == {}
    elsewhere = [path for path in sizes if Path(path).parent != ROOT / "figures"]  # a sheet of ours may be a .jpg
    assert [path for path in elsewhere if path.endswith((".pyc", ".part", ".jpg", ".jpeg"))] == []


@pytest.mark.parametrize("name", [name for name in PAGES if (ROOT / name).exists()])
def test_the_pages_show_the_records(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert fill_tables(text, ROOT / "data" / "results") == text


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_the_readme_names_only_commands_and_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert set(re.findall(r"toonkit ([a-z]+) ", text)) <= set(commands)
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`?make (?:PYTHON=\S+ )?([a-z]+)\b", text)) <= set(targets)
    links = re.findall(r"\]\(((?!http)[^)#]+)\)|src=\"((?!http)[^\"]+)\"", text)
    assert [link for pair in links for link in pair if link and not (ROOT / link).exists()] == []
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert set(re.findall(r"`(\d\d_\w+)`", text)) == notebooks


def test_every_figure_has_its_facts() -> None:
    shown = [path for path in (ROOT / "figures").iterdir() if path.suffix != ".json"]
    assert {path.suffix for path in shown} == {".png", ".jpg"}
    for path in shown:
        facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert re.match(r"[0-9a-f]{40}", facts["commit"]), path
