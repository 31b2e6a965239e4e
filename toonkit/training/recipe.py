"""What the training loop asks of a recipe, and the one update that every recipe shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from toonkit.training.pool import ImagePool

Batch = dict[str, Tensor]
Source = Callable[[int], Batch]  # the batch of each step
Term = Callable[[], Tensor]  # a loss term (scalar), computed when it is asked for


class Recipe(ABC):
    """One training task as code: networks and optimisers built from a frozen `config`, and the loss terms they follow.

    `networks` train; `optimisers` belong to them; `pools` hold earlier fakes; `released` names what is worth keeping;
    losses look through the `frozen` networks, which never learn.
    """

    name: str
    config: Any
    networks: dict[str, nn.Module]
    optimisers: dict[str, Optimizer]
    pools: dict[str, ImagePool]
    released: tuple[str, ...]
    frozen: tuple[nn.Module, ...] = ()

    @abstractmethod
    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        """Each optimiser, in the order in which they step, with its named and unweighted loss terms.

        By the time the next optimiser is asked for, the one before has made its step.
        """

    @abstractmethod
    def weights(self, progress: float) -> dict[str, float]:
        """What multiplies each term at `progress`, which runs from 0 to 1; a term of weight 0 is not computed."""

    def rates(self, progress: float) -> dict[str, float]:
        """The learning rate of each optimiser at `progress`; one that is not named keeps its rate."""
        return {}

    def step(self, batch: Batch, progress: float) -> dict[str, Tensor]:
        """One step of every optimiser down the weighted sum of its terms. Returns the terms, unweighted (scalars)."""
        for name, rate in self.rates(progress).items():
            self.set_rate(name, rate)
        weights = self.weights(progress)
        computed: dict[str, Tensor] = {}
        for optimiser, terms in self.terms(batch):
            losses = {name: term() for name, term in terms.items() if weights[name] != 0}
            if losses:
                self.update(optimiser, sum(weights[name] * loss for name, loss in losses.items()))
            computed |= losses
        return {name: loss.detach() for name, loss in computed.items()}

    def to(self, device: str | torch.device) -> None:
        """Put every network, those that never learn too, on a device."""
        for network in (*self.networks.values(), *self.frozen):
            network.to(device)

    @property
    def device(self) -> torch.device:
        """Where the first of the released networks is."""
        return next(self.networks[self.released[0]].parameters()).device

    def update(self, optimiser: str, loss: Tensor) -> None:
        """One step of an optimiser down a loss (scalar)."""
        self.optimisers[optimiser].zero_grad(set_to_none=True)
        loss.backward()
        self.optimisers[optimiser].step()

    def set_rate(self, optimiser: str, rate: float) -> None:
        """Set the learning rate of an optimiser."""
        for group in self.optimisers[optimiser].param_groups:
            group["lr"] = rate


def second_half(progress: float) -> float:
    """The factor of a rate that is constant, then falls linearly to 0 over the second half (CycleGAN's schedule)."""
    return min(1.0, 2 * (1 - progress))
