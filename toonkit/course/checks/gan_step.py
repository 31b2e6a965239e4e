"""The update of two networks, an exercise of notebook 03."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.course.checks.compare import difference
from toonkit.course.checks.exercise import Attempt, Case, WrongAnswer, call, case, described, exercise, uniform


def _tiny_gan(seed: int) -> tuple[dict[str, nn.Module], dict[str, torch.optim.Optimizer]]:
    """Two small networks with weights of their own, and plain gradient descent on each."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        networks = {
            "generator": nn.Conv2d(3, 3, 3, padding=1),
            "discriminator": nn.Sequential(nn.Conv2d(3, 4, 3), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3)),
        }
    return networks, {name: torch.optim.SGD(network.parameters(), 0.2) for name, network in networks.items()}


class _Pool:
    """Always shows an older drawing in the place of the first."""

    def __init__(self) -> None:
        self.older = torch.full((1, 3, 8, 8), 0.5)

    def __call__(self, fresh: Tensor) -> Tensor:
        shown = torch.cat([self.older, fresh.detach()[1:]])
        self.older = fresh.detach()[:1].clone()
        return shown


def _step(
    networks: Mapping[str, nn.Module],
    optimisers: Mapping[str, torch.optim.Optimizer],
    batch: Mapping[str, Tensor],
    pool: Callable[[Tensor], Tensor],
    keep: Callable[[Tensor], Tensor],
) -> tuple[float, float]:
    generator, discriminator = networks["generator"], networks["discriminator"]
    fake = generator(batch["photo"])
    kinds = [discriminator(batch["toon"]), discriminator(batch["smooth"]), discriminator(pool(fake))]
    told_apart = _told_apart(*kinds)
    slopes = torch.autograd.grad(told_apart, list(discriminator.parameters()))
    _descend(discriminator, optimisers["discriminator"], slopes)
    fooled = F.softplus(-discriminator(fake)).mean()
    _descend(generator, optimisers["generator"], torch.autograd.grad(fooled + keep(fake), list(generator.parameters())))
    return float(told_apart.detach()), float(fooled.detach())


def _told_apart(cartoons: Tensor, smoothed: Tensor, drawings: Tensor) -> Tensor:
    return (F.softplus(-cartoons).mean() + F.softplus(smoothed).mean() + F.softplus(drawings).mean()) / 3


def _apart(photo: Tensor, drawn: Tensor) -> Tensor:
    return (drawn - photo).abs().mean()


def _descend(network: nn.Module, optimiser: torch.optim.Optimizer, slopes: Sequence[Tensor]) -> None:
    for weight, slope in zip(network.parameters(), slopes, strict=True):
        weight.grad = slope
    optimiser.step()


def _two_steps(step: Attempt, seed: int, one: Case) -> tuple[list[Any], dict[str, Tensor]]:
    """What two steps in a row return, and all weights afterwards."""
    networks, optimisers = _tiny_gan(seed)
    pool, losses = _Pool(), []
    for number in range(2):
        names = ("photo", "toon", "smooth")
        batch = {name: uniform((3, 3, 8, 8), 100 * seed + 10 * number + k) for k, name in enumerate(names)}
        losses.append(call(step, (networks, optimisers, batch, pool, partial(_apart, batch["photo"])), one))
    weights = {f"{name}.{key}": w for name, network in networks.items() for key, w in network.state_dict().items()}
    return losses, weights


@exercise(
    "Draw once. The discriminator first: its loss on the cartoons, the smoothed ones and what the pool shows of the "
    "drawings; zero_grad, backward, step. Then the generator against the discriminator as it now is.",
    "d = discriminator_loss(D(toon), D(smooth), D(pool(fake))): the pool detaches, so no slope reaches the generator. "
    "g = generator_loss(D(fake)); (g + keep(fake)).backward() also leaves slopes in D: so every update begins with "
    "zero_grad of its own optimiser. Return d and g.",
)
def gan_step(attempt: Attempt) -> None:
    for seed in range(3):
        one = case(f"two steps in a row of tiny networks, number {seed}")
        (losses, weights), (wanted, right) = (_two_steps(step, seed, one) for step in (attempt, _step))
        for number in range(2):
            where = f"what step {number + 1} returns"
            differing = difference(losses[number], wanted[number], 1e-5, where)
            if differing:
                raise WrongAnswer(f"On {described(one)}: {differing}")
        for name, weight in right.items():
            differing = difference(weights[name], weight, 1e-5, f"after both steps {name}")
            if differing:
                raise WrongAnswer(f"On {described(one)}: {differing}")
