"""All exercises of the course by name, and what a notebook calls: `check_exercise` and `hint`.

What an exercise is gets imported when one is asked for: it needs torch, and who runs a notebook does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from toonkit.project.errors import ToonkitError, check_name

if TYPE_CHECKING:
    from toonkit.course.checks.exercise import Attempt, Exercise

NOTEBOOKS = (
    *("start_here", "dataset_building", "classical_cartoons", "cartoon_gan", "damaged_photographs"),
    *("residual_adapters", "animated_gan", "cyclegan_ablations", "semantic_whitebox", "blip_guided_diffusion"),
    *("evaluation", "loss_explorer"),
)


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by the name of the function that the learner writes, in the order of the course."""
    from toonkit.course.checks.exercise import Exercise

    modules = [import_module(f"toonkit.course.checks.{notebook}") for notebook in NOTEBOOKS]
    found = [entry for module in modules for entry in vars(module).values() if isinstance(entry, Exercise)]
    return {entry.name: entry for entry in found}


def find_exercise(name: str) -> Exercise:
    """The exercise `name`. Raises ToonkitError for an unknown one."""
    return exercises()[check_name("exercise", name, list(exercises()))]


@dataclass(frozen=True)
class Verdict:
    """`state` is "solved", "failing" or "open"; `words` say what differed, or the first hint."""

    state: str
    words: str = ""


def judge(name: str, attempt: Attempt) -> Verdict:
    """Try the learner's `attempt` at the exercise `name` on many inputs. Raises ToonkitError for an unknown name."""
    from toonkit.course.checks.exercise import NotSolved, WrongAnswer

    one = find_exercise(name)
    try:
        one.test(attempt)
    except NotSolved:
        return Verdict("open", hint(name))
    except WrongAnswer as wrong:
        return Verdict("failing", str(wrong))
    return Verdict("solved")


def check_exercise(name: str, attempt: Attempt) -> bool:
    """Judge the learner's `attempt` at the exercise `name`, in a notebook.

    Prints "Correct." and returns True; prints the first hint and returns False while the attempt still raises
    NotImplementedError; raises WrongAnswer, which says what differed on which input. Raises ToonkitError for an
    unknown name.
    """
    from toonkit.course.checks.exercise import WrongAnswer

    verdict = judge(name, attempt)
    if verdict.state == "failing":
        raise WrongAnswer(f'{verdict.words} For help: hint("{name}").')
    solved = verdict.state == "solved"
    print("Correct." if solved else f'Not solved yet. {verdict.words} More: hint("{name}", 2).')
    return solved


def hint(name: str, number: int = 1) -> str:
    """Hint `number` of an exercise; each tells more than the one before. Raises ToonkitError where there is none."""
    hints = find_exercise(name).hints
    if not 1 <= number <= len(hints):
        raise ToonkitError(f"exercise {name} has the hints 1 to {len(hints)}, not {number}")
    return f"Hint {number} of {len(hints)}: {hints[number - 1]}"
