"""Right and plausible wrong answers to the exercises of notebook 06."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.stats import mannwhitneyu, rankdata
from torch import Tensor

BRIGHT = (0.299, 0.587, 0.114)


def patch_side(halvings: int) -> int:
    side, jump = 1, 1
    for _ in range(halvings):
        side += 4 * jump
        jump *= 2
    return side + 2 * jump if halvings else 1


def patch_by_layers(halvings: int) -> np.int64:
    layers = [(3, 1), (3, 2)] * halvings + [(3 if halvings else 1, 1)]
    width = 1
    for kernel, stride in reversed(layers):
        width = stride * (width - 1) + kernel
    return np.int64(width)


def shading(
    picture: Tensor,
    width: float,
    weigh: Callable[[Tensor], Tensor] = Tensor.detach,
    shares: tuple[float, ...] = BRIGHT,
    axes: tuple[int, ...] = (1, 2),
    mean: Callable[[Tensor], Tensor] = Tensor.mean,
) -> Tensor:
    bright = sum(share * picture[:, k] for k, share in enumerate(shares))
    steps = [bright.diff(dim=axis).abs() for axis in axes]
    return sum(mean(step * weigh((-step / width).exp())) for step in steps)


def shading_by_slices(picture: Tensor, width: float) -> Tensor:
    bright = torch.tensordot(picture, torch.tensor(BRIGHT), dims=([1], [0]))
    across, down = bright[..., 1:] - bright[..., :-1], bright[:, 1:] - bright[:, :-1]
    with torch.no_grad():
        weights = [torch.exp(-step.abs() / width) for step in (across, down)]
    return (weights[0] * across.abs()).mean() + (weights[1] * down.abs()).mean()


def shading_of_channels(picture: Tensor, width: float) -> Tensor:
    steps = [picture.diff(dim=axis).abs() for axis in (2, 3)]
    return sum((step * (-step / width).exp().detach()).mean() for step in steps)


def shading_detached_step(picture: Tensor, width: float) -> Tensor:
    bright = sum(share * picture[:, k] for k, share in enumerate(BRIGHT))
    steps = [bright.diff(dim=axis).abs() for axis in (1, 2)]
    return sum((step.detach() * (-step / width).exp()).mean() for step in steps)


def wins(real: Tensor, smooth: Tensor, tie: float = 0.5) -> float:
    difference = real.flatten()[:, None] - smooth.flatten()[None]
    return float(((difference > 0).double() + tie * (difference == 0).double()).mean())


def wins_by_ranks(real: Tensor, smooth: Tensor) -> float:
    a, b = real.flatten().numpy(), smooth.flatten().numpy()
    ranks = rankdata(np.concatenate([a, b]))[: len(a)]
    return (ranks.sum() - len(a) * (len(a) + 1) / 2) / (len(a) * len(b))


def wins_by_u(real: Tensor, smooth: Tensor) -> Tensor:
    u = mannwhitneyu(real.flatten().numpy(), smooth.flatten().numpy()).statistic
    return torch.tensor(u / (real.numel() * smooth.numel()))


def wins_in_place(real: Tensor, smooth: Tensor) -> float:
    count = min(real.numel(), smooth.numel())
    return float((real.flatten()[:count] > smooth.flatten()[:count]).double().mean())


def wins_of_pictures(real: Tensor, smooth: Tensor) -> float:
    return wins(real.flatten(1).mean(1), smooth.flatten(1).mean(1))


RIGHT = {
    "patch_side": {"jumps": patch_side, "layers, a NumPy number": patch_by_layers},
    "shading": {"diff": shading, "slices": shading_by_slices},
    "winning_share": {"a table": wins, "ranks": wins_by_ranks, "Mann-Whitney, a 0-d tensor": wins_by_u},
}

WRONG = {
    "patch_side": {
        "one convolution a halving": lambda n: 1 + sum(2 * 2**k for k in range(n)) + 2 * 2**n if n else 1,
        "no last one": lambda n: 1 + sum(4 * 2**k for k in range(n)),
        "a last 3x3 without halvings": lambda n: 1 + sum(4 * 2**k for k in range(n)) + 2 * 2**n,
        "no jumps": lambda n: 1 + 4 * n + 2 if n else 1,
        "jump first": lambda n: 1 + sum(4 * 2**k for k in range(1, n + 1)) + 2 * 2**n if n else 1,
        "the course's three": lambda n: (1, 9, 21, 45)[min(n, 3)],
        "one pixel less": lambda n: patch_side(n) - 1,
    },
    "shading": {
        "the weight has a slope": lambda x, w: shading(x, w, weigh=lambda weight: weight),
        "the step has none": shading_detached_step,
        "no gradient": lambda x, w: shading(x, w).detach(),
        "no weight": lambda x, w: shading(x, w, weigh=torch.ones_like),
        "sums": lambda x, w: shading(x, w, mean=Tensor.sum),
        "to the right only": lambda x, w: shading(x, w, axes=(2,)),
        "half": lambda x, w: shading(x, w) / 2,
        "plain grey": lambda x, w: shading(x, w, shares=(1 / 3, 1 / 3, 1 / 3)),
        "blue and red exchanged": lambda x, w: shading(x, w, shares=BRIGHT[::-1]),
        "per channel": shading_of_channels,
        "always 0.1": lambda x, w: shading(x, 0.1),
        "a number": lambda x, w: shading(x, w).item(),
    },
    "winning_share": {
        "ties do not count": lambda a, b: wins(a, b, 0.0),
        "ties win": lambda a, b: wins(a, b, 1.0),
        "exchanged": lambda a, b: wins(b, a),
        "in place": wins_in_place,
        "pictures": wins_of_pictures,
        "means": lambda a, b: float(a.mean() > b.mean()),
        "above zero": lambda a, b: float(((a > 0).double().mean() + (b < 0).double().mean()) / 2),
        "a count": lambda a, b: wins(a, b) * a.numel() * b.numel(),
        "the better of both": lambda a, b: max(wins(a, b), wins(b, a)),
    },
}
