"""Votes against closed forms, another algorithm, published examples, and simulated votes whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
import torch
from scipy import stats

from toonkit.metrics.votes import Vote, against_chance, agreement, fleiss_kappa, shares, strengths
from toonkit.project.errors import ToonkitError

BASEBALL = {  # games won against Milwaukee, Detroit, Toronto, New York, Boston, Cleveland, Baltimore; and the fit (1)
    "Milwaukee": ((0, 7, 9, 7, 7, 9, 11), 1.5814, 0.3433),
    "Detroit": ((6, 0, 7, 5, 11, 9, 9), 1.4364, 0.3396),
    "Toronto": ((4, 6, 0, 7, 7, 8, 12), 1.2945, 0.3367),
    "New York": ((6, 8, 6, 0, 6, 7, 10), 1.2476, 0.3359),
    "Boston": ((6, 2, 6, 7, 0, 7, 12), 1.1077, 0.3339),
    "Cleveland": ((4, 4, 5, 6, 6, 0, 6), 0.6839, 0.3319),
    "Baltimore": ((2, 4, 1, 3, 1, 7, 0), 0.0, 0.0),
}  # (1) American League 1987: Agresti, Categorical Data Analysis, table 10.10; values and errors less Baltimore's
PATIENTS = (  # Fleiss (1971), table 1: six psychiatrists' diagnoses of 30 patients, each of five kinds
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 "
    "30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)


def counted(**counts: int) -> list[Vote]:
    """Votes that all show the same models, each on a picture of its own."""
    chosen = [model for model, count in counts.items() for _ in range(count)]
    return [Vote("ann", str(number), tuple(counts), model) for number, model in enumerate(chosen)]


def error(score) -> float:
    return (score.high - score.low) / 2 / stats.norm.ppf(0.975)


def drawn(truth: dict[str, float], n: int, size: int, generator: np.random.Generator) -> list[Vote]:
    """n votes by Luce's model, each showing `size` of the models."""
    votes = []
    for number in range(n):
        shown = tuple(generator.choice(list(truth), size, replace=False))
        odds = np.exp([truth[model] for model in shown])
        votes.append(Vote("ann", str(number), shown, str(generator.choice(shown, p=odds / odds.sum()))))
    return votes


def test_two_models_have_a_closed_form() -> None:
    votes = counted(a=30, b=12)
    found = strengths(votes).score("a", "b")
    assert found.value == pytest.approx(log(30 / 12))
    assert error(found) == pytest.approx(sqrt(1 / 30 + 1 / 12))
    assert error(strengths(votes).score("a", "b", comparisons=3)) / error(found) == pytest.approx(1.2214, abs=1e-4)


def test_votes_on_all_models_have_one_too() -> None:
    counts = {"a": 30, "b": 12, "c": 7, "d": 1}
    found = strengths(counted(**counts))
    centre = np.mean([log(count) for count in counts.values()])
    assert [found.score(model).value for model in counts] == pytest.approx([log(n) - centre for n in counts.values()])
    assert error(found.score("b", "d")) == pytest.approx(sqrt(1 / 12 + 1 / 1))


def test_subsets_agree_with_hunters_algorithm() -> None:
    votes = drawn({"a": 0.8, "b": 0.0, "c": -0.5, "d": 0.3}, 150, 3, np.random.default_rng(0))
    found = strengths(votes)
    odds = dict.fromkeys(found.models, 1.0)
    for _ in range(300):  # minorisation-maximisation: Hunter (2004), eq. 32
        won = {model: sum(vote.choice == model for vote in votes) for model in odds}
        met = {m: sum(1 / sum(odds[o] for o in vote.shown) for vote in votes if m in vote.shown) for m in odds}
        odds = {model: won[model] / met[model] for model in odds}
    logs = np.log(list(odds.values()))
    assert found.values == pytest.approx(logs - logs.mean(), abs=1e-8)
    assert abs(found.values.sum()) < 1e-12


def test_pairs_agree_with_a_published_table() -> None:
    votes = [
        Vote("", "", (winner, loser), winner)
        for winner, (games, *_) in BASEBALL.items()
        for loser, count in zip(BASEBALL, games, strict=True)
        for _ in range(count)
    ]
    found = strengths(votes)
    for team, (_, value, its_error) in list(BASEBALL.items())[:-1]:
        score = found.score(team, "Baltimore")
        assert (score.value, error(score)) == pytest.approx((value, its_error), abs=1e-4)


