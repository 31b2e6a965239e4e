"""Every exercise's check takes right answers of several styles and refuses plausible wrong ones."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import torch

from toonkit.course.checks.exercise import Attempt, NotSolved, WrongAnswer
from toonkit.course.checks.index import NOTEBOOKS, check_exercise, exercises, find_exercise, hint
from toonkit.project.errors import ToonkitError

ANSWERS = [import_module(f"answers_{notebook}") for notebook in NOTEBOOKS]
RIGHT = {name: answers for module in ANSWERS for name, answers in module.RIGHT.items()}
WRONG = {name: answers for module in ANSWERS for name, answers in module.WRONG.items()}


def table(answers: dict[str, dict[str, Attempt]]) -> list:
    rows = [(name, words, attempt) for name, own in answers.items() for words, attempt in own.items()]
    return [pytest.param(name, attempt, id=f"{name}: {words}") for name, words, attempt in rows]


def test_every_exercise_has_two_right_answers_four_wrong_ones_and_two_hints() -> None:
    assert list(RIGHT) == list(WRONG) == list(exercises())
    assert all(len(answers) >= 2 for answers in RIGHT.values())
    assert all(len(answers) >= 4 for answers in WRONG.values())
    assert all(len(entry.hints) >= 2 for entry in exercises().values())


@pytest.mark.parametrize(("name", "attempt"), table(RIGHT))
def test_a_right_answer_is_accepted(name: str, attempt: Attempt) -> None:
    find_exercise(name).test(attempt)


@pytest.mark.parametrize(("name", "attempt"), table(WRONG))
def test_a_wrong_answer_is_refused(name: str, attempt: Attempt) -> None:
    with pytest.raises(WrongAnswer, match=r"^On .+\(.*\): "):
        find_exercise(name).test(attempt)


@pytest.mark.parametrize("name", list(exercises()))
def test_nothing_gets_by_without_an_answer(name: str) -> None:
    def unsolved(*_: object) -> None:
        raise NotImplementedError("your turn")

    def broken(*_: object) -> None:
        raise IndexError("out of range")

    with pytest.raises(NotSolved):
        find_exercise(name).test(unsolved)
    with pytest.raises(WrongAnswer, match="it raised IndexError: out of range"):
        find_exercise(name).test(broken)
    for value in (None, True, 0, "", [], torch.ones(3), np.nan):
        with pytest.raises(WrongAnswer):
            find_exercise(name).test(lambda *_, value=value: value)
    with pytest.raises(WrongAnswer):
        find_exercise(name).test(lambda *given: given[0])


def test_what_the_notebook_says(capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong = RIGHT["kendall"]["pairs"], WRONG["kendall"]["opposite"]
    assert check_exercise("kendall", right) is True
    assert capsys.readouterr().out == "Correct.\n"

    def unsolved(first: list[float], second: list[float]) -> float:
        raise NotImplementedError

    assert check_exercise("kendall", unsolved) is False
    words = capsys.readouterr().out
    assert words.startswith("Not solved yet. Hint 1 of 2: A pair (i, j)") and 'hint("kendall", 2)' in words
    with pytest.raises(WrongAnswer, match=r"On two lists \(\[1.0, 2.0, 3.0\], \[3.0, 1.0, 2.0\]\): your answer is 0.3"):
        check_exercise("kendall", wrong)
    assert hint("kendall", 2).startswith("Hint 2 of 2: itertools")
    with pytest.raises(ToonkitError, match="has the hints 1 to 2, not 3"):
        hint("kendall", 3)
    with pytest.raises(ToonkitError, match="unknown exercise 'kendal'"):
        check_exercise("kendal", right)
