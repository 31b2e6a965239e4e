"""Right and plausible wrong answers to the exercises of notebook 05."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

State = dict[str, Tensor]


def folded(kernel: Tensor, matrix: Tensor, at: int | None = None) -> Tensor:
    out, centre = kernel.clone(), kernel.shape[-1] // 2 if at is None else at
    out[:, :, centre, centre] += matrix
    return out


def folded_in_place(kernel: Tensor, matrix: Tensor) -> Tensor:
    centre = kernel.shape[-1] // 2
    kernel[:, :, centre, centre] += matrix
    return kernel


def folded_by_eye(kernel: Tensor, matrix: Tensor) -> Tensor:
    k = kernel.shape[-1]
    spot = torch.zeros(k, k)
    spot[(k - 1) // 2, (k - 1) // 2] = 1
    return kernel + matrix[:, :, None, None] * spot


def folded_replaced(kernel: Tensor, matrix: Tensor) -> Tensor:
    out, centre = kernel.clone(), kernel.shape[-1] // 2
    out[:, :, centre, centre] = matrix
    return out


def between_by_loop(one: State, other: State, share: float) -> State:
    out = {}
    for key, value in one.items():
        out[key] = value + share * (other[key] - value)
    return out


def between_in_place(one: State, other: State, share: float) -> State:
    for key in one:
        one[key] *= 1 - share
        one[key] += share * other[key]
    return one


def between_by_order(one: State, other: State, share: float) -> State:
    pairs = zip(one, one.values(), sorted(other), strict=True)
    return {key: torch.lerp(a, other[k], share) if a.shape == other[k].shape else a for key, a, k in pairs}


def train(network: nn.Module, photos: Tensor, targets: Tensor, steps: int, **change: Any) -> nn.Module:
    network = network if change.get("itself") else copy.deepcopy(network)
    if change.get("unfrozen", True):
        network.requires_grad_(True)
    optimiser = change.get("optimiser", torch.optim.Adam)(network.parameters(), lr=change.get("rate", 1e-3))
    loss_of = change.get("loss", F.l1_loss)
    for step in range(steps - change.get("less", 0)):
        part = slice(step % len(photos), step % len(photos) + 1) if change.get("single") else slice(None)
        loss = loss_of(network(photos[part]), targets[part])
        if change.get("clear", True):
            optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return network


def train_with_new_optimisers(network: nn.Module, photos: Tensor, targets: Tensor, steps: int) -> nn.Module:
    network = copy.deepcopy(network).requires_grad_(True)
    for _ in range(steps):
        network = train(network, photos, targets, 1)
    return network


def train_by_states(network: nn.Module, photos: Tensor, targets: Tensor, steps: int) -> nn.Module:
    twin = copy.deepcopy(network)
    for weight in twin.parameters():
        weight.requires_grad = True
    optimiser = torch.optim.Adam(list(twin.parameters()), 0.001)
    for _ in range(steps):
        optimiser.zero_grad(set_to_none=False)
        torch.mean(torch.abs(targets - twin(photos))).backward()
        optimiser.step()
    return twin.eval()


RIGHT = {
    "series_cost": {
        "counted": lambda a, b, k: b * b + 4 * b,
        "numpy": lambda a, b, k: np.int64(b) * (b + 4),
        "a 0-d tensor": lambda a, b, k: torch.tensor(b * b + 2 * b + 2 * b),
    },
    "folded": {"cloned": folded, "padded": folded_by_eye},
    "between": {
        "two weights": lambda one, other, share: {key: (1 - share) * one[key] + share * other[key] for key in one},
        "a step": between_by_loop,
    },
    "finetuned": {"four lines": train, "by weights": train_by_states},
}

WRONG = {
    "series_cost": {
        "channels in": lambda a, b, k: a * a + 4 * b,
        "a parallel one": lambda a, b, k: a * b + 4 * b,
        "one norm": lambda a, b, k: b * b + 2 * b,
        "one number a norm": lambda a, b, k: b * b + 2 * b,
        "a bias": lambda a, b, k: b * b + 5 * b,
        "a whole kernel": lambda a, b, k: k * k * b * b + 4 * b,
        "the convolution": lambda a, b, k: k * k * a * b + b,
    },
    "folded": {
        "in place": folded_in_place,
        "in the corner": lambda kernel, matrix: folded(kernel, matrix, 0),
        "everywhere": lambda kernel, matrix: kernel + matrix[..., None, None],
        "in place of the centre": folded_replaced,
        "subtracted": lambda kernel, matrix: folded(kernel, -matrix),
        "half": lambda kernel, matrix: folded(kernel, matrix / 2),
        "spread over the kernel": lambda kernel, matrix: kernel + matrix[..., None, None] / kernel.shape[-1] ** 2,
        "the adapter alone": lambda kernel, matrix: folded(torch.zeros_like(kernel), matrix),
    },
    "between": {
        "the wrong way": lambda one, other, share: between_by_loop(other, one, share),
        "half way": lambda one, other, share: between_by_loop(one, other, 0.5),
        "in place": between_in_place,
        "by sorted keys": between_by_order,
        "a sum": lambda one, other, share: {key: one[key] + share * other[key] for key in one},
        "the first key": lambda one, other, share: {**one, (k := next(iter(one))): torch.lerp(one[k], other[k], share)},
        "the nearer": lambda one, other, share: dict(one if share < 0.5 else other),
        "a list": lambda one, other, share: list(between_by_loop(one, other, share).values()),
        "weights only": lambda one, other, share: {
            key: value for key, value in between_by_loop(one, other, share).items() if "weight" in key
        },
    },
    "finetuned": {
        "not copied": lambda *given: train(*given, itself=True),
        "one step less": lambda *given: train(*given, less=1),
        "plain descent": lambda *given: train(*given, optimiser=torch.optim.SGD),
        "squares": lambda *given: train(*given, loss=F.mse_loss),
        "another rate": lambda *given: train(*given, rate=2e-3),
        "gradients add up": lambda *given: train(*given, clear=False),
        "one picture a step": lambda *given: train(*given, single=True),
        "frozen": lambda *given: train(*given, unfrozen=False),
        "a new optimiser each step": train_with_new_optimisers,
        "weights decay": lambda *given: train(*given, optimiser=torch.optim.AdamW),
        "untrained": lambda network, *_: copy.deepcopy(network),
        "the drawing": lambda network, photos, targets, steps: train(network, photos, targets, steps)(photos),
    },
}
