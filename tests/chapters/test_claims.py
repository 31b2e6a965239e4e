"""Verdicts against scipy's own tests and against values that decide themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from scipy import stats
from toonkit.reported import image_toonification, recovery
from toonkit.training.variants import RUNS

from toonkit.chapters.claims import Claim, decide, verdict
from toonkit.course.benches import bench_names
from toonkit.project.records import measured

LOWER = Claim("first is better", "a", "b", "FID", "lower")


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
    claim = Claim("well below", "a", "a", "FID", "lower", 0.35, "photograph FID")
    metrics = {"FID": measured([3.0, 3.1, 2.9]), "photograph FID": measured([10.0, 10.0, 10.0])}
    assert verdict(claim, {"a": {"metrics": metrics}}).word == "holds"
    assert verdict(replace(claim, times=0.2), {"a": {"metrics": metrics}}).word == "reversed"
    assert claim.rule == "FID of `a` lower than 0.35 times photograph FID of `a`"
    assert verdict(claim, {}).word == "undecided"
    bounded = Claim("enough", "a", 0.8, "FID", "higher")
    assert verdict(bounded, {"a": {"metrics": metrics}}).word == "holds"
    assert bounded.rule == "FID of `a` higher than 0.8"


def test_every_claim_speaks_of_runs_that_there_are() -> None:
    known = {f"{report}-{variant}" for report, variants in RUNS.items() for variant in variants}
    named = set().union(*(claim.records for claim in (*image_toonification.CLAIMS, *recovery.CLAIMS)))
    assert named <= known | set(bench_names())
