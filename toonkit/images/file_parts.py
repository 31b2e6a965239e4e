"""What has come of a file and waits for the rest: where it lies, which version it is of, whether the rest has room."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from toonkit.images.manifests import Entry
from toonkit.project.errors import SourceError


def part_of(path: Path) -> Path:
    """Where what has come of a file waits for the rest."""
    return path.with_name(path.name + ".part")


def version_of(partial: Path) -> Path:
    """Where the server's word for the version of an unlisted file waits, of which there is a part."""
    return partial.with_name(partial.name + ".version")


def note_version(partial: Path, headers: Mapping[str, str]) -> None:
    """Keep the server's word for the version of a file, empty where it gives none."""
    version = headers.get("ETag", "") or headers.get("Last-Modified", "")
    version_of(partial).write_text(version, encoding="utf-8", newline="\n")


def headers_for(partial: Path, entry: Entry, have: int) -> dict[str, str]:
    """What is asked for: the rest of a part, of an unlisted file only where the server still has the same version."""
    plain = {"Accept-Encoding": "identity"}
    rest = {"Range": f"bytes={have}-"} if have else {}
    if entry.size is not None or not have:
        return plain | rest
    noted = version_of(partial)
    version = noted.read_text(encoding="utf-8") if noted.is_file() else ""
    if not version or version.startswith("W/"):  # a weak one does not promise the same bytes
        return plain
    return plain | rest | {"If-Range": version}


def check_space(partial: Path, size: int | None, have: int) -> None:
    """Raise SourceError where the rest of a file of `size` bytes (None: not known) cannot fit on the disk."""
    if size is not None:
        check_room(partial.parent, size - have, partial.stem)


def check_room(folder: Path, size: int, what: str) -> None:
    """Raise SourceError where `size` more bytes of `what` do not fit on the disk of a folder that exists."""
    free = shutil.disk_usage(folder).free
    if size > free:
        needed = f"{what} needs {size / 1e6:,.1f} MB more in {folder}, and {free / 1e6:,.1f} MB are free"
        raise SourceError(f"{needed}: the disk is full; free some space and call again, what has come is kept")
