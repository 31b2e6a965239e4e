"""A scene: a few dozen numbers, each drawn by name from a hash of (family, split, index, seed)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from toonkit.project.errors import check_name
from toonkit.world import noise

SPLITS = ("train", "val", "test")


class Scenes:
    """A batch of scenes. Asking for a number by its name draws it; the same name always gives the same number.

    `fixed` sets numbers by name for every scene of the batch (`{"glasses": 1.0}`): the explorer's handle on a scene.
    """

    def __init__(
        self,
        family: str,
        split: str,
        indices: Sequence[int],
        seed: int = 0,
        fixed: Mapping[str, float] | None = None,
        device: torch.device | str = "cpu",
    ) -> None:
        check_name("split", split, SPLITS)
        self.keys = noise.key(family, split, seed, np.asarray(indices, np.int64))
        self.fixed = dict(fixed or {})
        self.device = device

    def __len__(self) -> int:
        return len(self.keys)

    def _uniform(self, name: str) -> Tensor:
        values = noise.uniform(noise.mix(self.keys ^ noise.key(name)))
        return torch.from_numpy(values).to(self.device).view(-1, 1, 1)

    def _fixed(self, name: str) -> Tensor | None:
        if name not in self.fixed:
            return None
        return torch.full((len(self), 1, 1), float(self.fixed[name]), device=self.device)

    def between(self, name: str, low: float | Tensor, high: float | Tensor) -> Tensor:
        """A number in [low, high), (N, 1, 1)."""
        fixed = self._fixed(name)
        if fixed is not None:
            return fixed
        return low + (high - low) * self._uniform(name)

    def chance(self, name: str, probability: float | Tensor) -> Tensor:
        """1.0 with the given probability, else 0.0, (N, 1, 1)."""
        fixed = self._fixed(name)
        if fixed is not None:
            return fixed
        return (self._uniform(name) < probability).float()

    def pick(self, name: str, weights: Sequence[float]) -> Tensor:
        """An index into `weights`, drawn in their proportion, as whole float32 numbers (N, 1, 1)."""
        fixed = self._fixed(name)
        if fixed is not None:
            return fixed
        edges = torch.tensor(np.cumsum(weights)[:-1] / np.sum(weights), dtype=torch.float32, device=self.device)
        return (self._uniform(name).unsqueeze(-1) >= edges).sum(-1).float()

    def colour(self, name: str, palette: Sequence[Sequence[float]], vary: float = 0.05) -> Tensor:
        """A colour of the palette (RGB in [0, 1]), each channel moved by up to `vary`, (N, 3, 1, 1)."""
        row = self.pick(name, [1.0] * len(palette)).view(-1).long()
        base = torch.tensor(palette, dtype=torch.float32, device=self.device)[row].view(-1, 3, 1, 1)
        light = self.between(name + " light", -vary, vary).unsqueeze(1)
        tint = torch.stack([self.between(f"{name} tint {c}", -vary / 2, vary / 2) for c in "rgb"], 1)
        return (base + light + tint).clamp(0, 1)
