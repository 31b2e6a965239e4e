"""Where the reports' own sets come from: a folder, an archive, an address, a service, a list of numbered files.

Whatever the way, the files end in one empty folder; what was downloaded waits in another, for a call that goes on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from toonkit.images.archives import unpack
from toonkit.images.file_parts import check_room
from toonkit.images.listing import is_hidden
from toonkit.images.manifests import Entry, Source, difference, is_safe_path
from toonkit.project.errors import SourceError

Put = Callable[[Path, Path], object]  # gives a file its place: (from, to)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What was asked for: a set by name, from where (`origin`: a folder, an archive or an address), into which folder.

    `ids` is a file with the numbers of the pictures, for a set of numbered files; `sha256` what an archive must have;
    `agree` whether the set's terms are agreed to.
    """

    name: str
    origin: str = ""
    out: Path | None = None
    ids: Path | None = None
    sha256: str | None = None
    agree: bool = False


@dataclass(frozen=True)
class Places:
    """Two folders: what is downloaded waits in the one until it is whole; the files of the set go into the other."""

    downloads: Path
    files: Path


def is_address(origin: str) -> bool:
    """Whether an origin is an address on the network."""
    return origin.startswith(("http://", "https://"))


def needs_network(order: Order, source: Source) -> bool:
    """Whether a set would be downloaded."""
    return is_address(order.origin) or (not order.origin and source.via not in ("user", "ids"))


def bring(order: Order, source: Source, places: Places, say: Say) -> str:
    """Fill `places.files` and return in words where the files came from. Raises SourceError for what cannot be had."""
    kind, _, what = source.via.partition(":")
    if order.ids and kind != "ids":
        raise SourceError(f"{source.name} is not chosen by numbers; leave out --ids")
    if kind == "ids":
        from toonkit.images.numbered_files import bring_numbered

        return bring_numbered(order, source, places)
    if order.origin:
        return _from_origin(order, source, places)
    if kind == "user":
        raise SourceError(f"{source.name} is nowhere to be downloaded; name what you have with --from. {source.how}")
    return _services()[kind](source, what, places, say)


def _services() -> dict[str, Callable[[Source, str, Places, Say], str]]:
    """What downloads by each kind of `via`; imported when one is needed."""
    from toonkit.images import own_services

    return {
        "kaggle": own_services.bring_kaggle,
        "roboflow": own_services.bring_roboflow,
        "torchvision": own_services.bring_torchvision,
    }


def _from_origin(order: Order, source: Source, places: Places) -> str:
    """From a folder or an archive that the user has, or an archive at an address."""
    if is_address(order.origin):
        return bring_archive(source.name, order.origin, places, order.sha256)
    path = Path(order.origin)
    if path.is_dir():
        if order.sha256:
            raise SourceError(f"{path} is a folder, which has no SHA-256; leave it out")
        collect(path, places.files, shutil.copyfile)
    elif path.is_file():
        wrong = difference(path, Entry(path.name, None, order.sha256))
        if wrong:
            raise SourceError(f"{path} has {wrong}; download it again")
        unpack(path, places.files)
    else:
        raise SourceError(f"{path} does not exist; --from takes a folder, a zip or tar file, or an address")
    return str(path.resolve())


def bring_archive(name: str, url: str, places: Places, sha256: str | None = None, file: str = "") -> str:
    """Download an archive, named `file` or as its address ends, and unpack it; return the address without its query."""
    from toonkit.images.downloads import download_one  # nothing else needs the network's libraries
    from toonkit.images.network import without_query

    ending = unquote(urlsplit(url).path).rpartition("/")[2]
    file = file or (ending if ending and is_safe_path(ending) else name)
    entry = Entry(file, None, sha256)
    archive = places.downloads / file
    if not archive.is_file() or difference(archive, entry):
        download_one(name, url, places.downloads, entry)
    try:
        unpack(archive, places.files)
    except SourceError:
        if not _is_full(places.files):
            archive.unlink()  # what is no archive, or a damaged one, would be no better next time
        raise
    return without_query(url)


def _is_full(folder: Path) -> bool:
    """Whether a folder's disk has no room left: then a download is kept, though it could not be unpacked."""
    return shutil.disk_usage(folder).free < 1 << 20


def collect(folder: Path, files: Path, put: Put) -> None:
    """Put every file below `folder` into `files` under its own path, without hidden ones and folders behind links.

    Raises SourceError for a folder without a file, and where copies would not fit on the disk.
    """
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        found += [Path(place) / name for name in sorted(names) if not is_hidden(name)]
    found = [path for path in found if path.is_file()]
    if not found:
        raise SourceError(f"{folder} holds no file; check the name")
    if put is shutil.copyfile:
        check_room(files, sum(path.stat().st_size for path in found), str(folder))
    for path in found:
        target = files / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        put(path, target)


def share(path: Path, target: Path) -> None:
    """Give a file of ours a second place: by a hard link, which takes no room, or a copy where the disk knows none."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
