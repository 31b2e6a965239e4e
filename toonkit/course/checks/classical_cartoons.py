"""The exercises of notebook 02."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, case, exercise, normal, same_on, uniform


def _steps(lightness: Tensor, bins: int) -> Tensor:
    middles = torch.tensor([(k + 0.5) * 100 / bins for k in range(bins)], dtype=lightness.dtype)
    lower = torch.tensor([k * 100 / bins for k in range(1, bins)], dtype=lightness.dtype)
    return middles[(lightness[..., None] >= lower).sum(-1)]


@exercise(
    "Number the bins from 0: which number does a lightness have, and what number does 100 get?",
    "The number is floor(lightness / width), and for 100 it is one too many: clamp it. The middle of bin k is "
    "(k + 1/2) widths from 0.",
)
def hard_steps(attempt: Attempt) -> None:
    cases = [
        case("both ends and the middles", torch.tensor([0.0, 12.5, 37.5, 99.99, 100.0]), 4),
        case("boundaries of bins", torch.tensor([25.0, 50.0, 75.0]), 4),
        case("boundaries of bins", torch.tensor([12.5, 37.5, 87.5, 100.0]), 8),
        *(case(f"{bins} bins", uniform((6, 9), bins, 0, 100), bins) for bins in (1, 2, 3, 7, 16)),
    ]
    same_on(attempt, _steps, cases, tolerance=1e-3)


def _unit(angles: Tensor) -> Tensor:
    return torch.stack([angles.cos(), angles.sin()])


def _turn(a: Tensor, b: Tensor) -> float:
    found = []
    for y in range(a.shape[1]):
        for x in range(a.shape[2]):
            (ax, ay), (bx, by) = a[:, y, x].tolist(), b[:, y, x].tolist()
            if (ax or ay) and (bx or by):
                found.append(math.degrees(math.atan2(abs(ax * by - ay * bx), abs(ax * bx + ay * by))))
    return sum(found) / len(found)


@exercise(
    "The dot product of two unit vectors is the cosine of their angle; its absolute value forgets the direction.",
    "A pixel counts only where both fields have a vector: (a != 0).any(0) & (b != 0).any(0). Rounding may lift a "
    "cosine above 1, of which arccos makes nan.",
)
def flow_angle_error(attempt: Attempt) -> None:
    angles = uniform((2, 7, 9), 1, -math.pi, math.pi).double()
    a, b = _unit(angles[0]), _unit(angles[1])
    holes = [uniform((7, 9), k, 0, 1) < 0.3 for k in (3, 4)]
    some_a, some_b = a.masked_fill(holes[0], 0), b.masked_fill(holes[1], 0)
    single = _unit(uniform((5, 6), 6, -math.pi, math.pi))
    cases = [
        case("two fields", a, b),
        case("a field and one turned by 30 degrees", a, _unit(angles[0] + math.pi / 6)),
        case("a field with pixels without direction, and a whole one", some_a, b),
        case("a whole field, and one with pixels without direction", a, some_b),
        case("two fields with pixels without direction", some_a, some_b),
        case("a field and its opposite", single, -single),
        case("a field and itself", single, single),
    ]
    same_on(attempt, _turn, cases, tolerance=0.05)


def _window(row: Tensor, at: int, radius: int) -> slice:
    return slice(max(0, at - radius), min(len(row), at + radius + 1))


def _guided(row: Tensor, guide: Tensor, radius: int, eps: float) -> Tensor:
    lines = []
    for at in range(len(row)):
        part, by = (signal[_window(row, at, radius)] for signal in (row, guide))
        slope = ((part - part.mean()) * (by - by.mean())).mean() / ((by - by.mean()).square().mean() + eps)
        lines.append(torch.stack([slope, part.mean() - slope * by.mean()]))
    both = torch.stack(lines, 1)  # (2, L): slopes and offsets
    means = torch.stack([both[:, _window(row, at, radius)].mean(1) for at in range(len(row))], 1)
    return means[0] * guide + means[1]


@exercise(
    "Variance is mean(guide * guide) - mean(guide) ** 2; covariance is the same with `row` for one `guide`.",
    "Five window means give slope and offset of every window; two more average slopes and offsets over the windows "
    "that contain a place; the answer is the line there, at the place's own guide.",
)
def guided_row(attempt: Attempt) -> None:
    cases = []
    for k, (length, radius, eps) in enumerate([(30, 3, 0.05), (17, 1, 0.2), (40, 5, 0.01), (12, 2, 1.0)]):
        row, guide = (normal((length,), 10 * k + side, torch.float64) for side in (1, 2))
        cases.append(case("a row and another guide", row, 0.4 * guide + 0.5 * row + 1, radius, eps))
    step = torch.cat([torch.zeros(9), torch.ones(8)]).double()
    cases.append(case("a step that is its own guide", step, step.clone(), 2, 0.04))
    same_on(attempt, _guided, cases)


def _walk(flow: Tensor, start: tuple[int, int], steps: int) -> list[tuple[int, int]]:
    height, width = flow.shape[1:]
    y, x = map(float, start)
    pixels = [start]
    while len(pixels) <= steps:
        row, column = pixels[-1]
        x, y = x + flow[0, row, column].item(), y + flow[1, row, column].item()
        if y < 0 or x < 0 or y > height - 1 or x > width - 1:
            break
        pixels.append((math.floor(y + 0.5), math.floor(x + 0.5)))
    return pixels


@exercise(
    "Keep the exact position, and round only to read the flow and to write down the pixel.",
    "flow[0] moves x, flow[1] moves y. A position below 0 or above the last pixel is outside, even where it would be "
    "rounded to a pixel inside. floor(position + 0.5) rounds halves up; round() does not.",
)
def follow(attempt: Attempt) -> None:
    y, x = torch.meshgrid(torch.arange(15.0) - 7.2, torch.arange(20.0) - 9.3, indexing="ij")
    rings = torch.stack([-y, x]) / torch.hypot(x, y)
    rough = _unit(uniform((11, 8), 5, -math.pi, math.pi))
    shallow = _unit(torch.full((9, 12), 0.3))
    halves = torch.tensor([0.5, 0.75**0.5])[:, None, None].expand(2, 9, 7)
    back = _unit(torch.full((10, 13), -2.4))
    cases = [
        *(case("rings", rings, start, 25) for start in ((7, 14), (2, 3), (0, 0))),
        *(case("a rough field", rough, start, 12) for start in ((5, 4), (0, 7), (10, 0))),
        case("a slope that is less than a pixel a step", shallow, (0, 0), 30),
        case("positions half way between two pixels", halves.clone(), (0, 0), 8),
        case("a way out at the upper left", back, (4, 9), 30),
        case("no steps", rings, (3, 3), 0),
        case("one step", rough, (3, 3), 1),
    ]
    same_on(attempt, _walk, cases)
