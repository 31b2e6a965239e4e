"""Claims are decided by data: an interval over seeds wholly on one side of a bound, or no decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

from scipy import stats

from toonkit.project.records import metric_at

SEEDS = 3  # at least so many a side
MARGIN = 0.1  # of the second value
FEWEST = 3  # things that an order is compared of
CHANCE = 0.05  # of as much agreement of two orders, at most
SIMILAR = "similar"
NO_HIGHER = "no higher"
Entry = Mapping[str, float]  # a metric of a record: value, n, spread
Records = Mapping[str, Mapping[str, Any]]  # by name


@dataclass(frozen=True)
class Claim:
    """One checkable sentence and the rule that decides it: `metric` of record `first` is `better` than `second`'s.

    `words` is the sentence, `place` where the report has it ("ours": a bar or a question of ours). `metric` is a path
    in a record. `better` is lower, higher, similar (within `MARGIN` of the second value) or no higher (by more than
    `MARGIN` of it). `second` is another record, a bound, or several records of which one is enough. `times` scales
    it; `second_metric` is named where the other metric is not `metric`. Claims of one `group` are summed up in a line
    of these words. `longer` is how many times a record's steps the part of it that the claim is about was trained.
    """

    words: str
    place: str
    first: str
    metric: str
    better: str
    second: str | float | tuple[str, ...]
    second_metric: str = ""
    times: float = 1.0
    group: str = ""
    longer: int = 1

    @property
    def seconds(self) -> tuple[str, ...]:
        """Names of the records that the first is compared with; none for a bound."""
        if isinstance(self.second, tuple):
            return self.second
        return (self.second,) if isinstance(self.second, str) else ()

    @property
    def records(self) -> set[str]:
        """Names of the records that decide it."""
        return {self.first, *self.seconds}

    @property
    def rule(self) -> str:
        """The rule in words."""
        scale = "" if self.times == 1 else f"{self.times:g} times "
        return f"{self.metric} of `{self.first}` {self._relation} {scale}{self._other}"

    @property
    def _relation(self) -> str:
        margins = {SIMILAR: f"within {MARGIN:.0%} of", NO_HIGHER: f"at most {MARGIN:.0%} above"}
        return margins.get(self.better, f"{self.better} than")

    @property
    def _other(self) -> str:
        if not self.seconds:
            return f"{self.second:g}"
        names = ", ".join(f"`{name}`" for name in self.seconds)
        owner = names if len(self.seconds) == 1 else f"one of {names}"
        return f"{self.second_metric} of {owner}" if self.second_metric else f"that of {owner}"


@dataclass(frozen=True)
class Verdict:
    """`holds`, `reversed` or `undecided`, with the 95 % interval of first minus second that decided it.

    `shown` is what the page shows in place of the interval.
    """

    word: str
    low: float
    high: float
    shown: str = ""


@dataclass(frozen=True)
class Computed:
    """A sentence that a computation decides: on numbers that the report prints, or on more of `records` than a metric.

    `rule` is the computation in words, `evidence` the file of the project that has it.
    """

    words: str
    place: str
    rule: str
    decided: Callable[[Records], Verdict]
    evidence: str
    records: frozenset[str] = frozenset()
    group: str = ""

    @property
    def metric(self) -> str:
        """What it is decided by."""
        return self.rule


@dataclass(frozen=True)
class Untested:
    """A checkable sentence that nothing here can decide, and why."""

    words: str
    place: str
    why: str


AnyClaim = Claim | Computed


def decide(claim: Claim, first: Entry, second: Entry, comparisons: int = 1) -> Verdict:
    """What a claim's rule says of two means, see `compared`."""
    return compared(claim.better, first, second, claim.times, comparisons)


def compared(better: str, first: Entry, second: Entry, times: float = 1.0, comparisons: int = 1) -> Verdict:
    """Welch's interval of the difference of two means (n >= 3 each, else undecided), against 0 or the margin.

    `better` is a claim's; `times` scales the second. The interval is one of `comparisons` that hold together
    (Bonferroni).
    """
    if min(first.get("n", 1), second.get("n", 1)) < SEEDS or "spread" not in first or "spread" not in second:
        return Verdict("undecided", -inf, inf)
    scaled = {**second, "value": times * second["value"], "spread": times * second["spread"]}
    low, high = _welch(first, scaled, comparisons)
    return Verdict(_word(better, low, high, MARGIN * abs(scaled["value"])), low, high)


def _word(better: str, low: float, high: float, margin: float) -> str:
    """What an interval of the difference first minus second says."""
    similar, apart = -margin < low and high < margin, low > margin or high < -margin
    right = {"lower": high < 0, "higher": low > 0, SIMILAR: similar, NO_HIGHER: high < margin}
    wrong = {"lower": low > 0, "higher": high < 0, SIMILAR: apart, NO_HIGHER: low > margin}
    if right[better]:
        return "holds"
    return "reversed" if wrong[better] else "undecided"


def verdict(claim: AnyClaim, records: Records) -> Verdict:
    """Decide a claim from records by name; undecided where one is not there."""
    if not claim.records <= records.keys():
        return Verdict("undecided", -inf, inf)
    if isinstance(claim, Computed):
        return claim.decided(records)
    first = metric_at(records[claim.first]["metrics"], claim.metric)
    if not claim.seconds:
        return decide(claim, first, {"value": claim.second, "n": SEEDS, "spread": 0.0})
    path = claim.second_metric or claim.metric
    others = [metric_at(records[name]["metrics"], path) for name in claim.seconds]
    return _most_favourable([decide(claim, first, other, len(others)) for other in others], claim.better)


def _most_favourable(found: Sequence[Verdict], better: str) -> Verdict:
    """Of comparisons of which one is enough, the one that speaks most for the claim."""
    order = ("holds", "undecided", "reversed")
    return min(found, key=lambda one: (order.index(one.word), -one.low if better == "higher" else one.high))


def same_order(first: Sequence[float], second: Sequence[float]) -> Verdict:
    """Whether two lists put things in the same order: Kendall's tau above 0, and not by chance (below: reversed).

    The chance is exact where no two values of a list are equal. Fewer than 3 things have no order to speak of.
    """
    if len(first) < FEWEST:
        return Verdict("undecided", -inf, inf, f"{len(first)} rows: none")
    found = stats.kendalltau(first, second)
    tau, chance = float(found.statistic), float(found.pvalue)
    word = "undecided" if not chance < CHANCE else "holds" if tau > 0 else "reversed"
    return Verdict(word, tau, tau, f"tau {tau:.2f} (p {_chance_text(chance)}, {len(first)} rows)")


def _chance_text(chance: float) -> str:
    return f"= {chance:.2f}" if chance >= 0.005 else "< 0.01"


def _welch(first: Entry, second: Entry, comparisons: int) -> tuple[float, float]:
    """95 % interval of the difference of two means (Welch, 1947); a value without spread counts as exact."""
    errors = [entry["spread"] ** 2 / entry["n"] for entry in (first, second)]
    difference = first["value"] - second["value"]
    total = sum(errors)
    if total == 0:
        return difference, difference
    freedom = total**2 / sum(e**2 / (entry["n"] - 1) for e, entry in zip(errors, (first, second), strict=True))
    half = float(stats.t.isf(0.025 / comparisons, freedom)) * sqrt(total)
    return difference - half, difference + half
