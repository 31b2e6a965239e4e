"""The report's votes: its own sums, and what they decide."""

from __future__ import annotations

from math import log, sqrt

import pytest
from scipy import stats

from toonkit.chapters.recovery.reported_votes import VOTES, chance_tests, pair_differences, recovery_votes, verdicts

FINAL = (18, 25, 11, 41, 26, 6, 23)


def test_the_table_is_the_reports() -> None:
    assert tuple(map(sum, VOTES.values())) == FINAL
    assert [sum(column) for column in zip(*VOTES.values(), strict=True)] == [50, 50, 50]
    assert len(recovery_votes()) == 150 and len(recovery_votes([2])) == 50


def test_models_differ_but_no_best_and_no_worst_is_decided() -> None:
    tests, found = chance_tests(), verdicts()
    assert tests["all reviewers"].p == pytest.approx(stats.chisquare(FINAL).pvalue)
    assert [tests[f"reviewer {r}"].p < 0.05 for r in (1, 2, 3)] == [True, True, False]
    assert [verdict.word for verdict in found.values()] == ["undecided", "undecided", "holds", "undecided"]


def test_each_pair_has_an_interval_that_holds_with_all_others() -> None:
    found = pair_differences()
    score = found["cyclegan_v3", "cyclegan_v4"]
    half = stats.norm.isf(0.025 / 21) * sqrt(1 / 41 + 1 / 26)
    assert (score.value, score.high - score.value) == pytest.approx((log(41 / 26), half))
    sure = {pair for pair, score in found.items() if not score.low < 0 < score.high}
    assert sure == {
        ("gan_v2", "cyclegan_v5"),
        ("cyclegan", "cyclegan_v3"),
        ("cyclegan_v3", "cyclegan_v5"),
        ("cyclegan_v4", "cyclegan_v5"),
    }
