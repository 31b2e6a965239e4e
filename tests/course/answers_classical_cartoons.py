"""Right and plausible wrong answers to the exercises of notebook 02."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor


def steps_by_bucket(lightness: Tensor, bins: int) -> Tensor:
    edges = torch.linspace(0, 100, bins + 1)
    return ((edges[:-1] + edges[1:]) / 2)[torch.bucketize(lightness, edges[1:-1], right=True)]


def steps(lightness: Tensor, bins: int) -> Tensor:
    width = 100 / bins
    return ((lightness / width).floor().clamp(max=bins - 1) + 0.5) * width


def turn(
    a: Tensor,
    b: Tensor,
    both: Callable[[Tensor, Tensor], Tensor] = lambda a, b: (a != 0).any(0) & (b != 0).any(0),
    undirected: bool = True,
    degrees: bool = True,
) -> Tensor:
    cosine = (a * b).sum(0)
    cosine = (cosine.abs() if undirected else cosine).clamp(-1, 1)
    found = torch.arccos(cosine[both(a, b)])
    return (torch.rad2deg(found) if degrees else found).mean()


def turn_by_atan(a: Tensor, b: Tensor) -> float:
    cross, dot = a[0] * b[1] - a[1] * b[0], (a * b).sum(0)
    where = (a.norm(dim=0) > 0.5) & (b.norm(dim=0) > 0.5)
    return math.degrees(torch.atan2(cross.abs(), dot.abs())[where].mean().item())


def window_mean(row: Tensor, radius: int, count_include_pad: bool = False) -> Tensor:
    size = 2 * radius + 1
    return torch.nn.functional.avg_pool1d(row[None], size, 1, radius, count_include_pad=count_include_pad)[0]


def guided(
    row: Tensor, guide: Tensor, radius: int, eps: float, mean: Callable[[Tensor, int], Tensor] = window_mean
) -> Tensor:
    slope = (mean(row * guide, radius) - mean(row, radius) * mean(guide, radius)) / (
        mean(guide * guide, radius) - mean(guide, radius) ** 2 + eps
    )
    offset = mean(row, radius) - slope * mean(guide, radius)
    return mean(slope, radius) * guide + mean(offset, radius)


def guided_by_matrix(row: Tensor, guide: Tensor, radius: int, eps: float) -> Tensor:
    places = torch.arange(len(row))
    near = ((places[:, None] - places).abs() <= radius).to(row.dtype)
    near = near / near.sum(1, keepdim=True)
    mean_row, mean_guide = near @ row, near @ guide
    slope = (near @ (row * guide) - mean_row * mean_guide) / (near @ guide.square() - mean_guide.square() + eps)
    return (near @ slope) * guide + near @ (mean_row - slope * mean_guide)


def guided_once(row: Tensor, guide: Tensor, radius: int, eps: float) -> Tensor:
    mean_row, mean_guide = window_mean(row, radius), window_mean(guide, radius)
    covariance = window_mean(row * guide, radius) - mean_row * mean_guide
    slope = covariance / (window_mean(guide * guide, radius) - mean_guide**2 + eps)
    return slope * guide + mean_row - slope * mean_guide


def guided_without_centring(row: Tensor, guide: Tensor, radius: int, eps: float) -> Tensor:
    slope = window_mean(row * guide, radius) / (window_mean(guide * guide, radius) + eps)
    offset = window_mean(row, radius) - slope * window_mean(guide, radius)
    return window_mean(slope, radius) * guide + window_mean(offset, radius)


def walk(
    flow: Tensor,
    start: tuple[int, int],
    steps: int,
    nearest: Callable[[float], int] = lambda value: math.floor(value + 0.5),
    exact: bool = True,
    swapped: bool = False,
    outside_by_pixel: bool = False,
    keep_the_last: bool = False,
) -> list[tuple[int, int]]:
    height, width = flow.shape[1:]
    (y, x), visited = start, [start]
    for _ in range(steps):
        dx, dy = flow[:, visited[-1][0], visited[-1][1]].tolist()
        if swapped:
            dx, dy = dy, dx
        y, x = (y + dy, x + dx) if exact else (visited[-1][0] + dy, visited[-1][1] + dx)
        pixel = (nearest(y), nearest(x))
        at = pixel if outside_by_pixel else (y, x)
        if not (0 <= at[0] <= height - 1 and 0 <= at[1] <= width - 1):
            return [*visited, pixel] if keep_the_last else visited
        visited.append(pixel)
    return visited


def walk_by_tensors(flow: Tensor, start: tuple[int, int], steps: int) -> list[list[Tensor]]:
    last = torch.tensor(flow.shape[1:]).double() - 1
    position = torch.tensor(start).double()
    pixels = [list(torch.tensor(start))]
    for _ in range(steps):
        row, column = (int(value) for value in pixels[-1])
        position = position + flow[:, row, column].flip(0).double()
        if (position < 0).any() or (position > last).any():
            break
        pixels.append(list((position + 0.5).floor().long()))
    return pixels


RIGHT = {
    "hard_steps": {
        "floor": steps,
        "buckets": steps_by_bucket,
        "a sum of steps": lambda x, n: (
            (sum((x >= 100 * k / n).float() for k in range(1, n)) + torch.full_like(x, 0.5)) * 100 / n
        ),
    },
    "flow_angle_error": {"dot product": turn, "cross product, a number": turn_by_atan},
    "guided_row": {"pooling": guided, "a matrix": guided_by_matrix},
    "follow": {"numbers": walk, "tensors": walk_by_tensors},
}

WRONG = {
    "hard_steps": {
        "the lower edge": lambda x, n: steps(x, n) - 50 / n,
        "no clamp": lambda x, n: ((x * n / 100).floor() + 0.5) * 100 / n,
        "rounded": lambda x, n: ((x * n / 100).round().clamp(max=n - 1) + 0.5) * 100 / n,
        "one bin less": lambda x, n: steps(x, max(1, n - 1)),
        "the nearest boundary": lambda x, n: (x * n / 100).round() * 100 / n,
        "boundaries below": lambda x, n: ((x * n / 100).ceil().clamp(min=1) - 0.5) * 100 / n,
        "whole numbers": lambda x, n: steps(x, n).long(),
        "soft": lambda x, n: (b := (x * n / 100).round() * 100 / n) + 50 / n * (x - b).tanh(),
        "the bin's number": lambda x, n: (x * n / 100).floor().clamp(max=n - 1),
    },
    "flow_angle_error": {
        "with direction": lambda a, b: turn(a, b, undirected=False),
        "radians": lambda a, b: turn(a, b, degrees=False),
        "every pixel": lambda a, b: turn(a, b, lambda a, b: torch.ones_like(a[0], dtype=torch.bool)),
        "where a has one": lambda a, b: turn(a, b, lambda a, b: (a != 0).any(0)),
        "where b has one": lambda a, b: turn(a, b, lambda a, b: (b != 0).any(0)),
        "where either has one": lambda a, b: turn(a, b, lambda a, b: (a != 0).any(0) | (b != 0).any(0)),
        "the angle of the mean": lambda a, b: torch.rad2deg(torch.arccos((a * b).sum(0).abs().mean().clamp(max=1))),
        "the largest": lambda a, b: torch.rad2deg(torch.arccos((a * b).sum(0).abs().clamp(max=1))).max(),
        "a map": lambda a, b: torch.rad2deg(torch.arccos((a * b).sum(0).abs().clamp(max=1))),
        "no clamp": lambda a, b: torch.rad2deg(
            torch.arccos((a * b).sum(0).abs()[(a != 0).any(0) & (b != 0).any(0)] * (1 + 2e-7))
        ).mean(),
    },
    "guided_row": {
        "no eps": lambda row, guide, radius, eps: guided(row, guide, radius, 1e-9),
        "eps squared": lambda row, guide, radius, eps: guided(row, guide, radius, eps**2),
        "exchanged": lambda row, guide, radius, eps: guided(guide, row, radius, eps),
        "lines not averaged": guided_once,
        "zeros outside": lambda r, g, radius, eps: guided(r, g, radius, eps, lambda s, n: window_mean(s, n, True)),
        "not centred": guided_without_centring,
        "half the window": lambda row, guide, radius, eps: guided(row, guide, max(1, radius // 2), eps),
        "a mean only": lambda row, guide, radius, eps: window_mean(row, radius),
        "the row itself": lambda row, guide, radius, eps: row,
    },
    "follow": {
        "x and y exchanged": lambda f, s, n: walk(f, s, n, swapped=True),
        "positions rounded": lambda f, s, n: walk(f, s, n, exact=False),
        "python's round": lambda f, s, n: walk(f, s, n, nearest=round),
        "cut off": lambda f, s, n: walk(f, s, n, nearest=int),
        "outside kept": lambda f, s, n: walk(f, s, n, keep_the_last=True),
        "outside by pixels": lambda f, s, n: walk(f, s, n, outside_by_pixel=True),
        "one step less": lambda f, s, n: walk(f, s, max(0, n - 1)),
        "without the start": lambda f, s, n: walk(f, s, n)[1:],
        "x first": lambda f, s, n: [(x, y) for y, x in walk(f, s, n)],
        "backwards": lambda f, s, n: walk(-f, s, n),
    },
}
