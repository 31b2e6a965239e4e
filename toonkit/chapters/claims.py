"""Claims are decided by data: an interval over seeds wholly on one side of a bound, or no decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

from scipy import stats

from toonkit.project.records import metric_at

SEEDS = 3  # at least so many a side
MARGIN = 0.1  # of the second value
SIMILAR = "similar"
Entry = Mapping[str, float]  # a metric of a record: value, n, spread


@dataclass(frozen=True)
class Claim:
    """One checkable sentence and the rule that decides it: `metric` of record `first` is `better` than `second`'s.

    `words` is the sentence, `place` where the report has it ("ours": a bar or a question of ours). `metric` is a path
    in a record. `better` is lower, higher or similar: within `MARGIN` of the second value. `second` is another record
    or a bound; `times` scales it; `second_metric` is named where the other metric is not `metric`.
    """

    words: str
    place: str
    first: str
    metric: str
    better: str
    second: str | float
    second_metric: str = ""
    times: float = 1.0

    @property
    def records(self) -> set[str]:
        """Names of the records that decide it."""
        return {name for name in (self.first, self.second) if isinstance(name, str)}

    @property
    def rule(self) -> str:
        """The rule in words."""
        relation = f"within {MARGIN:.0%} of" if self.better == SIMILAR else f"{self.better} than"
        scale = "" if self.times == 1 else f"{self.times:g} times "
        return f"{self.metric} of `{self.first}` {relation} {scale}{self._other}"

    @property
    def _other(self) -> str:
        if not isinstance(self.second, str):
            return f"{self.second:g}"
        return f"{self.second_metric} of `{self.second}`" if self.second_metric else f"that of `{self.second}`"


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
    scaled = {**second, "value": claim.times * second["value"], "spread": claim.times * second["spread"]}
    low, high = _welch(first, scaled)
    return Verdict(_word(claim.better, low, high, MARGIN * abs(scaled["value"])), low, high)


def _word(better: str, low: float, high: float, margin: float) -> str:
    """What an interval of the difference first minus second says."""
    right = {"lower": high < 0, "higher": low > 0, SIMILAR: -margin < low and high < margin}
    wrong = {"lower": low > 0, "higher": high < 0, SIMILAR: low > margin or high < -margin}
    if right[better]:
        return "holds"
    return "reversed" if wrong[better] else "undecided"


def verdict(claim: Claim, records: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Decide a claim from records by name; undecided where one is not there."""
    if not claim.records <= records.keys():
        return Verdict("undecided", -inf, inf)
    first = metric_at(records[claim.first]["metrics"], claim.metric)
    if not isinstance(claim.second, str):
        return decide(claim, first, {"value": claim.second, "n": SEEDS, "spread": 0.0})
    return decide(claim, first, metric_at(records[claim.second]["metrics"], claim.second_metric or claim.metric))


def _welch(first: Entry, second: Entry) -> tuple[float, float]:
    """95 % interval of the difference of two means (Welch, 1947); a value without spread counts as exact."""
    errors = [entry["spread"] ** 2 / entry["n"] for entry in (first, second)]
    difference = first["value"] - second["value"]
    total = sum(errors)
    if total == 0:
        return difference, difference
    freedom = total**2 / sum(e**2 / (entry["n"] - 1) for e, entry in zip(errors, (first, second), strict=True))
    half = float(stats.t.ppf(0.975, freedom)) * sqrt(total)
    return difference - half, difference + half
