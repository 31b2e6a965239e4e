"""A run's folder kept at a further address too, any that fsspec knows: s3://bucket/runs, file:///disk/runs, memory://runs.

Files are kept by their digest in `blobs/`; a state of the run is a list of them in `states/`, written after its files.
Whoever is killed in between leaves the state before, whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec.core

from toonkit.networks.weights import load_weights
from toonkit.project.atomic import PART, make_folder, write_atomically
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.training.progress import PROGRESS
from toonkit.training.run_lock import HOLDER, LOCK
from toonkit.training.worker import LOG

CHECKPOINT = "checkpoint.safetensors"
LOCAL = (LOCK, HOLDER, LOG, PROGRESS)  # what is of this machine alone
LAST = (CHECKPOINT, "run.json")  # what a fetched run is known by, so that it is written after the rest


@dataclass(frozen=True)
class State:
    """A state of a run: its number, how many steps are done, and the digest of each file by its path in the folder."""

    number: int
    step: int
    files: dict[str, str]


class RunMirror:
    """The run `name` at `address`/`name`.

    Raises ToonkitError for an address that no installed file system serves; its methods raise TrainingError where the
    address refuses, and where another process writes there.
    """

    def __init__(self, address: str, name: str) -> None:
        try:
            self.system, root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise ToonkitError(f"no file system for {address!r}: {error}") from error
        self.address = f"{address.rstrip('/')}/{name}"
        self.root = f"{root.rstrip('/')}/{name}"
        self.number = 0  # of the newest state that this process has seen

    def fetch(self, folder: Path) -> None:
        """Make a folder's files those of the newest state, unless there is none or the folder is farther."""
        with self._reached():
            newest = self._newest()
            self.number = newest.number if newest else 0
            if newest is None or _steps_in(folder) > newest.step:
                return
            for name in sorted(newest.files, key=lambda name: (name in LAST and LAST.index(name) + 1, name)):
                self._fetch(folder, name, newest.files[name])

    def push(self, folder: Path, step: int) -> None:
        """Keep what a folder holds after `step` steps as the newest state, and drop the ones before."""
        with self._reached():
            newest = self._newest()
            if (newest.number if newest else 0) != self.number:
                raise TrainingError(
                    f"another process keeps its run at {self.address}; stop one, or use another address"
                )
            state = State(self.number + 1, step, {name: self._keep(path) for name, path in _files(folder)})
            self._write(self._state_path(state.number), json.dumps({"step": step, "files": state.files}).encode())
            self.number = state.number
            self._drop_all_but(state)

    def _fetch(self, folder: Path, name: str, digest: str) -> None:
        target = folder / PurePosixPath(name)
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise TrainingError(f"{self.address} names {name!r}, which is outside of the run's folder")
        if target.is_file() and _digest(target.read_bytes()) == digest:
            return
        content = self.system.cat_file(self._blob_path(digest))
        if _digest(content) != digest:
            raise TrainingError(f"{name} at {self.address} was changed after it was written; delete it and train again")
        make_folder(target.parent, TrainingError)
        write_atomically(target, content, overwrite=True, kind=TrainingError)

    def _keep(self, path: Path) -> str:
        """Put a file among the blobs, if it is not there whole; return its digest."""
        content = path.read_bytes()
        digest = _digest(content)
        blob = self._blob_path(digest)
        if not (self.system.exists(blob) and self.system.size(blob) == len(content)):
            self._write(blob, content)
        return digest

    def _newest(self) -> State | None:
        """The newest state whose list is whole."""
        for path in sorted(self._listed("states"), reverse=True):
            try:
                found = json.loads(self.system.cat_file(path))
                return State(int(PurePosixPath(path).stem), found["step"], found["files"])
            except (ValueError, KeyError, TypeError):  # cut off by a kill: the one before it counts
                continue
        return None

    def _drop_all_but(self, state: State) -> None:
        kept = {self._state_path(state.number), *map(self._blob_path, state.files.values())}
        names = {PurePosixPath(path).name for path in kept}
        for path in [*self._listed("states"), *self._listed("blobs")]:
            if PurePosixPath(path).name not in names:
                self.system.rm_file(path)

    def _listed(self, kind: str) -> list[str]:
        self.system.invalidate_cache()
        try:
            return self.system.ls(f"{self.root}/{kind}", detail=False)
        except FileNotFoundError:
            return []

    def _write(self, path: str, content: bytes) -> None:
        self.system.makedirs(path.rpartition("/")[0], exist_ok=True)
        self.system.pipe_file(path, content)

    def _state_path(self, number: int) -> str:
        return f"{self.root}/states/{number:08d}.json"

    def _blob_path(self, digest: str) -> str:
        return f"{self.root}/blobs/{digest}"

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Name the address in whatever goes wrong there: each file system has errors of its own."""
        try:
            yield
        except ToonkitError:
            raise
        except Exception as error:
            raise TrainingError(
                f"{self.address} does not answer as it should ({type(error).__name__}: {error}); "
                "what the run's own folder holds stands; try again"
            ) from error


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a run that are of no machine alone, by their paths in its folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in LOCAL and not path.name.startswith(PART):
            yield path.relative_to(folder).as_posix(), path


def _steps_in(folder: Path) -> int:
    """How many steps a folder's checkpoint has behind it, 0 without one."""
    path = folder / CHECKPOINT
    return load_weights(path)[1]["step"] if path.exists() else 0


def _digest(content: Any) -> str:
    return hashlib.sha256(content).hexdigest()
