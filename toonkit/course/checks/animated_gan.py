"""The exercises of notebook 06."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, case, choices, exercise, normal, same_on, same_slopes_on, uniform


def _side(halvings: int) -> int:
    return 6 * 2**halvings - 3 if halvings else 1


@exercise(
    "After k halvings neighbours in the map are 2^k pixels apart, so a 3x3 convolution adds 2 * 2^k pixels.",
    "Each pair adds 2 jumps (flat), 2 jumps (halving), and then doubles the jump; the last convolution adds 2 jumps. "
    "Without halvings there is nothing but 1x1.",
)
def patch_side(attempt: Attempt) -> None:
    same_on(attempt, _side, [case(f"{halvings} halvings", halvings) for halvings in (3, 0, 1, 5, 2, 4)], tolerance=0)


def _shading(picture: Tensor, width: float) -> Tensor:
    shares = torch.tensor([0.299, 0.587, 0.114], dtype=picture.dtype)
    bright = torch.einsum("nchw,c->nhw", picture, shares)
    total = picture.new_zeros(())
    for axis in (1, 2):
        step = bright.diff(dim=axis).abs()
        total = total + (step * torch.exp(-step / width).detach()).mean()
    return total


@exercise(
    "Differences along each axis, their absolute value, times exp(-step / width) without its gradient.",
    "detach() the weight, and nothing else. A mean for each of the two directions, then their sum. If the weight had a "
    "slope, what would make a contour cheaper?",
)
def shading(attempt: Attempt) -> None:
    cases = []
    for k, (shape, width) in enumerate(
        [((1, 3, 5, 7), 0.1), ((3, 3, 8, 4), 0.1), ((2, 3, 6, 6), 0.4), ((1, 3, 3, 9), 0.03)]
    ):
        cases.append(case(f"a width of {width}", uniform(shape, k, -0.3, 0.3), width))
        cases.append(case(f"strong contrast, a width of {width}", uniform(shape, 20 + k), width))
    same_slopes_on(attempt, _shading, cases, by=(0,), tolerance=1e-5)


def _wins(real: Tensor, smooth: Tensor) -> float:
    pairs = [(a, b) for a in real.flatten().tolist() for b in smooth.flatten().tolist()]
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


@exercise(
    "Compare every real score with every smoothed one, not only those at the same place.",
    "flatten both; real[:, None] and smooth[None] broadcast to a table of all pairs. Count wins, and ties half.",
)
def winning_share(attempt: Attempt) -> None:
    cases = [
        case(
            "whole scores with ties",
            choices((7, 1, 2, 2), k, 5).double() + shift,
            choices((5, 1, 2, 2), 9 + k, 5).double(),
        )
        for k, shift in enumerate((0, 1, -2))
    ]
    cases += [
        case("scores without ties", normal((6, 1, 3, 3), 1) + 0.7, normal((4, 1, 3, 3), 2)),
        case("one score a picture", normal((9, 1, 1, 1), 3), normal((3, 1, 1, 1), 4)),
        case("all tied", torch.zeros(3, 1, 1, 1), torch.zeros(2, 1, 1, 1)),
        case("always right", torch.full((2, 1, 1, 1), 3.0), torch.full((4, 1, 1, 1), -3.0)),
    ]
    same_on(attempt, _wins, cases)