def test_intervals_cover_the_truth() -> None:
    truth, generator, inside = {"a": 0.9, "b": 0.0, "c": -0.4}, np.random.default_rng(1), 0
    for _ in range(300):
        score = strengths(drawn(truth, 80, 2, generator)).score("a", "c")
        inside += score.low < 1.3 < score.high
    assert 0.92 <= inside / 300 <= 0.98  # 0.95 and 2.4 standard errors


def test_repeated_votes_on_a_picture_do_not_narrow_errors_by_picture() -> None:
    once = counted(a=30, b=12, c=8)
    thrice = [replace(vote, reviewer=name) for vote in once for name in ("ann", "bo", "cy")]
    plain, safe = strengths(once), strengths(thrice, by_picture=True)
    assert safe.covariance == pytest.approx(plain.covariance * 50 / 49)
    assert strengths(thrice).covariance == pytest.approx(plain.covariance / 3)


def test_equal_counts_is_pearsons_test() -> None:
    found, theirs = against_chance(counted(a=18, b=25, c=11)), stats.chisquare([18, 25, 11])
    assert (found.statistic, found.freedom, found.p) == pytest.approx((theirs.statistic, 2, theirs.pvalue))
    apart = counted(a=5, b=5) + [replace(vote, picture="x" + vote.picture) for vote in counted(c=4, d=4)]
    assert (against_chance(apart).statistic, against_chance(apart).freedom) == pytest.approx((0, 2))


def test_shares_have_wilsons_interval() -> None:
    found = shares([*counted(a=3, b=7), Vote("ann", "x", ("b", "c"), "c")])
    z, p, n = 1.959964, 0.3, 10
    centre, half = (p + z * z / 2 / n) / (1 + z * z / n), z * sqrt(p * (1 - p) / n + (z / 2 / n) ** 2) / (1 + z * z / n)
    assert (found["a"].low, found["a"].high) == pytest.approx((centre - half, centre + half), abs=1e-6)
    assert (found["b"].value, found["b"].n, found["c"].value) == (pytest.approx(7 / 11), 11, 1.0)


def test_agreement_is_fleiss() -> None:
    votes = []
    for number, patient in enumerate(PATIENTS.split()):
        chosen = [str(kind) for kind, count in enumerate(patient) for _ in range(int(count))]
        votes += [Vote(f"r{place}", str(number), tuple("01234"), kind) for place, kind in enumerate(chosen)]
    found = agreement(votes)
    assert found.value == pytest.approx(0.4302445, abs=1e-6) and found.low < 0.43 < found.high and found.n == 30
    others = "0 0 0 0 14 0 2 6 4 2 0 0 3 5 6 0 3 9 2 0 2 2 8 1 1 7 7 0 0 0 3 2 6 3 0 2 5 3 2 2 6 5 2 1 0 0 2 2 3 7"
    counts = torch.tensor([int(word) for word in others.split()], dtype=torch.float64).reshape(10, 5)
    assert fleiss_kappa(counts) == pytest.approx(0.210, abs=5e-4)  # ten subjects, fourteen raters: a textbook's example


def test_what_votes_cannot_tell_is_refused() -> None:
    with pytest.raises(ToonkitError, match="c was never chosen over a, b"):
        strengths(counted(a=3, b=2, c=0))
    with pytest.raises(ToonkitError, match="a, b was never chosen over c, d"):
        strengths(counted(a=1, b=1) + counted(c=1, d=1))
    with pytest.raises(ToonkitError, match="at least 20 pictures, not 5"):
        strengths(counted(a=3, b=2), by_picture=True)
    with pytest.raises(ToonkitError, match="unknown model 'x'"):
        strengths(counted(a=3, b=2)).score("a", "x")
    for function in (strengths, against_chance, agreement):
        with pytest.raises(ToonkitError, match="no vote yet"):
            function([])
    with pytest.raises(ToonkitError, match="2 reviewers or more"):
        agreement(counted(a=3, b=2))
    with pytest.raises(ToonkitError, match="no meaning"):
        agreement([replace(vote, reviewer=name) for vote in counted(a=12, b=0) for name in "xy"])
