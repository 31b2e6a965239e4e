"""The exercises of notebook 11."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, case, choices, exercise, same_on, uniform


def _compromise(weights: Tensor, wishes: Tensor) -> Tensor:
    """By least squares: rows scaled by the roots of their weights."""
    roots = weights.double().sqrt()[:, None]  # (K, 1)
    return torch.linalg.lstsq(roots, roots * wishes.double()).solution[0].to(wishes.dtype)


@exercise(
    "Set the slope to 0: sum of 2 w_k (x - a_k) = 0. Which x is that?",
    "(weights[:, None] * wishes).sum(0) / weights.sum(): the mean of the wishes, weighted.",
)
def compromise(attempt: Attempt) -> None:
    cases = []
    for k, (count, width) in enumerate(((2, 1), (3, 4), (5, 2), (7, 3), (1, 2))):
        weights = uniform((count,), k, 0.1, 5.0)
        cases.append(case(f"{count} losses", weights, uniform((count, width), 10 + k)))
    cases.append(case("a loss of weight 0", torch.tensor([0.0, 2.0, 1.0]), uniform((3, 2), 20)))
    same_on(attempt, _compromise, cases, untouched=True)


def _front(points: Tensor) -> list[int]:
    values = points.numpy()
    at_most = (values[:, None] <= values[None]).all(2)  # (N, N): is one at most another, everywhere?
    below = (values[:, None] < values[None]).any(2)
    return np.flatnonzero(~(at_most & below).any(0)).tolist()


@exercise(
    "A point is beaten where another one is at most it in every loss and below it in one.",
    "Compare all with all: points[:, None] and points[None] are (N, 1, K) and (1, N, K). Two equal points do not beat "
    "each other: both stay.",
)
def front(attempt: Attempt) -> None:
    cases = [case(f"{n} points of {k} losses", uniform((n, k), n + k)) for n, k in ((6, 2), (12, 2), (9, 3), (1, 2))]
    cases.append(case("two equal points", torch.tensor([[1.0, 2.0], [0.5, 3.0], [1.0, 2.0], [2.0, 2.5]])))
    cases.append(case("points with one loss in common", torch.tensor([[1.0, 2.0], [1.0, 1.5], [0.5, 2.0], [1.0, 3.0]])))
    cases.append(case("a grid with many ties", choices((15, 2), 7, 4).float()))
    cases.append(case("losses below 0", uniform((8, 2), 40, -3.0, -1.0)))
    same_on(attempt, _front, cases, untouched=True)


def _drawn_factor(share: float, lowest: float, highest: float) -> float:
    return float(np.exp(np.interp(share, [0.0, 1.0], np.log([lowest, highest]))))


@exercise(
    "Evenly by the logarithm: halfway between 1/4 and 4 lies 1, not 2.125.",
    "lowest * (highest / lowest) ** share.",
)
def drawn_factor(attempt: Attempt) -> None:
    cases = []
    for lowest, highest in ((0.25, 4.0), (0.5, 3.0), (1e-3, 10.0), (2.0, 2.0)):
        for share in (0.0, 0.17, 0.5, 0.8, 1.0):
            cases.append(case("a share of the way", share, lowest, highest))
    same_on(attempt, _drawn_factor, cases, tolerance=1e-5)
