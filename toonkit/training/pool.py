"""The image pool of Shrivastava et al. (2017) as CycleGAN uses it: discriminators also see earlier fakes."""

from __future__ import annotations

import torch
from torch import Tensor


class ImagePool:
    """Holds up to `size` pictures. Until it is full it returns what it is given; then each picture is, with probability
    1/2, swapped for a random old one. `size` 0 returns everything unchanged."""

    def __init__(self, size: int = 50) -> None:
        self.size = size
        self.pictures: Tensor | None = None  # (up to size, 3, H, W)

    def __call__(self, fresh: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) in, as many out; gradients do not pass."""
        if not self.size:
            return fresh.detach()
        if self.pictures is not None:
            self.pictures = self.pictures.to(fresh.device)  # those of a checkpoint come on the CPU
        return torch.stack([self._one(picture) for picture in fresh.detach()])

    def _one(self, picture: Tensor) -> Tensor:
        count = 0 if self.pictures is None else len(self.pictures)
        if count < self.size:
            row = picture.unsqueeze(0)
            self.pictures = row.clone() if self.pictures is None else torch.cat([self.pictures, row])
            return picture
        if torch.rand(()) < 0.5:
            return picture
        place = int(torch.randint(self.size, ()))
        old = self.pictures[place].clone()
        self.pictures[place] = picture
        return old
