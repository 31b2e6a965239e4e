"""The exercises of notebook 03."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, case, exercise, normal, same_on, same_slopes_on, uniform
from toonkit.course.checks.gan_step import gan_step as gan_step  # the first in the notebook


def _three(cartoons: Tensor, smoothed: Tensor, drawings: Tensor) -> Tensor:
    return -(F.logsigmoid(cartoons).mean() + F.logsigmoid(-smoothed).mean() + F.logsigmoid(-drawings).mean()) / 3


@exercise(
    "-log(sigmoid(x)) = softplus(-x), and 1 - sigmoid(x) = sigmoid(-x).",
    "Three means, one for each kind of picture (the kinds may differ in number), each of one softplus; their sum "
    "divided by 3. Which of the three has the minus?",
)
def three_way(attempt: Attempt) -> None:
    def scores(seed: int, *counts: int) -> list[Tensor]:
        return [3 * normal((count, 1, 2, 3), seed + k) for k, count in enumerate(counts)]

    extreme = torch.tensor([200.0, -3.0])
    cases = [
        case("five scores", torch.tensor([2.0, 0.5]), torch.tensor([-1.0]), torch.tensor([0.3, -2.0])),
        case("maps of scores", *scores(1, 4, 4, 4)),
        case("other numbers of pictures of each kind", *scores(5, 5, 2, 3)),
        case("scores beyond what a sigmoid can hold", -extreme, extreme, extreme),
        case("scores beyond it on the right side", extreme, -extreme, -extreme),
    ]
    same_slopes_on(attempt, _three, cases, by=(0, 1, 2), tolerance=1e-4)


def _adain(content: Tensor, style: Tensor) -> Tensor:
    spread = style.flatten(2).double().var(2, correction=0).add(1e-5).sqrt()[..., None, None]  # (N, C, 1, 1)
    return F.instance_norm(content.double()) * spread + style.double().mean((2, 3), keepdim=True)


@exercise(
    "Normalise as the cell on instance norm does, then scale and shift.",
    "Mean and deviation are taken over height and width, apart for each picture and channel (keepdim=True). 1e-5 is "
    "added to both variances, inside the root; both variances divide by N, not by N - 1.",
)
def adain(attempt: Attempt) -> None:
    cases = []
    for k, (shape, other) in enumerate([((2, 4, 8, 8), (8, 8)), ((3, 2, 2, 3), (2, 3)), ((1, 5, 4, 6), (3, 7))]):
        strength, level = 0.5 + uniform((*shape[:2], 1, 1), 50 + k, 0, 2), normal((*shape[:2], 1, 1), 60 + k)
        style = normal((*shape[:2], *other), 20 + k) * strength + level
        cases.append(case("features of two kinds", 2 * normal(shape, k) + 1, style))
    cases.append(case("a nearly flat photograph", 0.003 * normal((2, 3, 4, 4), 7), normal((2, 3, 4, 4), 8)))
    cases.append(case("a nearly flat style", normal((2, 3, 4, 4), 9), 0.003 * normal((2, 3, 4, 4), 10) - 2))
    cases.append(case("a photograph without any contrast", torch.ones(1, 2, 3, 3), normal((1, 2, 3, 3), 11)))
    same_on(attempt, _adain, cases, tolerance=1e-4)


def _field(layers: list[tuple[int, int]]) -> int:
    width = 1
    for kernel, stride in reversed(layers):  # the other way round: what one place of each layer's output needs
        width = (width - 1) * stride + kernel
    return width


@exercise(
    "After a stride of 2, neighbours are 2 pixels apart: a later kernel adds that much more.",
    "Two numbers go from layer to layer: width and jump. First add (kernel - 1) * jump to the width, and only then "
    "multiply the jump by the stride.",
)
def receptive_field(attempt: Attempt) -> None:
    stacks = (
        [],
        [(1, 1)],
        [(5, 3)],
        [(3, 1), (3, 1), (3, 1)],
        [(3, 2), (5, 1)],
        [(5, 1), (3, 2)],
        [(4, 2), (4, 2), (4, 2), (4, 1), (4, 1)],
        [(7, 1), (3, 2), (1, 1), (3, 3), (2, 2), (5, 1)],
        [(1, 2), (3, 2)],
    )
    same_on(attempt, _field, [case(f"a stack of {len(layers)} layers", layers) for layers in stacks], tolerance=0)


def _best(c: Tensor, e: Tensor, g: Tensor) -> Tensor:
    return 1 - (e + g) / (c + e + g)


@exercise(
    "For one kind k the loss is -(c log D + e log(1 - D) + g log(1 - D)) / 3. Where is its slope zero?",
    "c / D = (e + g) / (1 - D); solve for D.",
)
def best_discriminator(attempt: Attempt) -> None:
    cases = []
    for k, kinds in enumerate((2, 5, 7)):
        cases.append(case(f"{kinds} kinds", *torch.softmax(1.5 * normal((3, kinds), k, torch.float64), 1)))
    quarter = torch.full((4,), 0.25)
    tilted = torch.tensor([0.1, 0.2, 0.3, 0.4])
    cases += [
        case(
            "a kind that is never a cartoon",
            torch.tensor([0.0, 1.0]),
            torch.tensor([0.5, 0.5]),
            torch.tensor([0.3, 0.7]),
        ),
        case(
            "a kind that is always a cartoon",
            torch.tensor([0.6, 0.4]),
            torch.tensor([0.0, 1.0]),
            torch.tensor([0.0, 1.0]),
        ),
        case("a perfect generator", tilted, torch.tensor([1.0, 0.0, 0.0, 0.0]), tilted.clone()),
        case("all alike", quarter, quarter.clone(), quarter.clone()),
    ]
    same_on(attempt, _best, cases)
