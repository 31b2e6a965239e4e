"""A process that dies, as by SIGKILL, right before it changes the disk for the n-th time, or in the midst of that."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KILLED = 77  # exit status
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
TORN = b'{"step": 1, "cont'  # of a line


@dataclass(frozen=True)
class Kill:
    """Before which change of the disk, counted from 1, to die; `torn`: with half of what it writes on the disk."""

    number: int
    torn: bool = False


def watch(folder: Path, kill: Kill | None) -> list[str]:
    """From now on, for the rest of this process's life, die as told; returns the list of changes, which grows.

    Python tells of every change (`sys.addaudithook`), whoever makes it, so a new kind of write needs no new test.
    """
    changes: list[str] = []
    inside = str(folder.resolve())

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if not _is_change(event, arguments, inside):
            return
        changes.append(f"{event} {os.fsdecode(arguments[0])}")
        if kill is not None and len(changes) == kill.number:
            kill_at = _tearing(event, arguments) if kill.torn else None
            if kill_at is not None:
                kill_at()
            os._exit(KILLED)

    sys.addaudithook(hear)
    return changes


def _is_change(event: str, arguments: tuple[Any, ...], folder: str) -> bool:
    changing = bool(arguments[2] & WRITING) if event == "open" else event in CHANGES
    if not changing or not isinstance(arguments[0], str | bytes | os.PathLike):
        return False
    return os.path.abspath(os.fsdecode(arguments[0])).startswith(folder)


def _tearing(event: str, arguments: tuple[Any, ...]) -> Callable[[], None] | None:
    """What leaves half of a write: half of a file that was to take its name, half a line of one that grows."""
    path = Path(os.fsdecode(arguments[0]))
    if event == "os.rename" and path.is_file():
        return lambda: os.truncate(path, path.stat().st_size // 2)
    if event == "open" and arguments[1] == "a":
        return lambda: path.write_bytes((path.read_bytes() if path.exists() else b"") + TORN)
    return None
