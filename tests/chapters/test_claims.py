"""Verdicts against scipy's own tests and against values that decide themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from scipy import stats

from toonkit.chapters.claims import Claim, Computed, Verdict, decide, same_order, verdict
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
        ("no higher", [1, 1.1, 0.9], [2, 2.1, 1.9], "holds"),  # far below is as good, too
        ("no higher", [2.1, 2.1, 2.1], [2, 2.0, 2.0], "holds"),  # 5 % above
        ("no higher", [2.3, 2.3, 2.3], [2, 2.0, 2.0], "reversed"),  # 15 % above
        ("no higher", [1.8, 2.6, 2.2], [2, 2.1, 1.9], "undecided"),
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


def test_one_of_several_is_enough_and_each_interval_allows_for_all() -> None:
    claim = Claim("as good as some", "p", first="a", metric="m", better="lower", second=("b", "c"))
    assert claim.rule == "m of `a` lower than that of one of `b`, `c`" and claim.records == {"a", "b", "c"}
    values = {"a": [1.0, 1.1, 0.9], "b": [0.5, 0.6, 0.4], "c": [2.0, 2.1, 1.9]}
    records = {name: {"metrics": {"m": measured(found)}} for name, found in values.items()}
    found = verdict(claim, records)
    theirs = stats.ttest_ind(values["a"], values["c"], equal_var=False).confidence_interval(1 - 0.05 / 2)
    assert found.word == "holds" and (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert verdict(replace(claim, second=("b", "b")), records).word == "reversed"  # only where all are
    assert verdict(replace(claim, second=("b", "a")), records).word == "undecided"
    assert verdict(claim, {"a": records["a"], "b": records["b"]}).word == "undecided"
    higher = replace(claim, better="higher")
    assert verdict(higher, records).low > 0 and verdict(higher, records).word == "holds"


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ([1, 2, 3, 4, 5, 6, 7], "holds"),
        ([7, 6, 5, 4, 3, 2, 1], "reversed"),
        ([1, 2, 3, 5, 4, 7, 6], "holds"),  # 2 of 21 pairs turned: tau 0.81
        ([2, 1, 4, 3, 7, 6, 5], "undecided"),  # 5 of 21: tau 0.52
    ],
)
def test_an_order_agrees_where_chance_does_not_explain_it(second: list[int], word: str) -> None:
    found = same_order([1, 2, 3, 4, 5, 6, 7], second)
    turned = sum(a > b for k, a in enumerate(second) for b in second[k + 1 :])
    assert found.word == word and found.low == pytest.approx(1 - 2 * turned / 21)
    assert same_order([1, 2], [1, 2]).word == "undecided" and same_order([1, 2], [1, 2]).shown == "2 rows: none"


def test_a_computation_decides_where_its_records_are() -> None:
    claim = Computed("w", "p", "rule", lambda _: Verdict("holds", 1.0, 1.0, "shown"), "file.py", frozenset({"a"}))
    assert verdict(claim, {}).word == "undecided" and verdict(claim, {"a": {}}).shown == "shown"


def test_every_claim_speaks_of_runs_that_there_are() -> None:
    known = {f"{chapter.name}-{variant}" for chapter in all_chapters() for variant in chapter.variants}
    named = set().union(*(claim.records for chapter in all_chapters() for claim in chapter.claims))
    assert named and named <= known | set(benches())
