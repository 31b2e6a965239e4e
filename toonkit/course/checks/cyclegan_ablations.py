"""The exercises of notebook 07."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.course.checks.exercise import Attempt, Case, case, exercise, normal, same_on, uniform
from toonkit.metrics.two_sample import NearestNeighbour


@exercise(
    "A straight line from a to b is a + (b - a) * progress.",
    "Lambda is the first of the pair and falls from 1 to 0; gamma starts at 0.",
)
def weights(attempt: Attempt) -> None:
    cases = [
        case(f"a share of {progress} of the training", progress, last)
        for progress, last in ((0.0, 0.9), (0.25, 0.9), (0.7, 0.5), (1.0, 0.8), (0.4, 1.0))
    ]
    same_on(attempt, lambda progress, last: (1 - progress, last * progress), cases)


def _leave_one_out(real: Tensor, fake: Tensor) -> dict[str, float]:
    metric = NearestNeighbour()
    metric.update(real, real=True)
    metric.update(fake, real=False)
    return {name: share.item() for name, share in metric.compute().items()}


@exercise(
    "torch.cdist of all points with all; a point is not its own neighbour, so its diagonal is infinite.",
    "argmin of each row tells the neighbour, and its place whether that is real (the first N are). `real` is the share "
    "of real points whose neighbour is real, `fake` that of drawn points whose neighbour is drawn.",
)
def leave_one_out(attempt: Attempt) -> None:
    cases = []
    for k, (count, width, scale, shift) in enumerate(
        [(40, 3, 1, 0), (40, 3, 1, 1), (25, 2, 1, 5), (30, 4, 0.2, 0), (7, 1, 2, 0.5)]
    ):
        real, fake = normal((2, count, width), k, torch.float64)
        cases.append(case(f"drawn ones {scale} as wide, moved by {shift}", real, scale * fake + shift))
    real, noise = normal((2, 20, 3), 9, torch.float64)
    cases.append(case("nearly copies", real, real + 0.001 * noise))
    same_on(attempt, _leave_one_out, cases)


def _kendall(first: list[float], second: list[float]) -> float:
    total, pairs = 0, 0
    for i in range(len(first)):
        for j in range(i):
            total += math.copysign(1, first[i] - first[j]) * math.copysign(1, second[i] - second[j])
            pairs += 1
    return total / pairs


@exercise(
    "A pair (i, j) is in the same order where (a_i - a_j)(b_i - b_j) is positive.",
    "itertools.combinations(range(n), 2) are all pairs; of n (n - 1) / 2 count those in the same order and those that "
    "are not, whichever places they have in the lists.",
)
def kendall(attempt: Attempt) -> None:
    cases = [case("two lists", [1.0, 2.0, 3.0], [3.0, 1.0, 2.0]), case("two numbers", [2.0, -1.0], [-5.0, 7.0])]
    for k, count in enumerate((4, 7, 12)):
        first, second = normal((2, count), k).tolist()
        cases.append(case(f"{count} numbers", first, second))
        cases.append(case("a list and its cube", first, [value**3 for value in first]))
        cases.append(case("a list and its opposite", first, [-value for value in first]))
    same_on(attempt, _kendall, cases)


def descended(
    features: Callable[[Tensor], Tensor], picture: Tensor, pattern: Tensor, steps: int, rate: float
) -> Tensor:
    """The reference of `sharpest_difference`: plain gradient descent in the features, from picture plus pattern."""
    answer = nn.Parameter(picture + pattern)
    optimiser = torch.optim.SGD([answer], lr=rate)
    for _ in range(steps):
        optimiser.zero_grad()
        F.l1_loss(features(answer), features(picture).detach()).backward()
        optimiser.step()
    return answer.detach()


@exercise(
    "torch.autograd.grad(loss, answer) gives the gradient; detach the answer after every step.",
    "Before the loop: answer = (picture + pattern).requires_grad_(True), and the features of `picture`, once. In it: "
    "the mean absolute difference, its gradient, answer - rate * gradient.",
)
def sharpest_difference(attempt: Attempt) -> None:
    same_on(attempt, descended, [_descent(0, 1, 5.0), _descent(1, 4, 9.0), _descent(2, 7, 3.0), _descent(3, 0, 5.0)])


def _descent(seed: int, steps: int, rate: float) -> Case:
    """Random features in double precision, a picture and a pattern."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        features = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.LeakyReLU(0.2)).double().requires_grad_(False)
    picture, pattern = (uniform((1, 3, 7, 9), 10 * seed + k).double() for k in (1, 2))
    return case(f"{steps} steps of {rate}", features, picture, 0.3 * pattern, steps, rate)


def band_exchanged(pictures: Tensor, donors: Tensor, lowest: float) -> Tensor:
    """The reference of `exchange_band`: the fine frequencies of `pictures` (N, 3, H, W) are taken from `donors`."""
    height, width = pictures.shape[-2:]
    fine_rows = torch.fft.fftfreq(height).abs() >= lowest  # (H,), cycles a pixel
    fine_columns = torch.fft.fftfreq(width).abs() >= lowest  # (W,)
    band = fine_rows[:, None] | fine_columns[None]
    mixed = torch.where(band, torch.fft.fft2(donors), torch.fft.fft2(pictures))
    return torch.fft.ifft2(mixed).real


@exercise(
    "torch.fft.fft2 takes a picture apart; torch.fft.fftfreq(n) says which frequency stands where, in cycles a pixel, "
    "negative ones too.",
    "The band is where |frequency of the row| >= lowest *or* |frequency of the column| >= lowest. torch.where chooses "
    "between two transforms; torch.fft.ifft2(...).real goes back.",
)
def exchange_band(attempt: Attempt) -> None:
    cases = []
    for k, (shape, lowest) in enumerate(
        [((2, 3, 8, 8), 0.5), ((1, 3, 16, 12), 0.4), ((3, 3, 9, 10), 0.3), ((1, 3, 8, 6), 0.1)]
    ):
        pictures, donors = (uniform(shape, 10 * k + side) for side in (1, 2))
        cases.append(case(f"the band from {lowest} on", pictures, donors, lowest))
        cases.append(case(f"nothing in place of the band from {lowest} on", pictures, torch.zeros(shape), lowest))
    same_on(attempt, band_exchanged, cases, tolerance=1e-5)
