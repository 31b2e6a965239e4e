"""Predictions that a learner commits before an experiment: kept, and held against what was found."""

from __future__ import annotations

import json
from typing import Any

from toonkit.course.parameters import current_run
from toonkit.project.errors import ToonkitError
from toonkit.project.records import write_json

KEPT = "predictions.json"


def confront(question: str, guess: Any, found: Any, near: float = 0.1) -> bool | None:
    """Hold a learner's `guess` against what was `found`, print both, and keep them in the run's folder.

    Returns whether they agree, for numbers within the share `near` of what was found (or within `near` of 0), for
    anything else exactly; None where nothing was guessed, as in a headless run. Raises ToonkitError before
    `check_parameters`.
    """
    run = current_run()
    if run is None:
        raise ToonkitError("confront() before check_parameters(); run the notebook's first cells")
    found = _plain(found)
    if guess is None:
        print(f"{question}: you made no prediction. Set my_guess, and run this cell again.")
        return None
    told = f"{found:.4g}" if isinstance(found, float) else str(found)
    guess = _plain(guess)
    right = _agrees(guess, found, near)
    print(f"{question}: you said {guess}, it is {told}. {'As you said.' if right else 'What did you overlook?'}")
    path = run.run_dir / KEPT
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    write_json(path, kept | {question: {"guess": guess, "found": found, "right": right}})
    return right


def _agrees(guess: Any, found: Any, near: float) -> bool:
    numbers = [isinstance(value, int | float) and not isinstance(value, bool) for value in (guess, found)]
    if all(numbers):
        return abs(guess - found) <= near * max(abs(found), 1.0 if found == 0 else 0.0)
    if isinstance(guess, str) and isinstance(found, str):
        return guess.strip().lower() == found.strip().lower()
    return guess == found


def _plain(value: Any) -> Any:
    """A number, truth value or text, out of a tensor or array of one. Raises ToonkitError for what JSON has not."""
    value = value.item() if hasattr(value, "item") else value
    if not isinstance(value, int | float | str | bool):
        raise ToonkitError(f"a prediction is a number, a word or True or False, not {value!r}")
    return value
