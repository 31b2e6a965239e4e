"""The parts of a film that is being drawn, in a folder beside it, so that a killed run goes on where it had got to."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from toonkit.images.film_writing import Piece
from toonkit.project.digests import digest_of
from toonkit.project.errors import FilmError
from toonkit.project.records import write_bytes, write_json
from toonkit.training.run_lock import HOLDER, LOCK, claim

FACTS = "film.json"  # what is drawn from what, and how


class FilmParts:
    """The folder `target`.parts: pieces of the film, each with a .json of its times, and what the next one starts from.

    A piece counts once its .json is there, which is written last; its digest says whether its bytes reached the disk.
    """

    def __init__(self, target: Path) -> None:
        self.folder = target.with_name(f"{target.name}.parts")
        self.pieces: list[Piece] = []
        self.finished = False

    @contextmanager
    def held(self) -> Iterator[FilmParts]:
        """Hold the folder, made if absent, for this process; at the end it goes if it is `finished` or has no piece.

        Raises FilmError where its name is taken, and TrainingError where another process holds it.
        """
        self._check()
        mine = False
        try:
            with claim(self.folder):
                mine = True
                yield self
        finally:
            if mine and (self.finished or not self.pieces):
                shutil.rmtree(self.folder)

    def _check(self) -> None:
        """Raise FilmError where the folder's name is taken by something that no run of this command made."""
        if not self.folder.exists():
            return
        names = {path.name for path in self.folder.iterdir()} if self.folder.is_dir() else {""}
        if FACTS not in names and names - {LOCK, HOLDER}:
            raise FilmError(f"{self.folder} is needed for the parts of the film, but is something else; rename it")

    def open(self, facts: Mapping[str, Any]) -> str:
        """Find the pieces of an earlier run of the same `facts`; return a word on what was found, empty for nothing.

        The folder is there and claimed. Pieces of other facts are deleted: another film, method or option.
        """
        known = _read(self.folder / FACTS)
        if known == facts:
            self.pieces = self._found()
            return f"going on behind {self.frames} frames drawn earlier" if self.pieces else ""
        for path in self.folder.glob("piece-*"):
            path.unlink()
        write_json(self.folder / FACTS, facts)
        return "the parts of an earlier run were drawn otherwise and are dropped" if known is not None else ""

    @property
    def frames(self) -> int:
        """How many frames the pieces hold."""
        return sum(len(piece.times) for piece in self.pieces)

    def next_path(self) -> Path:
        """Where the next piece is to be written."""
        return self._path(len(self.pieces), "nut")

    def keep(self, piece: Piece, state: Mapping[str, np.ndarray]) -> None:
        """Count a piece that was written to `next_path()`; `state` is what the next one starts from."""
        number = len(self.pieces)
        if state:
            write_bytes(self._path(number, "safetensors"), save(dict(state)))
        with piece.path.open("rb+") as file:
            os.fsync(file.fileno())
        entry = {"times": piece.times, "durations": piece.durations, "digest": digest_of(piece.path)}
        entry["state"] = bool(state)
        write_json(self._path(number, "json"), entry)
        self.pieces.append(piece)
        if number > 0:
            self._path(number - 1, "safetensors").unlink(missing_ok=True)

    def state(self) -> dict[str, np.ndarray]:
        """What the last piece left for the next one; nothing before the first, or where nothing was left."""
        path = self._path(len(self.pieces) - 1, "safetensors")
        return load_file(path) if self.pieces and path.exists() else {}

    def _path(self, number: int, ending: str) -> Path:
        return self.folder / f"piece-{number:06}.{ending}"

    def _found(self) -> list[Piece]:
        """The pieces that are whole, up to the first that is not; none where the last one's state is gone."""
        pieces: list[Piece] = []
        needs_state = False
        while entry := _read(self._path(len(pieces), "json")):
            path = self._path(len(pieces), "nut")
            if not path.is_file() or digest_of(path) != entry.get("digest"):
                break
            needs_state = entry["state"]
            pieces.append(Piece(path, tuple(entry["times"]), tuple(entry["durations"])))
        if needs_state and not _readable(self._path(len(pieces) - 1, "safetensors")):
            return []
        return pieces


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _readable(path: Path) -> bool:
    try:
        return bool(load_file(path))
    except (OSError, SafetensorError):
        return False
