"""Predictions held against what was found, and kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from toonkit.course import parameters
from toonkit.course.parameters import check_parameters
from toonkit.course.predictions import KEPT, confront
from toonkit.project.errors import ToonkitError


@pytest.fixture
def folder(no_run: Path) -> Path:
    return check_parameters(profile="quick", seed=0, run_dir="build/runs/00_a").run_dir


@pytest.mark.parametrize(
    ("guess", "found", "right"),
    [
        (100, 105.0, True),
        (100, 130.0, False),
        (0.05, 0, True),
        (0.2, 0.0, False),
        (-1.0, 1.0, False),
        ("Ink ", "ink", True),
        ("wash", "ink", False),
        (True, True, True),
        (True, False, False),
        (torch.tensor(2.0), np.float32(2.1), True),
        ("2", 2, False),
        (True, 1, True),
    ],
)
def test_a_guess_agrees_when_it_is_near(folder: Path, guess: object, found: object, right: bool) -> None:
    assert confront("how much", guess, found) is right


def test_guesses_are_kept_and_blanks_are_not(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert confront("nothing said", None, 3.0) is None
    told = capsys.readouterr().out
    assert "nothing said: you made no prediction" in told and "3" not in told  # the answer is not given away
    assert not (folder / KEPT).exists()
    confront("how many", 10, 20)
    assert "you said 10, it is 20. What did you overlook?" in capsys.readouterr().out
    confront("which", "ink", "ink")
    confront("how many", 19, 20)
    assert json.loads((folder / KEPT).read_text()) == {
        "how many": {"guess": 19, "found": 20, "right": True},
        "which": {"guess": "ink", "found": "ink", "right": True},
    }


def test_what_is_no_prediction_and_no_run_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ToonkitError, match="a prediction is a number, a word"):
        confront("what", [1, 2], 3)
    monkeypatch.setattr(parameters, "_current", None)
    with pytest.raises(ToonkitError, match="before check_parameters"):
        confront("what", 1, 3)
