"""Exercises: the learner's notebooks are generated from the tagged solutions."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from toonkit.course.notebooks import load, tags
from toonkit.project.errors import ToonkitError
from toonkit.project.records import write_bytes

OWN_ANSWER = "**Your answer to the open question:** ..."


def unsolved(content: dict[str, Any]) -> dict[str, Any]:
    """A copy of a notebook for the learner: every tagged solution becomes a line that raises NotImplementedError.

    Answers to open questions, tagged `answer`, make room for the learner's own. Its outputs go to a run folder of their
    own. Raises ToonkitError for a solution without its two marker lines.
    """
    result = copy.deepcopy(content)
    for cell in result["cells"]:
        source = "".join(cell["source"])
        if "solution" in tags(cell):
            source = _without_solution(source)
        elif "answer" in tags(cell):
            source = OWN_ANSWER
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
