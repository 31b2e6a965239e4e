"""One contest: ours against a public implementation of the same thing, compared first and then timed in turn."""

from __future__ import annotations

import importlib
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import torch
from scipy.stats import quantile_test
from torch import Tensor

Work = Callable[[], Any]  # what it returns, a tensor or what becomes one, is compared before it is timed

MEASURED, DIFFERS, ABSENT, NOBODY = "measured", "differs", "not installed", "no rival"
CHECKS = 2  # results that are compared: of a training step the second one comes after an update


@dataclass(frozen=True)
class Effort:
    """How much a contest is repeated."""

    pairs: int = 11  # of ours and the rival's, in turn; the interval of their median needs 6
    seconds: float = 0.1  # of work that one timing takes at least


@dataclass(frozen=True)
class Contest:
    """Ours and a rival at one thing. `make` builds both when it is asked; None where no installed package has it."""

    ours: str
    rival: str
    size: str
    make: Callable[[], tuple[Work, Work]] | None
    package: str = ""  # the distribution that the rival is of
    module: str = ""  # what must be there to import; the package's name where it is the same
    tolerance: float = 1e-4  # absolute, between the results
    remark: str = ""  # what is compared; and why ours stays where it is slower

    def result(self, effort: Effort) -> dict[str, Any]:
        """The row of the record: rival, size, outcome, and where both agree the milliseconds and their ratio."""
        row = {"rival": self._named(), "size": self.size, "remark": self.remark}
        if self.make is None:
            return row | {"outcome": NOBODY}
        if not importable(self.module or self.package):
            return row | {"outcome": ABSENT}
        works = self.make()
        apart = max(difference(works[0](), works[1]()) for _ in range(CHECKS))
        if not apart <= self.tolerance:  # so that NaN counts as apart
            return row | {"outcome": DIFFERS} | ({"difference": apart} if math.isfinite(apart) else {})
        return row | {"outcome": MEASURED, "difference": apart} | in_turn(*works, effort)

    def _named(self) -> str:
        if not self.package or not importable(self.module or self.package):
            return self.rival
        return f"{self.package} {version(self.package)}: {self.rival}"


def importable(module: str) -> bool:
    """Whether a module can be imported here."""
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def difference(ours: Any, theirs: Any) -> float:
    """The largest absolute difference of two results; infinite where their shapes are not one."""
    first, second = (torch.as_tensor(result, dtype=torch.float64) for result in (ours, theirs))
    if first.shape != second.shape:
        return math.inf
    return float((first - second).abs().max())


def in_turn(ours: Work, theirs: Work, effort: Effort) -> dict[str, Any]:
    """Milliseconds of both, and the median over pairs of ours divided by the rival's, with its 95 % interval.

    What a processor gives to other programs does not count: the time is this process's own, over all its threads. Who
    begins changes from pair to pair. The interval is between two order statistics, so it asks nothing of how the
    times are spread (Conover, 1999, section 3.2).
    """
    works = (ours, theirs)
    calls = [_calls(work, effort.seconds) for work in works]
    taken: tuple[list[float], list[float]] = ([], [])
    for pair in range(effort.pairs):
        for side in (0, 1) if pair % 2 == 0 else (1, 0):
            taken[side].append(processor_seconds(works[side], calls[side]))
    ratios = [one / other for one, other in zip(*taken, strict=True)]
    interval = quantile_test(ratios, p=0.5).confidence_interval(0.95)
    return {
        "ours, ms": 1000 * statistics.median(taken[0]),
        "rival, ms": 1000 * statistics.median(taken[1]),
        "ratio": {
            "value": statistics.median(ratios),
            "n": effort.pairs,
            "low": float(interval.low),
            "high": float(interval.high),
        },
    }


def processor_seconds(work: Work, calls: int) -> float:
    """Processor time of one call, the mean of so many."""
    started = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - started) / calls


def _calls(work: Work, seconds: float) -> int:
    """How many calls take so many seconds."""
    work()  # what is made once does not count
    return max(1, math.ceil(seconds / max(processor_seconds(work, 1), 1e-6)))


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Numbers from -1 to 1, the same each time."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1
