"""Right and wrong answers to the exercises of notebook 08."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.losses.regions import region_weights, weighted_mean


def regional_by_loop(values: Tensor, shares: Tensor, weights: list[float]) -> Tensor:
    total = torch.zeros(())
    for number, weight in enumerate(weights):
        total = total + weight * (values[:, 0] * shares[:, number]).sum()
    return total / values.numel()


def regional_by_package(values: Tensor, shares: Tensor, weights: list[float]) -> Tensor:
    return weighted_mean(values, region_weights(shares, dict(enumerate(weights))))


def regional_divided_by_weights(values: Tensor, shares: Tensor, weights: list[float]) -> Tensor:
    places = (shares * torch.tensor(weights).view(1, -1, 1, 1)).sum(1, keepdim=True)
    return (values * places).sum() / places.sum().clamp(min=1e-6)


def regional_by_largest_share(values: Tensor, shares: Tensor, weights: list[float]) -> Tensor:
    return (values[:, 0] * torch.tensor(weights)[shares.argmax(1)]).mean()


def regional_detached(values: Tensor, shares: Tensor, weights: list[float]) -> Tensor:
    return regional_by_loop(values.detach(), shares, weights).requires_grad_(True)


def regional_mean_over_classes(values: Tensor, shares: Tensor, weights: list[float]) -> Tensor:
    return (values * shares * torch.tensor(weights).view(1, -1, 1, 1)).mean()


def line_by_formula(window: Tensor, eps: float) -> tuple[float, float]:
    variance = window.var(correction=0)
    a = variance / (variance + eps)
    return a.item(), (window.mean() * (1 - a)).item()


def line_by_moments(window: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    variance = (window.double() ** 2).mean() - window.double().mean() ** 2
    a = variance / (variance + eps)
    return a, window.double().mean() - a * window.double().mean()


def line_unbiased(window: Tensor, eps: float) -> tuple[float, float]:
    variance = window.var()
    a = variance / (variance + eps)
    return float(a), float(window.mean() * (1 - a))


def line_deviation(window: Tensor, eps: float) -> tuple[float, float]:
    a = window.std(correction=0) / (window.std(correction=0) + eps)
    return float(a), float(window.mean() * (1 - a))


def line_without_offset(window: Tensor, eps: float) -> tuple[float, float]:
    return line_by_formula(window, eps)[0], window.mean().item()


def line_swapped(window: Tensor, eps: float) -> tuple[float, float]:
    return line_by_formula(window, eps)[::-1]


def moved_by_autograd(shares: Tensor, numbers: dict[int, float]) -> float:
    leaf = torch.zeros(len(shares), 1, *shares.shape[-2:], requires_grad=True)
    loss = weighted_mean((leaf - 1).square(), region_weights(shares, numbers))
    (slope,) = torch.autograd.grad(loss, leaf)
    inside = slope[shares[:, :1] > 0.99].abs()
    return inside.max().item() if inside.numel() else 0.0


def moved_by_hand(shares: Tensor, numbers: dict[int, float]) -> Tensor:
    weights = region_weights(shares, numbers)
    slope = 2 * weights / weights.numel()
    return (slope * (shares[:, :1] > 0.99)).max()


def moved_everywhere(shares: Tensor, numbers: dict[int, float]) -> float:
    weights = region_weights(shares, numbers)
    return float(2 * weights.max() / weights.numel())


def moved_mean(shares: Tensor, numbers: dict[int, float]) -> float:
    weights = region_weights(shares, numbers)
    inside = weights[shares[:, :1] > 0.99]
    return float(2 * inside.sum() / weights.numel()) if inside.numel() else 0.0


def moved_halved(shares: Tensor, numbers: dict[int, float]) -> float:
    return moved_by_autograd(shares, numbers) / 2


def moved_mostly_background(shares: Tensor, numbers: dict[int, float]) -> float:
    weights = region_weights(shares, numbers)
    inside = weights[shares[:, :1] > 0.5]
    return float(2 * inside.max() / weights.numel()) if inside.numel() else 0.0


RIGHT = {
    "regional": {"a loop over classes": regional_by_loop, "the package's": regional_by_package},
    "guided_line": {"the formula": line_by_formula, "moments in double precision": line_by_moments},
    "moved": {"autograd": moved_by_autograd, "the derivative by hand": moved_by_hand},
}
WRONG = {
    "regional": {
        "divided by the weights": regional_divided_by_weights,
        "the largest share only": regional_by_largest_share,
        "detached": regional_detached,
        "a mean over classes too": regional_mean_over_classes,
    },
    "guided_line": {
        "the unbiased variance": line_unbiased,
        "the deviation for the variance": line_deviation,
        "no slope in the offset": line_without_offset,
        "b before a": line_swapped,
    },
    "moved": {
        "all pixels": moved_everywhere,
        "the sum over the background": moved_mean,
        "half of it": moved_halved,
        "pixels that are mostly background": moved_mostly_background,
    },
}
