"""Many pictures as one tensor of bytes that is never whole in memory: files are decoded once, and kept if they fit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import torch
from torch import Tensor

from toonkit.images.picture import read_picture
from toonkit.images.values import as_bytes
from toonkit.project.atomic import explain, make_folder, write_atomically
from toonkit.project.errors import PictureError

MEMORY = 2**31  # bytes of decoded pictures that are kept, where nothing else is said


def read_bytes(path: Path, side: int) -> Tensor:
    """A picture file, cropped to a square, as bytes (3, side, side). Raises PictureError for what is no picture."""
    return as_bytes(read_picture(path, side))


class DecodedPictures:
    """Picture files, read when rows are asked for: `pictures[rows]` are bytes (n, 3, side, side), as of a tensor.

    `training.batches.Batches` takes it in a tensor's place. Up to `memory` bytes of decoded pictures are kept in memory
    and, in `folder`, up to `disk` bytes; the first ones that come stay, since an epoch sees each once. The rest is
    decoded again, and so is a file that was changed. Several threads may read.
    """

    dtype = torch.uint8

    def __init__(
        self,
        paths: Sequence[Path],
        side: int,
        memory: int = MEMORY,
        folder: Path | None = None,
        disk: int = 0,
    ) -> None:
        self.paths, self.side = list(paths), side
        self.folder = folder
        self.kept: dict[int, Tensor] = {}
        size = 3 * side * side  # bytes of a picture
        self.room_in_memory = memory // size
        self.room_on_disk = 0
        if folder is not None:
            make_folder(folder)
            self.room_on_disk = max(0, disk // size - sum(1 for _ in folder.glob("*.u8")))
        self.lock = Lock()

    def __len__(self) -> int:
        return len(self.paths)

    def dim(self) -> int:
        """Four: (N, 3, side, side)."""
        return 4

    def __getitem__(self, rows: Tensor) -> Tensor:
        """Pictures (n, 3, side, side) as bytes. Raises PictureError for a file that is no picture."""
        return torch.stack([self._picture(row) for row in rows.tolist()])

    def _picture(self, row: int) -> Tensor:
        if row in self.kept:
            return self.kept[row]
        picture = self._from_disk(row) if self.folder else read_bytes(self.paths[row], self.side)
        with self.lock:
            if len(self.kept) < self.room_in_memory:
                self.kept[row] = picture
        return picture

    def _from_disk(self, row: int) -> Tensor:
        """A picture as it is kept on the disk; decoded, and kept there if there is room, where it is not."""
        path = self._decoded_path(self.paths[row])
        if path.is_file() and path.stat().st_size == 3 * self.side * self.side:
            content = bytearray(path.read_bytes())
            return torch.frombuffer(content, dtype=torch.uint8).view(3, self.side, self.side)
        picture = read_bytes(self.paths[row], self.side)
        with self.lock:
            fits = self.room_on_disk > 0
            self.room_on_disk -= fits
        if fits:
            write_atomically(path, picture.numpy().tobytes(), overwrite=True)
        return picture

    def _decoded_path(self, path: Path) -> Path:
        """Where a picture is kept: named by its file, that file's size and time, and the side."""
        try:
            facts = path.stat()
        except OSError as error:
            raise PictureError(f"cannot read {path}: {explain(error)}") from error
        name = f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns} {self.side}"
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.u8"


class DerivedRows:
    """A column that is computed of another one, `make(rows of it)`, when a batch asks for it."""

    def __init__(self, column: DecodedPictures, make: Callable[[Tensor], Tensor]) -> None:
        self.column = column
        self.make = make

    def __len__(self) -> int:
        return len(self.column)

    def __getitem__(self, rows: Tensor) -> Tensor:
        return self.make(self.column[rows])
