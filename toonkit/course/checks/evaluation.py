"""The exercises of notebook 10."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, Case, case, exercise, normal, same_on
from toonkit.metrics.manifold import PrecisionRecall


def _frechet(real: Tensor, fake: Tensor) -> float:
    return float((real.mean() - fake.mean()).square() + (real.std() - fake.std()).square())


@exercise(
    "In one dimension the two covariances are two variances, and the square root of their product is s1 * s2.",
    "(m1 - m2)^2 + s1^2 + s2^2 - 2 s1 s2, which is (m1 - m2)^2 + (s1 - s2)^2. Divide by n - 1, as torchmetrics does.",
)
def frechet_line(attempt: Attempt) -> None:
    cases = []
    for k, (count, other, scale, shift) in enumerate([(6, 6, 1, 0), (9, 5, 3, 1), (4, 12, 0.2, -2), (7, 7, 0, 4)]):
        real, fake = normal((count,), k, torch.float64), normal((other,), 20 + k, torch.float64)
        cases.append(
            case(f"{count} and {other} features, {scale} as wide, moved by {shift}", real, scale * fake + shift)
        )
    same_on(attempt, _frechet, cases)


def _unbiased(real: Tensor, fake: Tensor) -> float:
    def kernel(x: Tensor, y: Tensor) -> Tensor:
        return (x @ y.T / x.shape[1] + 1) ** 3

    def others(x: Tensor) -> Tensor:
        own = kernel(x, x)
        return (own.sum() - own.diagonal().sum()) / (len(x) * (len(x) - 1))

    return float(others(real) + others(fake) - 2 * kernel(real, fake).mean())


def _two_sets(k: int, count: int, other: int, width: int, shift: float) -> Case:
    real = normal((count, width), k, torch.float64)
    fake = normal((other, width), 30 + k, torch.float64) + shift
    return case(f"{count} and {other} samples of {width} features, moved by {shift}", real, fake)


@exercise(
    "The kernel is (x.y / D + 1)^3, D features. A sample is not compared with itself: leave the diagonals out.",
    "Kxx without its diagonal has N (N - 1) entries, Kyy M (M - 1), Kxy N M. Means of each: xx + yy - 2 xy.",
)
def unbiased_mmd(attempt: Attempt) -> None:
    shapes = [(5, 5, 3, 0.0), (4, 7, 2, 1.0), (8, 3, 5, -0.5), (2, 2, 1, 0.3)]
    same_on(attempt, _unbiased, [_two_sets(k, *shape) for k, shape in enumerate(shapes)])


def _precision(real: Tensor, fake: Tensor, neighbours: int) -> float:
    metric = PrecisionRecall(neighbours)
    metric.update(real, real=True)
    metric.update(fake, real=False)
    return float(metric.compute()["precision"])


@exercise(
    "Each real sample's ball reaches to its k-th nearest *other* real sample; torch.cdist gives all distances.",
    "Of each row of the real-real distances, sorted, entry k is the radius: entry 0 is the sample itself. A drawing "
    "counts if it is in at least one ball: (distances <= radii).any(1).",
)
def precision_of(attempt: Attempt) -> None:
    cases = []
    for k, (count, width, scale, shift, neighbours) in enumerate(
        [(12, 2, 1.0, 0.5, 3), (12, 2, 1.0, 0.5, 1), (20, 3, 0.5, 0.0, 2), (15, 1, 3.0, 1.0, 3), (10, 2, 1.0, 9.0, 4)]
    ):
        real, fake = normal((2, count, width), 50 + k, torch.float64)
        words = f"drawings {scale} as wide, moved by {shift}; {neighbours} neighbours"
        cases.append(case(words, real, scale * fake + shift, neighbours))
    same_on(attempt, _precision, cases)
