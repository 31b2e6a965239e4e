"""Claims are decided by data: an interval over seeds wholly on one side of a bound, or no decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

from scipy import stats

SEEDS = 3  # at least so many a side
Entry = Mapping[str, float]  # a metric of a record: value, n, spread


@dataclass(frozen=True)
class Claim:
    """One checkable sentence. Its rule: `metric` of record `first` is lower, higher or similar to that of `second`.

    `second` is another record or a bound; `times` scales it; `second_metric` where the other metric is not `metric`;
    similar means within `MARGIN` of the second value.
    """

    words: str
    first: str
    second: str | float
    metric: str
    better: str
    times: float = 1.0
    second_metric: str = ""

    @property
    def records(self) -> set[str]:
        """Names of the records that decide it."""
        return {name for name in (self.first, self.second) if isinstance(name, str)}

    @property
    def rule(self) -> str:
        """The rule in words."""
        scale = f"{self.times:g} times " * (self.times != 1)
        other = f"{self.second_metric} of `{self.second}`".lstrip()
        if not isinstance(self.second, str):
            other = f"{self.second:g}"
        relation = f"within {MARGIN:.0%}" if self.better == SIMILAR else f"{self.better} than"
        return f"{self.metric} of `{self.first}` {relation} {scale}{other}"


MARGIN, SIMILAR = 0.1, "similar"


@dataclass(frozen=True)
class Verdict:
    """`holds`, `reversed` or `undecided`, with the 95 % interval of first minus second that decided it."""

    word: str
    low: float
    high: float


def decide(claim: Claim, first: Entry, second: Entry) -> Verdict:
    """Welch's interval of the difference of two means (n >= 3 each, else undecided), against 0 or the margin."""
    if min(first.get("n", 1), second.get("n", 1)) < SEEDS or "spread" not in first or "spread" not in second:
        return Verdict("undecided", -inf, inf)
    low, high = _welch(first, {**second, **{key: claim.times * second[key] for key in ("value", "spread")}})
    if claim.better == SIMILAR:
        margin = MARGIN * claim.times * abs(second["value"])
        right, wrong = -margin < low and high < margin, low > margin or high < -margin
    else:
        right, wrong = (high < 0, low > 0) if claim.better == "lower" else (low > 0, high < 0)
    return Verdict("holds" if right else "reversed" if wrong else "undecided", low, high)


def verdict(claim: Claim, records: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Decide a claim from records by name; undecided where one is not there."""
    if not claim.records <= records.keys():
        return Verdict("undecided", -inf, inf)
    first = records[claim.first]["metrics"][claim.metric]
    if not isinstance(claim.second, str):
        return decide(claim, first, {"value": claim.second, "n": SEEDS, "spread": 0.0})
    return decide(claim, first, records[claim.second]["metrics"][claim.second_metric or claim.metric])


def _welch(first: Entry, second: Entry) -> tuple[float, float]:
    """95 % interval of the difference of two means (Welch, 1947); a value without spread counts as exact."""
    errors = [entry["spread"] ** 2 / entry["n"] for entry in (first, second)]
    difference, total = first["value"] - second["value"], sum(errors)
    if total == 0:
        return difference, difference
    freedom = total**2 / sum(e**2 / (entry["n"] - 1) for e, entry in zip(errors, (first, second), strict=True))
    half = float(stats.t.ppf(0.975, freedom)) * sqrt(total)
    return difference - half, difference + half
