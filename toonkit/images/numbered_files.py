"""Pictures chosen by their numbers out of a copy of Danbooru: `0001/2000001.jpg`, the folder is the number mod 1000."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from toonkit.images.file_parts import check_room
from toonkit.images.manifests import Entry, Source, difference
from toonkit.images.own_origins import Order, Places, is_address, share
from toonkit.images.picture import EXTENSIONS
from toonkit.project.atomic import write_atomically
from toonkit.project.errors import SourceError

BUCKETS = 1000
MISSING = "missing.txt"
SHOWN = 3  # that an error names


def read_ids(path: Path) -> list[Entry]:
    """The pictures that a list names, one a line: the number, or a file name (`2000001.png`), and perhaps its SHA-256.

    Without an ending it is `.jpg`, as all of the 512-pixel copies are; `#` begins a comment. Raises SourceError naming
    a line that is none of this or repeats a number.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path} cannot be read as a list of numbers: {error}") from error
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        words = re.split(r"[\s,;]+", line.partition("#")[0].strip())
        if words == [""]:
            continue
        found = re.fullmatch(r"(\d{1,12})(\.[a-z]+)?", words[0])
        digest = words[1].lower() if len(words) > 1 else None
        if not found or len(words) > 2 or (digest and not re.fullmatch(r"[0-9a-f]{64}", digest)):
            raise SourceError(f"{path}, line {number}: {line!r} is no number, perhaps with its SHA-256")
        if found[1] in entries:
            raise SourceError(f"{path}, line {number}: {found[1]} is listed already; keep one")
        entries[found[1]] = Entry(f"{bucket(int(found[1]))}/{found[1]}{found[2] or '.jpg'}", None, digest)
    if not entries:
        raise SourceError(f"{path} names no picture; write one number a line")
    return list(entries.values())


def bucket(number: int) -> str:
    """The folder of a numbered picture."""
    return f"{number % BUCKETS:04d}"


def bring_numbered(order: Order, source: Source, places: Places) -> str:
    """Bring the pictures of a list from a local copy or an address; all of them, or an error that lists the others."""
    if not order.ids or not order.origin:
        raise SourceError(f"{source.name} needs --ids LIST and --from FOLDER_OR_ADDRESS. {source.how}")
    entries = read_ids(order.ids)
    if is_address(order.origin):
        failures = _download(order.origin.rstrip("/") + "/", entries, source, places)
    else:
        failures = _copy(Path(order.origin), entries, places)
    if failures:
        listed = places.downloads / MISSING
        lines = "".join(f"{Path(path).stem}  # {reason}\n" for path, reason in failures.items())
        write_atomically(listed, lines.encode(), overwrite=True, kind=SourceError)
        some = "; ".join(list(failures.values())[:SHOWN])
        raise SourceError(
            f"{len(failures)} of {len(entries)} pictures of {source.name} could not be had: {some}. {listed} names "
            "them: take them out of your list, or call again; the others are kept"
        )
    return f"{len(entries)} numbers of {order.ids.name}, from {order.origin}"


def _download(base: str, entries: list[Entry], source: Source, places: Places) -> dict[str, str]:
    """Download what is not here yet; give the files their place where all are here. Returns what failed, and why."""
    from toonkit.images.downloads import bring_all  # nothing else needs the network's libraries

    missing = [entry for entry in entries if not _is_here(places.downloads / entry.place, entry)]
    failures = bring_all(source.name, [(base + entry.path, entry) for entry in missing], places.downloads)
    if not failures:
        for entry in entries:
            target = places.files / entry.place
            target.parent.mkdir(exist_ok=True)
            share(places.downloads / entry.place, target)
    return failures


def _is_here(path: Path, entry: Entry) -> bool:
    return path.is_file() and not difference(path, entry)


def _copy(folder: Path, entries: list[Entry], places: Places) -> dict[str, str]:
    """Copy pictures out of a local copy, whatever their ending. Returns what failed, and why."""
    failures: dict[str, str] = {}
    found: list[Path] = []
    for entry in entries:
        named = folder / entry.place
        paths = [path for ending in (named.suffix, *EXTENSIONS) if (path := named.with_suffix(ending)).is_file()]
        wrong = difference(paths[0], entry) if paths else "no such file"
        if wrong:
            failures[entry.path] = f"{named}: {wrong}"
        else:
            found.append(paths[0])
    if not failures:
        check_room(places.files, sum(path.stat().st_size for path in found), str(folder))
        for path in found:
            target = places.files / path.relative_to(folder)
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, target)
    return failures
