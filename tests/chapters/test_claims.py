"""Verdicts against scipy's own tests and against values that decide themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from scipy import stats

from toonkit.chapters.claims import Claim, decide, verdict
from toonkit.chapters.index import all_chapters
from toonkit.course.benches import benches
from toonkit.project.records import measured

LOWER = Claim(words="first is better", place="ours", first="a", metric="FID", better="lower", second="b")


def test_the_interval_is_welchs() -> None:
    generator = torch.Generator().manual_seed(0)
    first, second = torch.randn(4, generator=generator).tolist(), (3 * torch.randn(6, generator=generator)).tolist()
    found = decide(LOWER, measured(first), measured(second))
    theirs = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize(
    ("better", "first", "second", "word"),
    [
        ("lower", [1, 1.1, 0.9], [2, 2.1, 1.9], "holds"),
        ("higher", [1, 1.1, 0.9], [2, 2.1, 1.9], "reversed"),
        ("lower", [1, 3, 2], [2, 2.1, 1.9], "undecided"),
        ("lower", [1, 1.1], [2, 2.1, 1.9], "undecided"),  # two seeds decide nothing
        ("similar", [2.01, 2.0, 1.99], [2, 2.01, 1.99], "holds"),
        ("similar", [1, 1.1, 0.9], [2, 2.1, 1.9], "reversed"),
        ("similar", [1.6, 2.4, 2], [2, 2.01, 1.99], "undecided"),
    ],
)
def test_only_an_interval_wholly_on_one_side_decides(better, first, second, word) -> None:
    assert decide(replace(LOWER, better=better), measured(first), measured(second)).word == word


def test_a_share_of_another_measure_is_the_bound() -> None:
    claim = Claim(
        words="well below",
        place="ours",
        first="a",
        metric="drawn/FID",
        better="lower",
        second="a",
        second_metric="photograph/FID",
        times=0.35,
    )
    metrics = {"drawn": {"FID": measured([3.0, 3.1, 2.9])}, "photograph": {"FID": measured([10.0, 10.0, 10.0])}}
    assert verdict(claim, {"a": {"metrics": metrics}}).word == "holds"
    assert verdict(replace(claim, times=0.2), {"a": {"metrics": metrics}}).word == "reversed"
    assert claim.rule == "drawn/FID of `a` lower than 0.35 times photograph/FID of `a`"
    assert verdict(claim, {}).word == "undecided"
    bounded = Claim(words="enough", place="ours", first="a", metric="drawn/FID", better="higher", second=0.8)
    assert verdict(bounded, {"a": {"metrics": metrics}}).word == "holds"
    assert bounded.rule == "drawn/FID of `a` higher than 0.8"


def test_every_claim_speaks_of_runs_that_there_are() -> None:
    known = {f"{chapter.name}-{variant}" for chapter in all_chapters() for variant in chapter.variants}
    named = set().union(*(claim.records for chapter in all_chapters() for claim in chapter.claims))
    assert named and named <= known | set(benches())
