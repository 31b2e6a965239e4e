"""The unpaired view of ToonWorld: photographs and cartoons that share no scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor
from torch.utils.data import Dataset

from toonkit.project.errors import check_name

if TYPE_CHECKING:
    from toonkit.world.dataset import ToonWorld


class Unpaired(Dataset):
    """One side of an unpaired data set: photographs are painted from even scenes, cartoons from odd ones."""

    def __init__(self, world: ToonWorld, side: str) -> None:
        self.world = world
        self.side = check_name("side", side, ("photo", "toon"))

    def __len__(self) -> int:
        return self.world.count

    def scene(self, index: int) -> int:
        """The index of the scene behind picture `index`."""
        return 2 * index + (self.side == "toon")

    def batch(self, indices: Sequence[int]) -> Tensor:
        """Pictures (N, 3, size, size)."""
        paint = self.world.photos if self.side == "photo" else self.world.toons
        return paint([self.scene(index) for index in indices])

    def __getitem__(self, index: int) -> Tensor:
        if not 0 <= index < len(self):
            raise IndexError(f"picture {index} of {len(self)}")
        return self.batch([index])[0]
