"""A score: its value, what it was measured with, on how many samples, and an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from scipy import stats
from torch import Tensor

from toonkit.project.errors import ToonkitError

BLOCKS = 10  # of the jackknife
NORMAL = 1.96  # 95 % of a normal distribution


@dataclass(frozen=True)
class Score:
    """`name[features, n=N]` = value, with a 95 % interval."""

    name: str
    value: float
    n: int
    low: float
    high: float

    def within(self, least: float, most: float) -> Score:
        """The score with its value and its interval cut to what the statistic can be, from `least` to `most`."""
        cut = {field: float(min(max(getattr(self, field), least), most)) for field in ("value", "low", "high")}
        return replace(self, **cut)

    def entry(self) -> dict[str, float | int]:
        """The score as a record keeps it."""
        return {"value": self.value, "n": self.n, "low": self.low, "high": self.high}

    def __str__(self) -> str:
        label = f"{self.name[:-1]}, n={self.n}]" if self.name.endswith("]") else f"{self.name}[n={self.n}]"
        return f"{label} = {self.value:.4g} ({self.low:.4g} to {self.high:.4g})"


def jackknife(name: str, statistic: Callable[..., float], samples: Sequence[Tensor], blocks: int = BLOCKS) -> Score:
    """A statistic of sets of samples, with the interval of a delete-one-block jackknife (Efron and Tibshirani, 1993).

    Each of `samples` is a set (n, ...). It is cut into `blocks`, and each block is left out in turn, of every set at
    once. With fewer than BLOCKS of them Student's quantile stands in for the normal one. Raises ToonkitError for fewer
    samples than blocks, or samples that are not finite.
    """
    n = min(len(sample) for sample in samples)
    if n < blocks:
        raise ToonkitError(f"{name} needs at least {blocks} samples a set for its interval, not {n}")
    if not all(sample.isfinite().all() for sample in samples if sample.is_floating_point()):
        raise ToonkitError(f"{name} was given samples that are not finite; look at the pictures or the network")
    value = statistic(*samples)
    values_without = []  # a block
    for block in range(blocks):
        values_without.append(statistic(*[_without(sample, block, blocks) for sample in samples]))
    spread = torch.tensor(values_without)  # (blocks,)
    error = float(((blocks - 1) / blocks * (spread - spread.mean()).square().sum()).sqrt())
    half = (NORMAL if blocks >= BLOCKS else float(stats.t.ppf(0.975, blocks - 1))) * error
    return Score(name, value, n, value - half, value + half)


def exact(name: str, value: float) -> Score:
    """A number that is known, of one thing: a count, or what one run did."""
    return Score(name, value, 1, value, value)


def mean_score(name: str, values: Sequence[float] | Tensor, blocks: int = BLOCKS) -> Score:
    """The mean of one value a sample, with its interval."""
    return jackknife(name, lambda rows: float(rows.mean()), (torch.as_tensor(values, dtype=torch.float64),), blocks)


def blocks_of(count: int) -> int:
    """Into how many blocks so few samples are cut where no more are to be had: one each, BLOCKS at most, 2 at least."""
    return max(2, min(BLOCKS, count))


def _without(sample: Tensor, block: int, blocks: int) -> Tensor:
    """The sample without every row whose number leaves `block` when divided by `blocks`."""
    return sample[torch.arange(len(sample), device=sample.device) % blocks != block]
