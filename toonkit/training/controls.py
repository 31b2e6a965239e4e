"""One generator for many loss weights: they are drawn at random in every step, and the generator is told them.

"You Only Train Once" (Dosovitskiy and Djolonga, 2020).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from toonkit.project.errors import ToonkitError, check_name
from toonkit.training.recipe import Batch, Recipe

RANGE = 4.0  # a weight is drawn from 1 / RANGE to RANGE times that of the configuration


class Controlled(Recipe):
    """A recipe that may tell its generator the weights named in `controls`: where `config.controlled` is True."""

    controls: tuple[str, ...]
    factors: Mapping[str, float] | None = None  # what multiplies each of them in this step; None: 1

    def step(self, batch: Batch, progress: float) -> dict[str, Tensor]:
        """The generic step, with weights of its own where the generator is controlled."""
        if self.config.controlled:
            exponents = (2 * torch.rand(len(self.controls)) - 1).tolist()
            self.factors = {name: RANGE**power for name, power in zip(self.controls, exponents, strict=True)}
        try:
            return super().step(batch, progress)
        finally:
            self.factors = None

    def factor(self, name: str) -> float:
        """What multiplies the weight `name` in this step."""
        return 1.0 if self.factors is None else self.factors.get(name, 1.0)

    def given(self, pictures: Tensor) -> Tensor:
        """What the generator takes of pictures (N, 3, H, W): (N, C, H, W)."""
        return pictures

    def draw(self, given: Tensor, factors: Mapping[str, float] | None = None) -> Tensor:
        """What the generator makes of what it is given, (N, C, H, W); for `factors` of its weights where it has any.

        Raises ToonkitError for factors as `settings` does.
        """
        generator = self.networks["generator"]
        if factors is None:
            return generator(given)
        return generator(given, settings(factors, self.controls).to(given).expand(len(given), -1))


class AtSetting(nn.Module):
    """A controlled generator that is told the same setting for every picture: a generator like any other."""

    def __init__(self, generator: nn.Module, factors: Mapping[str, float], controls: Sequence[str]) -> None:
        """Raises ToonkitError for factors as `settings` does."""
        super().__init__()
        self.generator = generator
        self.multiple, self.reach = generator.multiple, generator.reach
        self.register_buffer("told", settings(factors, controls))  # (1, n)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, C, H, W) to (N, 3, H, W)."""
        return self.generator(pictures, self.told.expand(len(pictures), -1))


def settings(factors: Mapping[str, float], controls: Sequence[str]) -> Tensor:
    """Factors of `controls`, 1 where none is named, as a generator reads them: (1, n), -1 at 1 / RANGE, 1 at RANGE.

    Raises ToonkitError for an unknown control, and for a factor outside that range.
    """
    for name, factor in factors.items():
        check_name("control", name, controls)
        if not 1 / RANGE <= factor <= RANGE:
            raise ToonkitError(f"the factor of {name} is {factor!r}; it was learnt from {1 / RANGE:g} to {RANGE:g}")
    return torch.tensor([[math.log(factors.get(name, 1.0), RANGE) for name in controls]])
