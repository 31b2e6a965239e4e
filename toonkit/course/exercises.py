"""Exercises: `check` compares the learner's own object with a reference; the learner's notebooks are generated."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from toonkit.course.notebooks import load, tags
from toonkit.project.errors import ToonkitError
from toonkit.project.records import write_bytes


def check(
    attempt: Callable[..., Any], expected: Callable[..., Any], *inputs: Any, tolerance: float = 1e-5, hint: str = ""
) -> bool:
    """Run the learner's `attempt` and the reference `expected` on copies of `inputs` and compare what they return.

    Numbers, tensors, arrays, texts and nested tuples, lists and dicts are compared; numbers to an absolute `tolerance`
    (plus the same, relative). Prints "Correct." and returns True; prints the hint and returns False where the attempt
    raises NotImplementedError; raises AssertionError saying where a wrong attempt differs.
    """
    try:
        answer = attempt(*copy.deepcopy(inputs))
    except NotImplementedError:
        print(f"Not solved yet. Hint: {hint}" if hint else "Not solved yet.")
        return False
    difference = _difference(answer, expected(*copy.deepcopy(inputs)), tolerance, "your answer")
    if difference:
        raise AssertionError(difference + (f" Hint: {hint}" if hint else ""))
    print("Correct.")
    return True


def _difference(answer: Any, wanted: Any, tolerance: float, where: str) -> str:
    """A sentence on the first difference, or an empty text."""
    if answer is None and wanted is not None:
        return f"{where} is None: is a `return` missing?"
    if isinstance(wanted, Mapping | tuple | list) and not _is_numeric(wanted):
        return _nested(answer, wanted, tolerance, where)
    if isinstance(wanted, str | bool | type(None)) or not _is_numeric(wanted):
        return "" if answer == wanted else f"{where} is {answer!r}, but {wanted!r} was expected."
    if not _is_numeric(answer):
        return f"{where} is a {type(answer).__name__}, but numbers (a {type(wanted).__name__}) were expected."
    return _numbers(_array(answer), _array(wanted), tolerance, where)


def _nested(answer: Any, wanted: Any, tolerance: float, where: str) -> str:
    comparable = Mapping if isinstance(wanted, Mapping) else (tuple, list)
    if not isinstance(answer, comparable):
        return f"{where} is a {type(answer).__name__}, but a {type(wanted).__name__} was expected."
    mine = _entries(answer)
    theirs = _entries(wanted)
    if mine.keys() != theirs.keys():
        return f"{where} has the entries {list(mine)}, but {list(theirs)} were expected."
    for key in theirs:
        difference = _difference(mine[key], theirs[key], tolerance, f"{where}[{key!r}]")
        if difference:
            return difference
    return ""


def _entries(value: Any) -> dict[Any, Any]:
    return dict(value.items() if isinstance(value, Mapping) else enumerate(value))


def _numbers(mine: np.ndarray, theirs: np.ndarray, tolerance: float, where: str) -> str:
    if mine.shape != theirs.shape:
        return f"{where} has shape {mine.shape}, but {theirs.shape} was expected."
    if np.allclose(mine, theirs, rtol=tolerance, atol=tolerance, equal_nan=True):
        return ""
    gap = np.abs(mine.astype(complex) - theirs.astype(complex))
    gap = np.where(np.isnan(gap), np.inf, gap)
    worst = np.unravel_index(int(np.argmax(gap)), gap.shape)
    place = f" at {tuple(map(int, worst))}" if gap.ndim else ""
    share = f"{(gap > tolerance).mean():.0%} of the values differ; " if gap.size > 1 else ""
    return (
        f"{where} is wrong: {share}the largest difference{place}: {mine[worst]:.6g}, "
        f"but {theirs[worst]:.6g} was expected."
    )


def _is_numeric(value: Any) -> bool:
    """A number, tensor or array, or a list or tuple made of plain numbers only."""
    if isinstance(value, tuple | list):
        return bool(value) and all(isinstance(entry, int | float) and not isinstance(entry, bool) for entry in value)
    return isinstance(value, int | float | complex | np.generic | np.ndarray) or hasattr(value, "detach")


def _array(value: Any) -> np.ndarray:
    return np.asarray(value.detach().cpu().numpy() if hasattr(value, "detach") else value)


def unsolved(content: dict[str, Any]) -> dict[str, Any]:
    """A copy of a notebook for the learner: every tagged solution becomes a line that raises NotImplementedError.

    Its outputs go to a run folder of their own. Raises ToonkitError for a solution without its two marker lines.
    """
    result = copy.deepcopy(content)
    for cell in result["cells"]:
        source = "".join(cell["source"])
        if "solution" in tags(cell):
            source = _without_solution(source)
        elif "parameters" in tags(cell):
            source = source.replace('"build/runs/', '"build/runs/exercises/')
        cell["source"] = source.splitlines(keepends=True)
    return result


def _without_solution(source: str) -> str:
    marked = re.compile(r"^([ \t]*)# BEGIN SOLUTION\n.*?^[ \t]*# END SOLUTION", re.DOTALL | re.MULTILINE)
    result, count = marked.subn(r'\1raise NotImplementedError("your turn")', source)
    if count == 0 or "SOLUTION" in result:
        raise ToonkitError(f"a solution cell lacks `# BEGIN SOLUTION` or `# END SOLUTION`: {source[:60]!r}")
    return result


def generated(folder: Path) -> dict[Path, str]:
    """The exercise notebooks that belong to the notebooks in `folder`, as text by path."""
    pages = {folder / "exercises" / path.name: unsolved(load(path)) for path in sorted(folder.glob("*.ipynb"))}
    return {path: json.dumps(page, indent=1, ensure_ascii=False, sort_keys=True) + "\n" for path, page in pages.items()}


def out_of_step(folder: Path) -> list[Path]:
    """Exercise notebooks that are absent, differ from what `folder` generates, or belong to no notebook there."""
    wanted = generated(folder)
    present = set(folder.glob("exercises/*.ipynb"))
    orphans = present - wanted.keys()
    differ = [path for path, text in wanted.items() if path not in present or path.read_text(encoding="utf-8") != text]
    return sorted([*differ, *orphans])


def write_exercises(folder: Path) -> list[Path]:
    """Bring folder/exercises in step and return what was written or removed."""
    changed = out_of_step(folder)
    wanted = generated(folder)
    for path in changed:
        if path in wanted:
            write_bytes(path, wanted[path].encode())
        else:
            path.unlink()
    return changed
