"""Pictures that stay in their files until a batch asks for them: for sets that do not fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from toonkit.images.picture import read_picture
from toonkit.images.values import as_bytes


class PictureRows:
    """Picture files as a column of batches: indexed by rows (n,) it gives bytes (n, 3, size, size)."""

    def __init__(self, paths: Sequence[Path], size: int) -> None:
        self.paths = tuple(paths)
        self.size = size

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, rows: Tensor) -> Tensor:
        return torch.stack([as_bytes(read_picture(self.paths[row], self.size)) for row in rows.tolist()])


class DerivedRows:
    """A column that is computed of another one, `make(rows of it)`, when a batch asks for it."""

    def __init__(self, column: PictureRows, make: Callable[[Tensor], Tensor]) -> None:
        self.column = column
        self.make = make

    def __len__(self) -> int:
        return len(self.column)

    def __getitem__(self, rows: Tensor) -> Tensor:
        return self.make(self.column[rows])
