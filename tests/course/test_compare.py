"""Answers compared with what was expected, and the sentence where they differ."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from toonkit.course.checks.compare import difference


@pytest.mark.parametrize(
    "value", [3, 0.1, True, None, "cat", (1, 2.0), [torch.ones(2), "a"], {"a": np.eye(2), "b": {"c": 1}}, torch.eye(3)]
)
def test_the_same_does_not_differ(value: object) -> None:
    assert difference(value, value) == ""


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (None, 1.0, "is None: is a `return` missing"),
        (1.0, 1.1, "1, but 1.1 was expected"),
        (torch.ones(2, 3), torch.ones(3, 2), r"shape \(2, 3\), but \(3, 2\)"),
        (torch.ones(2, 2), torch.tensor([[1.0, 1.0], [1.0, 3.0]]), r"25% .* at \(1, 1\): 1, but 3"),
        (torch.tensor([1.0, float("nan")]), torch.ones(2), r"at \(1,\): nan, but 1"),
        ("cat", "mouse", "'cat', but 'mouse'"),
        ("1", 1, "is a str, but a number"),
        ([torch.ones(1)], {"a": torch.ones(1)}, "is a list, but a dict"),
        ({"a": "x"}, {"b": "x"}, r"entries \['a'\], but \['b'\]"),
        ({"a": {"b": torch.zeros(1)}}, {"a": {"b": torch.ones(1)}}, r"answer\['a'\]\['b'\] is wrong"),
    ],
)
def test_a_difference_is_explained(mine: object, theirs: object, words: str) -> None:
    assert re.search(words, difference(mine, theirs))


def test_the_tolerance_is_absolute() -> None:
    assert not difference(1.0, 1.05, tolerance=0.1)
    assert difference(1.0, 1.05, tolerance=0.04)


@pytest.mark.parametrize("truth", [np.True_, torch.tensor(True), torch.ones(()) > 0])
def test_a_truth_value_of_any_library_will_do(truth: object) -> None:
    assert not difference(truth, True)
    assert difference(truth, False)
