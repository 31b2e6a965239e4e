"""The course as a dependency table: which notebooks there are, what each needs, and in which order they run."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from toonkit.course.parameters import NAMES, assigned_names
from toonkit.project.errors import ToonkitError, check_name

TIMEOUT = 600.0  # seconds, where a notebook's metadata names none


@dataclass(frozen=True)
class Notebook:
    """One notebook: `needs` names those that must pass before it, `timeout` is in seconds of wall time."""

    name: str  # "02_classical_cartoons", or "exercises/02_classical_cartoons"
    path: Path
    title: str
    needs: tuple[str, ...]
    timeout: float


def find_notebooks(folder: Path, exercises: bool = False) -> dict[str, Notebook]:
    """All notebooks in `folder` by name, in order; with `exercises`, also those in its folder of that name.

    Raises ToonkitError for a folder without notebooks or a notebook that breaks the course's form.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if exercises:
        paths += sorted(folder.glob("exercises/*.ipynb"))
    if not paths:
        raise ToonkitError(f"no notebooks in {folder}; run from the project's folder")
    notebooks = [read_notebook(path, folder) for path in paths]
    return {notebook.name: notebook for notebook in notebooks}


def read_notebook(path: Path, folder: Path) -> Notebook:
    """Read one notebook's name, title and `toonkit` metadata: {"needs": [names], "timeout": seconds}."""
    content = load(path)
    own = content["metadata"].get("toonkit", {})
    for key in own:
        check_name(f"toonkit metadata of {path.name}", key, ("needs", "timeout"))
    missing = set(NAMES) - set(assigned_names(source_of(content, "parameters")))
    if missing:
        raise ToonkitError(f"notebook {path} has no cell tagged `parameters` that sets {', '.join(sorted(missing))}")
    name = path.relative_to(folder).with_suffix("").as_posix()
    return Notebook(
        name=name,
        path=path,
        title=_title(content, name),
        needs=tuple(own.get("needs", ())),
        timeout=float(own.get("timeout", TIMEOUT)),
    )


def load(path: Path) -> dict[str, Any]:
    """A notebook's JSON. Raises ToonkitError where the file is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ToonkitError(f"{path} is not a readable notebook: {error}") from error
    if not isinstance(content, dict) or "cells" not in content or "metadata" not in content:
        raise ToonkitError(f"{path} is not a notebook: it has no cells or no metadata")
    return content


def tags(cell: Mapping[str, Any]) -> list[str]:
    """A cell's tags."""
    return cell.get("metadata", {}).get("tags", [])


def source_of(content: Mapping[str, Any], tag: str) -> str:
    """The source of the first cell with this tag, or an empty text where no cell has it or its code does not parse."""
    source = next(("".join(cell["source"]) for cell in content["cells"] if tag in tags(cell)), "")
    try:
        ast.parse(source)
    except SyntaxError:
        return ""
    return source


def _title(content: Mapping[str, Any], name: str) -> str:
    lines = (line for cell in content["cells"] if cell["cell_type"] == "markdown" for line in cell["source"])
    text = next((line for line in "".join(lines).splitlines() if line.startswith("# ")), f"# {name}")
    number = Path(name).name.split("_")[0]
    return f"{number} {text.removeprefix('# ').removeprefix(number).strip()}"


def select(known: Mapping[str, Notebook], names: Iterable[str], exercises: bool = False) -> list[Notebook]:
    """The named notebooks and all that they need, each after its needs; with `exercises`, their exercise notebooks too.

    A name may be shortened to a beginning that only one notebook has ("02"), or be the notebook's path. Raises
    ToonkitError for an unknown name or need, and for needs that go round in a circle.
    """
    wanted = [_full_name(known, name) for name in names]
    wanted += [f"exercises/{name}" for name in wanted if exercises and f"exercises/{name}" in known]
    graph: dict[str, tuple[str, ...]] = {}
    while wanted:
        name = wanted.pop()
        if name not in graph:
            graph[name] = tuple(check_name(f"need of {name}", need, list(known)) for need in known[name].needs)
            wanted.extend(graph[name])
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise ToonkitError(f"notebooks need each other in a circle: {' -> '.join(error.args[1])}") from error
    order: list[str] = []
    for name in known:
        if name in graph:
            _append(order, name, graph)
    return [known[name] for name in order]


def _append(order: list[str], name: str, graph: Mapping[str, tuple[str, ...]]) -> None:
    """Append what `name` needs, then `name` itself, unless they are there."""
    for need in graph[name]:
        _append(order, need, graph)
    if name not in order:
        order.append(name)


def _full_name(known: Mapping[str, Notebook], name: str) -> str:
    """The one notebook that `name` means; raises ToonkitError where it means none or several."""
    if name in known:
        return name
    path = Path(name).resolve()
    matching = [entry.name for entry in known.values() if path.suffix == ".ipynb" and entry.path.resolve() == path]
    if not matching:
        matching = [entry for entry in known if entry.startswith(name)]
    return matching[0] if len(matching) == 1 else check_name("notebook", name, list(known))
