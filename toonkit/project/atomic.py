"""Write a file whole or not at all: bytes go to a neighbour, which then takes the name in one step."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path
from uuid import uuid4

from toonkit.project.errors import ToonkitError

PART = ".toonkit-"  # how the name of a file that is being written starts
PART_END = ".part"
TRIES, PAUSE = 5, 0.05  # seconds: on Windows a file cannot be replaced while somebody reads it


def write_atomically(
    path: str | Path, data: bytes, overwrite: bool = False, kind: type[ToonkitError] = ToonkitError
) -> None:
    """Write `data` to `path` through a temporary file in the same folder, see `put_in_place`.

    A reader sees the old file or the new one, never a part. Raises `kind` when `path` exists and `overwrite` is False,
    when its folder is missing, and when the system refuses (a full disk, no permission); then nothing new is left.
    """
    path = Path(path)
    refuse_existing(path, overwrite, kind)
    name = f"{PART}{uuid4().hex}{PART_END}"  # a short name of its own: the target's may be at the limit
    partial = path.parent / name
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # a full disk may only answer here
        put_in_place(partial, path)
    except OSError as error:
        raise kind(f"could not write {path}: {explain(error)}") from error
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Give a finished file its name in one step, in place of what has that name; waits a little for a reader to end.

    Raises OSError where the system refuses.
    """
    for attempt in range(TRIES):
        try:
            return os.replace(partial, path)
        except PermissionError:
            if attempt == TRIES - 1:
                raise
            time.sleep(PAUSE)


def drop_partial_files(folder: Path, kind: type[ToonkitError] = ToonkitError) -> None:
    """Remove what writes that were killed left in `folder` and below; for who has the folder to himself.

    Raises `kind` when the system refuses.
    """
    for partial in folder.rglob(f"{PART}*{PART_END}"):
        try:
            partial.unlink(missing_ok=True)
        except OSError as error:
            raise kind(f"could not remove {partial}: {explain(error)}") from error


def make_folder(folder: Path, kind: type[ToonkitError] = ToonkitError) -> None:
    """Make a folder, and those above it, where it is absent. Raises `kind` when the system refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise kind(
            f"cannot make the folder {folder}: {explain(error)}; remove what is in its place, or choose another"
        ) from error


def refuse_existing(path: Path, overwrite: bool, kind: type[ToonkitError] = ToonkitError) -> None:
    """Raise `kind` if `path` is a folder, lies in none, or exists and may not be replaced."""
    if path.is_dir():
        raise kind(f"{path} is a folder; name a file")
    if not path.parent.is_dir():
        raise kind(f"the folder {path.parent} does not exist; make it first")
    if path.exists() and not overwrite:
        raise kind(f"{path} exists already; choose another name, or allow overwriting")


def explain(error: OSError) -> str:
    """Say in plain words what the operating system refused."""
    known = {
        errno.ENOSPC: "the disk is full; free some space and try again",
        errno.EDQUOT: "your disk quota is used up; free some space and try again",
        errno.EACCES: "permission denied; choose a folder that you may write to",
        errno.EROFS: "the disk is read-only; choose another folder",
        errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    }
    return known.get(error.errno, error.strerror or str(error))
