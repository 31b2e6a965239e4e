"""Right and wrong answers to the exercises of notebook 11."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def compromise_by_mean(weights: Tensor, wishes: Tensor) -> Tensor:
    return (weights[:, None] * wishes).sum(0) / weights.sum()


def compromise_by_descent(weights: Tensor, wishes: Tensor) -> Tensor:
    x = torch.zeros(wishes.shape[1], dtype=torch.float64)
    for _ in range(200):
        x -= 0.5 / weights.double().sum() * (2 * weights[:, None] * (x - wishes)).sum(0)
    return x.float()


def compromise_plain_mean(weights: Tensor, wishes: Tensor) -> Tensor:
    return wishes.mean(0)


def compromise_not_divided(weights: Tensor, wishes: Tensor) -> Tensor:
    return (weights[:, None] * wishes).sum(0)


def compromise_divided_by_count(weights: Tensor, wishes: Tensor) -> Tensor:
    return (weights[:, None] * wishes).mean(0)


def compromise_of_roots(weights: Tensor, wishes: Tensor) -> Tensor:
    return compromise_by_mean(weights.sqrt(), wishes)


def front_by_loops(points: Tensor) -> list[int]:
    kept = []
    for i, one in enumerate(points.tolist()):
        beaten = False
        for other in points.tolist():
            no_worse = all(a <= b for a, b in zip(other, one, strict=True))
            beaten = beaten or (no_worse and other != one)
        if not beaten:
            kept.append(i)
    return kept


def front_by_tensors(points: Tensor) -> list[int]:
    beats = (points[:, None] <= points).all(2) & (points[:, None] < points).any(2)
    return (~beats.any(0)).nonzero()[:, 0].tolist()


def front_without_ties(points: Tensor) -> list[int]:
    beats = (points[:, None] <= points).all(2) & ~torch.eye(len(points), dtype=torch.bool)
    return (~beats.any(0)).nonzero()[:, 0].tolist()


def front_strict(points: Tensor) -> list[int]:
    return (~(points[:, None] < points).all(2).any(0)).nonzero()[:, 0].tolist()


def front_of_largest(points: Tensor) -> list[int]:
    return front_by_tensors(-points)


def front_of_two(points: Tensor) -> list[int]:
    return front_by_tensors(points[:, :2])


def front_by_sum(points: Tensor) -> list[int]:
    return [int(points.sum(1).argmin())]


def factor_by_power(share: float, lowest: float, highest: float) -> float:
    return lowest * (highest / lowest) ** share


def factor_by_logarithm(share: float, lowest: float, highest: float) -> Tensor:
    low, high = (torch.tensor(value, dtype=torch.float64).log() for value in (lowest, highest))
    return torch.lerp(low, high, share).exp()


def factor_even(share: float, lowest: float, highest: float) -> float:
    return lowest + share * (highest - lowest)


def factor_symmetric(share: float, lowest: float, highest: float) -> float:
    return highest ** (2 * share - 1)


def factor_base_ten(share: float, lowest: float, highest: float) -> float:
    return math.exp(math.log10(lowest) + share * (math.log10(highest) - math.log10(lowest)))


def factor_turned(share: float, lowest: float, highest: float) -> float:
    return highest * (lowest / highest) ** share


RIGHT = {
    "compromise": {"the weighted mean": compromise_by_mean, "gradient descent": compromise_by_descent},
    "front": {"loops": front_by_loops, "tensors": front_by_tensors},
    "drawn_factor": {"a power": factor_by_power, "logarithms": factor_by_logarithm},
}
WRONG = {
    "compromise": {
        "the plain mean": compromise_plain_mean,
        "not divided": compromise_not_divided,
        "divided by the count": compromise_divided_by_count,
        "roots of the weights": compromise_of_roots,
    },
    "front": {
        "equal points beat each other": front_without_ties,
        "only what is below everywhere beats": front_strict,
        "the largest": front_of_largest,
        "two losses only": front_of_two,
        "the smallest sum": front_by_sum,
    },
    "drawn_factor": {
        "evenly": factor_even,
        "as if the range were symmetric": factor_symmetric,
        "two logarithms": factor_base_ten,
        "the other way round": factor_turned,
    },
}
