"""Right and plausible wrong answers to the exercises of notebook 07."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy.stats import kendalltau, pearsonr, spearmanr
from torch import Tensor, nn


def neighbours(real: Tensor, fake: Tensor, self_too: bool = False, largest: bool = False, k: int = 1) -> dict[str, Any]:
    points = torch.cat([real, fake])
    distances = torch.cdist(points, points)
    if not self_too:
        distances.fill_diagonal_(-math.inf if largest else math.inf)
    nearest = distances.topk(k, 1, largest=largest).indices
    says_real = (nearest < len(real)).double().mean(1) > 0.5
    out = {"real": says_real[: len(real)].double().mean().item()}
    out["fake"] = (~says_real[len(real) :]).double().mean().item()
    return {"accuracy": (out["real"] + out["fake"]) / 2} | out


def neighbours_by_loop(real: Tensor, fake: Tensor) -> dict[str, Any]:
    right = {"real": [], "fake": []}
    for side, mine, others in (("real", real, fake), ("fake", fake, real)):
        for k, point in enumerate(mine):
            own = torch.cat([mine[:k], mine[k + 1 :]])
            nearest = ((own - point).square().sum(1).min(), (others - point).square().sum(1).min())
            right[side].append(nearest[0] < nearest[1])
    shares = {side: np.mean([bool(hit) for hit in hits]) for side, hits in right.items()}
    return {**shares, "accuracy": torch.tensor(np.mean(list(shares.values())))}


def kendall(first: list[float], second: list[float]) -> float:
    pairs = list(combinations(range(len(first)), 2))
    same = sum((first[i] - first[j]) * (second[i] - second[j]) > 0 for i, j in pairs)
    return (2 * same - len(pairs)) / len(pairs)


def kendall_sorted(first: list[float], second: list[float]) -> float:
    pairs = list(combinations(second, 2))
    return (2 * sum(a < b for a, b in pairs) - len(pairs)) / len(pairs)


def kendall_of_neighbours(first: list[float], second: list[float]) -> float:
    steps = [(b - a) * (d - c) for (a, b), (c, d) in zip(pairwise(first), pairwise(second), strict=True)]
    return sum(1 if step > 0 else -1 for step in steps) / len(steps)


def descend(features: nn.Module, picture: Tensor, pattern: Tensor, steps: int, rate: float, **change: Any) -> Tensor:
    answer = (picture + pattern * change.get("pattern", 1)).clone().requires_grad_(True)
    wanted = features(picture).detach()
    loss_of = change.get("loss", F.l1_loss)
    for _ in range(steps - change.get("less", 0)):
        (slope,) = torch.autograd.grad(loss_of(features(answer), wanted), answer)
        slope = slope.sign() if change.get("sign") else slope
        answer = (answer - change.get("turn", 1) * rate * slope).detach().requires_grad_(True)
    return answer.detach()


def descend_by_sgd(features: nn.Module, picture: Tensor, pattern: Tensor, steps: int, rate: float) -> Tensor:
    answer = nn.Parameter((picture + pattern).clone())
    optimiser = torch.optim.SGD([answer], lr=rate)
    for _ in range(steps):
        optimiser.zero_grad()
        (features(answer) - features(picture)).abs().mean().backward()
        optimiser.step()
    return answer.data


def descend_by_adam(features: nn.Module, picture: Tensor, pattern: Tensor, steps: int, rate: float) -> Tensor:
    answer = nn.Parameter(picture + pattern)
    optimiser = torch.optim.Adam([answer], lr=rate)
    for _ in range(steps):
        optimiser.zero_grad()
        F.l1_loss(features(answer), features(picture)).backward()
        optimiser.step()
    return answer.detach()


def exchange(pictures: Tensor, donors: Tensor, lowest: float, **change: Any) -> Tensor:
    height, width = pictures.shape[-2:]
    rows, columns = (torch.fft.fftfreq(side) for side in (height, width))
    if not change.get("signed"):
        rows, columns = rows.abs(), columns.abs()
    rows, columns = rows[:, None] >= lowest, columns[None] >= lowest
    band = rows & columns if change.get("both") else rows | columns
    band = rows.expand(height, width) if change.get("rows") else band
    band = ~band if change.get("other") else band
    return torch.fft.ifft2(torch.where(band, torch.fft.fft2(donors), torch.fft.fft2(pictures))).real


def exchange_by_difference(pictures: Tensor, donors: Tensor, lowest: float) -> Tensor:
    change = torch.fft.rfft2(donors - pictures)
    rows, columns = torch.fft.fftfreq(pictures.shape[-2]).abs(), torch.fft.rfftfreq(pictures.shape[-1])
    change[..., (rows[:, None] < lowest) & (columns[None] < lowest)] = 0
    return pictures + torch.fft.irfft2(change, s=pictures.shape[-2:])


def exchange_by_circles(pictures: Tensor, donors: Tensor, lowest: float) -> Tensor:
    rows, columns = (torch.fft.fftfreq(side) for side in pictures.shape[-2:])
    band = torch.hypot(rows[:, None], columns[None]) >= lowest
    return torch.fft.ifft2(torch.where(band, torch.fft.fft2(donors), torch.fft.fft2(pictures))).real


RIGHT = {
    "weights": {
        "a tuple": lambda p, last: (1 - p, last * p),
        "NumPy numbers": lambda p, last: [np.float64(1) - p, np.float64(p) * last],
        "0-d tensors": lambda p, last: (torch.tensor(1 - p), torch.lerp(torch.tensor(0.0), torch.tensor(last), p)),
    },
    "leave_one_out": {"a table": neighbours, "a loop": neighbours_by_loop},
    "kendall": {
        "pairs": kendall,
        "scipy": lambda a, b: kendalltau(a, b).statistic,
        "signs": lambda a, b: (
            (np.sign(np.subtract.outer(a, a)) * np.sign(np.subtract.outer(b, b))).sum() / (len(a) * (len(a) - 1))
        ),
    },
    "sharpest_difference": {"by autograd": descend, "by an optimiser": descend_by_sgd},
    "exchange_band": {"a choice": exchange, "a difference": exchange_by_difference},
}

WRONG = {
    "weights": {
        "exchanged": lambda p, last: (last * p, 1 - p),
        "lambda grows": lambda p, last: (p, last * p),
        "gamma to 1": lambda p, last: (1 - p, p),
        "gamma falls": lambda p, last: (1 - p, last * (1 - p)),
        "they sum to one": lambda p, last: (1 - last * p, last * p),
        "a list in a list": lambda p, last: [[1 - p, last * p]],
        "squared": lambda p, last: ((1 - p) ** 2, last * p**2),
        "lambda alone": lambda p, last: 1 - p,
    },
    "leave_one_out": {
        "itself too": lambda a, b: neighbours(a, b, self_too=True),
        "the furthest": lambda a, b: neighbours(a, b, largest=True),
        "three neighbours": lambda a, b: neighbours(a, b, k=3),
        "exchanged": lambda a, b: neighbours(b, a),
        "real and fake exchanged": lambda a, b: {**(n := neighbours(a, b)), "real": n["fake"], "fake": n["real"]},
        "one number": lambda a, b: neighbours(a, b)["accuracy"],
        "no parts": lambda a, b: {"accuracy": neighbours(a, b)["accuracy"]},
        "errors": lambda a, b: {key: 1 - value for key, value in neighbours(a, b).items()},
        "drawn ones called real": lambda a, b: {**(n := neighbours(a, b)), "fake": 1 - n["fake"]},
        "a count": lambda a, b: {key: value * len(a) for key, value in neighbours(a, b).items()},
    },
    "kendall": {
        "first is sorted": kendall_sorted,
        "neighbours": kendall_of_neighbours,
        "same order only": lambda a, b: (kendall(a, b) + 1) / 2,
        "opposite": lambda a, b: -kendall(a, b),
        "Spearman": lambda a, b: spearmanr(a, b).statistic,
        "Pearson": lambda a, b: pearsonr(a, b).statistic,
        "all pairs twice and themselves": lambda a, b: kendall(a, b) * (len(a) - 1) / len(a),
        "a count": lambda a, b: kendall(a, b) * len(a) * (len(a) - 1) / 2,
        "products": lambda a, b: kendall([abs(x) for x in a], b),
    },
    "sharpest_difference": {
        "one step less": lambda *given: descend(*given, less=1),
        "uphill": lambda *given: descend(*given, turn=-1),
        "squares": lambda *given: descend(*given, loss=F.mse_loss),
        "a sum": lambda *given: descend(*given, loss=lambda a, b: (a - b).abs().sum()),
        "no pattern": lambda *given: descend(*given, pattern=0),
        "signs": lambda *given: descend(*given, sign=True),
        "Adam": descend_by_adam,
        "pixels": lambda features, *given: descend(nn.Identity(), *given),
        "the picture": lambda features, picture, *_: picture,
        "half the rate": lambda f, x, pattern, steps, rate: descend(f, x, pattern, steps, rate / 2),
    },
    "exchange_band": {
        "positive ones only": lambda *given: exchange(*given, signed=True),
        "both directions at once": lambda *given: exchange(*given, both=True),
        "rows only": lambda *given: exchange(*given, rows=True),
        "the coarse ones": lambda *given: exchange(*given, other=True),
        "circles": exchange_by_circles,
        "exchanged": lambda pictures, donors, lowest: exchange(donors, pictures, lowest),
        "above, not from": lambda pictures, donors, lowest: exchange(pictures, donors, lowest + 0.01),
        "complex": lambda pictures, donors, lowest: torch.complex(
            exchange(pictures, donors, lowest), torch.zeros_like(pictures)
        ),
        "the donor": lambda pictures, donors, lowest: donors,
        "added": lambda pictures, donors, lowest: pictures + exchange(torch.zeros_like(pictures), donors, lowest),
    },
}
