"""The exercises of notebook 00."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, case, choices, exercise, same_on, uniform


def _bytes(picture: Tensor) -> Tensor:
    return torch.floor((picture.double() + 1) * 127.5 + 0.5).to(torch.uint8)


def _between_bytes(shape: Sequence[int], seed: int) -> Tensor:
    """Values in [-1, 1] up to 0.45 of a byte beside a byte, on both sides."""
    middle = choices(shape, seed, 256) + uniform(shape, seed + 1, -0.45, 0.45)
    return middle.clamp(0, 255) / 127.5 - 1


@exercise(
    "First move [-1, 1] to [0, 255]: what do you add, and what do you multiply by?",
    "A conversion to torch.uint8 cuts decimals off, so round before it; and it is the conversion that makes bytes.",
)
def to_bytes(attempt: Attempt) -> None:
    cases = [
        case("black, grey and white", torch.tensor([-1.0, 0.001, 1.0])),
        case("a single value", torch.tensor(0.7345)),
        *(
            case("values between two bytes", _between_bytes(s, k))
            for k, s in enumerate([(40,), (3, 5, 7), (2, 3, 4, 6)])
        ),
        case("numbers of double precision", _between_bytes((3, 8), 9).double()),
    ]
    same_on(attempt, _bytes, cases, tolerance=0)


def _distances(a: Tensor, b: Tensor) -> Tensor:
    return torch.stack([(one - other).abs().sum() / one.numel() for one, other in zip(a, b, strict=True)])


@exercise(
    "mean() takes the dimensions to average over; which one should stay?",
    "abs() comes before the mean: differences above and below must not cancel. The batch is dimension 0.",
)
def mean_distance(attempt: Attempt) -> None:
    cases = []
    for k, (count, height, width) in enumerate([(4, 6, 6), (1, 5, 3), (3, 4, 7), (2, 8, 3)]):
        strength = torch.linspace(0.2, 1, count)[:, None, None, None]  # no two pictures are equally far apart
        a, b = (strength * uniform((count, 3, height, width), 10 * k + side) for side in (1, 2))
        cases.append(case(f"a batch of {count}", a, b))
    same_on(attempt, _distances, cases)


def _cut_out(picture: Tensor, mask: Tensor, keep: list[int]) -> Tensor:
    rows = [
        [picture[:, y, x] if number in keep else torch.ones(3) for x, number in enumerate(row)]
        for y, row in enumerate(mask.tolist())
    ]
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


@exercise(
    "torch.where(condition, a, b) takes a condition of shape (H, W) beside pictures of shape (3, H, W).",
    "A pixel stays if its number is the first of `keep`, or the second, or ...: begin with a mask that is all False "
    "and join to it one comparison after the other. White is 1.",
)
def cut_out(attempt: Attempt) -> None:
    kept = ([2], [0, 3], [4, 1], [3, 2, 0], [0, 1, 2, 3, 4, 5])
    sides = ((5, 7), (6, 4), (8, 8), (3, 9), (4, 5))
    cases = [
        case(f"classes to keep: {keep}", uniform((3, *side), k), choices(side, 20 + k, 6), keep)
        for k, (keep, side) in enumerate(zip(kept, sides, strict=True))
    ]
    cases.append(case("no pixel of the class", uniform((3, 4, 6), 9), torch.full((4, 6), 1), [5]))
    same_on(attempt, _cut_out, cases)
