"""Which exercises of a learner's notebook are solved, wrong or open, without running the notebook."""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toonkit.course.checks.index import Verdict, find_exercise, judge
from toonkit.course.notebooks import find_notebooks, load
from toonkit.course.slices import Statement, evaluated, statements
from toonkit.project.errors import ToonkitError, check_name

CALL = "check_exercise"


@dataclass(frozen=True)
class Task:
    """One call of `check_exercise` in a notebook, and how many statements stand before it."""

    exercise: str
    attempt: str  # an expression, mostly the name of a function
    before: int


def exercise_notebook(name: str, folder: Path) -> Path:
    """The notebook that a learner means: a path, or the beginning of a name in `folder`/exercises ("02").

    Raises ToonkitError where there is none, or several.
    """
    if Path(name).suffix == ".ipynb":
        return Path(name)
    known = [entry.removeprefix("exercises/") for entry in find_notebooks(folder, exercises=True) if "/" in entry]
    matching = [entry for entry in known if entry.startswith(name)]
    found = matching[0] if len(matching) == 1 else check_name("exercise notebook", name, known)
    return folder / "exercises" / f"{found}.ipynb"


def verdicts(path: Path) -> dict[str, Verdict]:
    """What is to say of each exercise of the notebook `path`, by name, in its order.

    Of the notebook only those statements are run that an answer needs. Raises ToonkitError for a file that is no
    notebook, has no exercises, or names one that is unknown.
    """
    found = statements(load(path))
    tasks = list(_tasks(found))
    if not tasks:
        raise ToonkitError(f"{path} has no exercises: no cell calls {CALL}(...)")
    return {task.exercise: _verdict(found, task) for task in tasks}


def _tasks(found: list[Statement]) -> Iterator[Task]:
    for place, statement in enumerate(found):
        if CALL not in statement.reads:
            continue
        for node in ast.walk(ast.parse(statement.code)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == CALL and len(node.args) == 2:
                name, attempt = node.args
                yield Task(ast.literal_eval(name), ast.unparse(attempt), place)


def _verdict(found: list[Statement], task: Task) -> Verdict:
    find_exercise(task.exercise)  # an unknown one is an error of the notebook, not an answer
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return judge(task.exercise, evaluated(found, task.attempt, task.before))
    except Exception as error:  # whatever the learner's cells raise
        return Verdict("failing", f"what it needs does not run: {type(error).__name__}: {error}")
