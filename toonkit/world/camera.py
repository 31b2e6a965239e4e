"""A camera that moves over a still photograph: a film whose motion is known exactly, with fresh noise in each frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.project.errors import ToonkitError


@dataclass(frozen=True)
class Camera:
    """Films `photo` (3, H, W) in [-1, 1] through a window of `size` (height, width), `count` frames long.

    The window begins at `start` (row, column) and moves by `pan` (rows, columns) pixels a frame. With `zoom` other than
    1, it shrinks by this factor a frame around its middle. `noise` is the deviation of the sensor's noise, drawn anew
    for each frame from `seed`. Pans by whole pixels without zoom repeat pixels exactly. Raises ToonkitError for a
    window that leaves the photograph.
    """

    photo: Tensor
    size: tuple[int, int]
    count: int
    start: tuple[float, float] = (0.0, 0.0)
    pan: tuple[float, float] = (0.0, 1.0)
    zoom: float = 1.0
    noise: float = 0.02
    seed: int = 0

    def __post_init__(self) -> None:
        for number in (0, self.count - 1):
            origin, scale = self._window(number)
            for axis in (0, 1):
                last = origin[axis] + scale * (self.size[axis] - 1)
                side = self.photo.shape[1 + axis]
                if origin[axis] < 0 or last > side - 1:
                    raise ToonkitError(
                        f"frame {number} shows {origin[axis]:.1f} to {last:.1f} of a side of {side} pixels; "
                        "move the window less, or give a larger photograph"
                    )

    def frames(self) -> Iterator[Tensor]:
        """Yield each frame, (3, *size)."""
        generator = torch.Generator().manual_seed(self.seed)
        for number in range(self.count):
            noise = self.noise * torch.randn(3, *self.size, generator=generator)
            yield (self.still(number) + noise).clamp(-1, 1)

    def still(self, number: int) -> Tensor:
        """Frame `number` without noise."""
        (top, left), scale = self._window(number)
        height, width = self.size
        if scale == 1 and top == int(top) and left == int(left):
            return self.photo[:, int(top) : int(top) + height, int(left) : int(left) + width]
        rows = 2 * (top + scale * torch.arange(height)) / (self.photo.shape[1] - 1) - 1
        columns = 2 * (left + scale * torch.arange(width)) / (self.photo.shape[2] - 1) - 1
        grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1)  # (height, width, 2), x first
        return F.grid_sample(self.photo[None], grid[None], mode="bicubic", align_corners=True)[0].clamp(-1, 1)

    def displacements(self) -> Iterator[Tensor]:
        """Yield for each frame but the first where its pixels were in the one before: (2, *size), rows and columns."""
        places = torch.stack(torch.meshgrid(*[torch.arange(side).double() for side in self.size], indexing="ij"))
        for number in range(1, self.count):
            origin, scale = self._window(number)
            old_origin, old_scale = self._window(number - 1)
            shift = torch.tensor(origin, dtype=torch.float64) - torch.tensor(old_origin, dtype=torch.float64)
            yield (shift[:, None, None] + scale * places) / old_scale - places

    def _window(self, number: int) -> tuple[tuple[float, float], float]:
        """The upper left corner (row, column) of frame `number` and the length of its pixels, in the photograph's."""
        scale = self.zoom**-number
        corner = [
            start + number * step + (1 - scale) * (side - 1) / 2
            for start, step, side in zip(self.start, self.pan, self.size, strict=True)
        ]
        return (corner[0], corner[1]), scale
