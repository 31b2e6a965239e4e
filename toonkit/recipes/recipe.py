"""What the training loop asks of a recipe."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from toonkit.recipes.pool import ImagePool

Source = Callable[[int], dict[str, Tensor]]  # the batch of each step


class Recipe(ABC):
    """One report as code: networks and optimisers built from a frozen `config`, and the update `step`.

    `networks` train; `optimisers` belong to them; `pools` hold earlier fakes; `released` names what is worth keeping.
    """

    name: str
    config: Any
    networks: dict[str, nn.Module]
    optimisers: dict[str, Optimizer]
    pools: dict[str, ImagePool]
    released: tuple[str, ...]

    @abstractmethod
    def step(self, batch: dict[str, Tensor], progress: float) -> dict[str, Tensor]:
        """One update of every network; `progress` runs from 0 to 1 over the run. Returns named losses (scalars)."""

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
