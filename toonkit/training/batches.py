"""Batches from memory or from files.

What a step sees follows from (seed, step) alone, so a resumed run needs no sampler state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor

from toonkit.images.values import as_pictures
from toonkit.project.errors import ToonkitError


class Column(Protocol):
    """What has one row per sample: a tensor, or what reads its rows when they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Tensor) -> Tensor: ...


class Batches:
    """Draws batches from tensors held in memory, or from columns that read their rows when a batch asks for them.

    `groups` are dicts of columns with one row per sample; the columns of a group are drawn together (pairs), the groups
    independently of each other (unpaired sides). Pictures may be uint8 and come out as float32 in [-1, 1]. A group is
    seen whole, but for an incomplete last batch, before any of its samples is seen again.
    """

    def __init__(self, groups: Sequence[Mapping[str, Column]], size: int, seed: int = 0) -> None:
        for group in groups:
            lengths = {name: len(tensor) for name, tensor in group.items()}
            if len(set(lengths.values())) != 1:
                raise ToonkitError(f"a group's tensors must have one length, not {lengths}")
            if min(lengths.values()) < size:
                raise ToonkitError(
                    f"{min(lengths.values())} samples do not fill a batch of {size}; use more data or a smaller batch"
                )
        self.groups, self.size, self.seed = groups, size, seed

    def __call__(self, step: int) -> dict[str, Tensor]:
        """The batch of a step, each tensor (size, ...)."""
        out = {}
        for number, group in enumerate(self.groups):
            rows = self._rows(len(next(iter(group.values()))), step, number)
            found = {name: column[rows] for name, column in group.items()}
            out |= {name: as_pictures(part) if is_stored_picture(part) else part for name, part in found.items()}
        return out

    def _rows(self, count: int, step: int, group: int) -> Tensor:
        epoch, place = divmod(step, count // self.size)
        generator = torch.Generator().manual_seed((self.seed * 1_000_003 + group) * 1_000_003 + epoch)
        return torch.randperm(count, generator=generator)[place * self.size : (place + 1) * self.size]


class Mirrored:
    """Batches whose pictures `name` (N, C, H, W) are mirrored left to right or not, each by a coin of (seed, step)."""

    def __init__(self, batches: Callable[[int], dict[str, Tensor]], name: str, seed: int = 0) -> None:
        self.batches, self.name, self.seed = batches, name, seed

    def __call__(self, step: int) -> dict[str, Tensor]:
        """The batch of a step."""
        batch = self.batches(step)
        pictures = batch[self.name]
        coins = torch.rand(len(pictures), generator=torch.Generator().manual_seed(self.seed * 1_000_003 + step))
        turned = torch.where((coins < 0.5).view(-1, 1, 1, 1), pictures.flip(-1), pictures)
        return batch | {self.name: turned}


def is_stored_picture(tensor: Tensor) -> bool:
    """uint8 with three channels; a uint8 mask has none and stays as it is."""
    return tensor.dtype == torch.uint8 and tensor.dim() == 4


def chunks(count: int, size: int = 64) -> Iterator[range]:
    """range(count) in pieces."""
    return (range(start, min(start + size, count)) for start in range(0, count, size))
