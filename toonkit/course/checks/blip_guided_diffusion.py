"""The exercises of notebook 09."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.course.checks.compare import difference
from toonkit.course.checks.exercise import (
    Attempt,
    WrongAnswer,
    call,
    case,
    described,
    exercise,
    normal,
    same_on,
    uniform,
)

SCHEDULES = ((0.00085, 0.012, 1000), (0.0001, 0.02, 50), (0.01, 0.01, 7), (0.2, 0.9, 4))  # first, last, steps


def _noise_share(t: int, first: float, last: float, steps: int) -> float:
    """By the logarithm of the product, in float64."""
    roots = torch.linspace(first**0.5, last**0.5, steps, dtype=torch.float64)
    return float((1 - torch.log1p(-(roots[: t + 1] ** 2)).sum().exp()).sqrt())


@exercise(
    "alpha_t squared is the product of 1 - beta over all steps up to t, t included; sigma_t squared is 1 less it.",
    "torch.linspace(first ** 0.5, last ** 0.5, steps) ** 2 are the betas: their roots rise evenly. Then "
    "(1 - betas[: t + 1]).prod().",
)
def noise_share(attempt: Attempt) -> None:
    cases = [
        case(f"{steps} steps", t, first, last, steps)
        for first, last, steps in SCHEDULES
        for t in (0, steps // 3, steps // 2, steps - 1)
    ]
    same_on(attempt, _noise_share, cases, tolerance=2e-4)


def _many_heads(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """All heads at once, by PyTorch's own attention."""
    parts = [part.unflatten(2, (heads, -1)).transpose(1, 2) for part in (q, k, v)]  # (N, heads, L, C / heads)
    return F.scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2)


@exercise(
    "Head i has channels i C / heads to (i + 1) C / heads of q, k and v; the softmax runs over the keys.",
    "tensor.chunk(heads, 2) cuts; query @ key.transpose(1, 2) over the root of the head's own width, softmax over the "
    "last axis, @ value; torch.cat(results, 2).",
)
def many_heads(attempt: Attempt) -> None:
    cases = []
    for number, (count, asked, told, width) in enumerate(((2, 3, 5, 8), (1, 4, 4, 12), (3, 1, 2, 24), (2, 6, 1, 8))):
        for heads in (1, 2, 4):
            seed = 100 * number + heads
            q, k = 1.5 * normal((count, asked, width), seed), 1.5 * normal((count, told, width), seed + 10)
            cases.append(case(f"heads {heads}", q, k, normal((count, told, width), seed + 20), heads))
    same_on(attempt, _many_heads, cases, untouched=True)


@exercise(
    "Two ways to teach nothing: the loss hangs on no parameter, or the slopes are all 0.",
    "loss.requires_grad says whether it hangs on anything; torch.autograd.grad(loss, parameters, allow_unused=True) "
    "gives None for what it does not hang on. Slopes may cancel in their sum: look at each.",
)
def can_teach(attempt: Attempt) -> None:
    for words, (loss, parameters, wanted) in _losses().items():
        one = case(words, loss, parameters)
        differing = difference(call(attempt, one.inputs, one), wanted)
        if differing:
            raise WrongAnswer(f"On {described(one)}: {differing}")


def _losses() -> dict[str, tuple[Tensor, list[Tensor], bool]]:
    """Losses in words, with the parameters asked about, and whether the loss teaches them."""
    first, second, alone = (uniform(shape, k).requires_grad_(True) for k, shape in enumerate(((4,), (2, 3), (3,))))
    signs = torch.tensor([1.0, -1.0, 2.0, -2.0])
    return {
        "a sum of all parameters": (first.sum() + second.sum(), [first, second], True),
        "the last of two parameters": (second.square().sum(), [first, second], True),
        "the first of two parameters": (first.square().sum(), [first, second], True),
        "a number that hangs on nothing": (torch.tensor(3.0), [first], False),
        "a detached loss": ((first * 2).detach().sum(), [first], False),
        "slopes that are 0": ((first - first).sum(), [first], False),
        "a loss of something else": (alone.sum(), [first, second], False),
        "slopes that cancel in their sum": ((first * signs).sum(), [first], True),
        "slopes below 0": (-alone.exp().sum(), [alone], True),
        "a loss that is 0 and has slopes": ((first - first.detach()).sum(), [first], True),
        "small slopes": (1e-6 * alone.sum(), [alone], True),
        "units that are all dead": (torch.relu(first - 5).sum(), [first], False),
    }
