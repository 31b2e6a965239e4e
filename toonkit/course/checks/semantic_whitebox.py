"""The exercises of notebook 08."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, case, choices, exercise, normal, same_on, same_slopes_on, uniform

EPS = (0.2, 0.01, 1.0, 1e-4)  # of the guided filter


def _regional(values: Tensor, shares: Tensor, weights: Sequence[float]) -> Tensor:
    table = torch.tensor(weights, dtype=values.dtype)
    return torch.einsum("nkhw,k,nhw->", shares, table, values[:, 0]) / values.numel()


@exercise(
    "A pixel counts for the sum over its classes of share times weight.",
    "(shares * weights of shape (1, K, 1, 1)).sum(1, keepdim=True) is (N, 1, H, W). Multiply, then take the mean "
    "over the pixels: the sum of the weights does not matter.",
)
def regional(attempt: Attempt) -> None:
    cases = []
    for k, (count, classes, height, width) in enumerate(((1, 2, 3, 5), (3, 5, 4, 4), (2, 3, 7, 2))):
        shares = normal((count, classes, height, width), k).softmax(1)
        weights = uniform((classes,), 9 + k, 0.0, 3.0).tolist()
        cases.append(case("mixed pixels", uniform((count, 1, height, width), 20 + k), shares, weights))
    sure = F.one_hot(choices((2, 4, 6), 5, 3), 3).movedim(-1, 1).float()
    cases.append(case("sure pixels, one class without weight", uniform((2, 1, 4, 6), 30), sure, [0.0, 2.0, 0.5]))
    cases.append(case("one class", uniform((1, 1, 2, 2), 31), torch.ones(1, 1, 2, 2), [4.0]))
    same_slopes_on(attempt, _regional, cases, by=(0,))


def _guided_line(window: Tensor, eps: float) -> tuple[float, float]:
    """By the ridge regression that the formula is the answer to."""
    values = window.flatten().double()
    centred = values - values.mean()
    spread = float(centred @ centred)
    slope = spread / (spread + eps * len(values))
    return slope, float(values.mean()) * (1 - slope)


@exercise(
    "The guide is the window itself, so the covariance is the variance.",
    "a = variance / (variance + eps) with the variance divided by the number of pixels (not one less). "
    "b = mean - a mean.",
)
def guided_line(attempt: Attempt) -> None:
    cases = []
    for k, eps in enumerate(EPS):
        cases.append(case(f"eps {eps}", 0.4 * normal((3 + k, 5), k) + 0.3, eps))
        cases.append(case(f"a few pixels, eps {eps}", 0.4 * normal((2, 2), 10 + k) - 0.5, eps))
    cases.append(case("a flat window", torch.full((4, 4), 0.7), 0.01))
    same_on(attempt, _guided_line, cases)


def _moved(shares: Tensor, numbers: Mapping[int, float]) -> float:
    """The gradient of the mean of w (d - 1)^2 at d = 0 is -2 w / pixels."""
    weights = sum(shares[:, k] * numbers.get(k, 1.0) for k in range(shares.shape[1]))  # (N, H, W)
    background = weights[shares[:, 0] > 0.99]
    return float(2 * background.max() / weights.numel()) if len(background) else 0.0


@exercise(
    "Make a leaf of zeros (N, 1, H, W), take the loss, call backward(), and look at .grad where shares[:, :1] > 0.99.",
    "region_weights(shares, numbers) gives the weights and weighted_mean() the loss. A picture may have no such pixel: "
    "then nothing moved, and the answer is 0.",
)
def moved(attempt: Attempt) -> None:
    cases = []
    for k, numbers in enumerate(({0: 0.0}, {0: 0.5, 1: 3.0}, {2: 2.0}, {1: 0.0})):
        sure = F.one_hot(choices((2, 6, 5), k, 3), 3).movedim(-1, 1).float()
        cases.append(case(f"weights {numbers}", sure, numbers))
    mixed = 0.9 * F.one_hot(choices((1, 4, 4), 8, 3), 3).movedim(-1, 1).float() + 0.1 / 3
    cases.append(case("no pixel is surely background", mixed, {0: 5.0}))
    half = mixed.clone()
    half[..., 0, 0] = torch.tensor([1.0, 0.0, 0.0])
    cases.append(case("one pixel is surely background", half, {0: 0.25, 1: 9.0}))
    same_on(attempt, _moved, cases, tolerance=1e-6)
