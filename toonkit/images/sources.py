"""Open sources of pictures and networks, checked byte for byte; `fetch` downloads one, and only when it is called.

TOONKIT_MIRROR=<folder>   read `<folder>/<source>/<path>` instead of the network and the cache; digests still count
TOONKIT_CACHE=<folder>    where fetched files live (otherwise the platform's cache folder)
TOONKIT_OFFLINE=1         refuse every download
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from toonkit.images.manifests import (
    LISTED,
    Entry,
    Source,
    describe,
    difference,
    find_source,
    load_sources,
    read_manifest,
)
from toonkit.project.environment import cache_folder, offline
from toonkit.project.errors import SourceError


def open_source(name: str, select: str = "*") -> Path:
    """Return the folder with a source's files (those that match `select`), each checked against its SHA-256.

    Never uses the network. Raises SourceError if files are missing, saying what `fetch` would download, or differ.
    """
    source = find_source(name)
    entries = read_manifest(name, select)
    folder = source_folder(name)
    missing = [entry for entry in entries if not (folder / entry.place).is_file()]
    if missing:
        where = "TOONKIT_MIRROR" if os.environ.get("TOONKIT_MIRROR") else "the cache"
        absent = f"{len(missing)} of {len(entries)} files of {name} are not in {where} ({folder})"
        if source.tier == "made":
            raise SourceError(f"{absent}. They are made, not fetched: {source.how} {describe(source, missing)}")
        raise SourceError(f"{absent}. `toonkit fetch {name}` downloads: {describe(source, missing)}")
    for entry in entries:
        if wrong := difference(folder / entry.place, entry):
            raise SourceError(f"{folder / entry.place} has {wrong}, so it is not used; delete it and fetch it again")
    return folder


def source_ready(name: str, select: str = "*") -> bool:
    """Return whether `open_source` would find every file here, without reading them and without the network."""
    return all((source_folder(name) / entry.place).is_file() for entry in read_manifest(name, select))


def fetch(name: str, select: str = "*") -> Path:
    """Download what is missing of an open source, after saying what, how big, under which licence; return its folder.

    Each file arrives under a temporary name, is resumed where it broke off, and gets its own name only with the right
    digest. Ctrl-C stops at once, and the next call goes on from there. With TOONKIT_MIRROR nothing is downloaded.
    Raises SourceError for files that could not be had: offline, refused, or with other bytes than the manifest
    promises; the others stay.
    """
    bring(find_source(name), read_manifest(name, select))
    return open_source(name, select)


def bring(source: Source, entries: list[Entry]) -> None:
    """Download those of a source's files that are missing, as `fetch` says. Raises SourceError as it does."""
    folder = source_folder(source.name)
    missing = [entry for entry in entries if not (folder / entry.place).is_file()]
    if missing and source.tier == "made":
        raise SourceError(f"{source.name} is made, not fetched: {source.how} Put the files into {folder}")
    if missing and not os.environ.get("TOONKIT_MIRROR"):
        if offline():
            raise SourceError(f"TOONKIT_OFFLINE is set, so nothing is downloaded; needed: {describe(source, missing)}")
        _check_cache(folder)
        from toonkit.images.downloads import download_all  # nothing else needs the network's libraries

        print(f"Downloading {describe(source, missing)} into {folder}", file=sys.stderr, flush=True)
        download_all(source, missing, folder)


def source_folder(name: str) -> Path:
    """Return where a source's files are looked for: the mirror if TOONKIT_MIRROR is set, else the cache."""
    if mirror := os.environ.get("TOONKIT_MIRROR"):
        if not Path(mirror).is_dir():
            raise SourceError(f"TOONKIT_MIRROR={mirror} is not a folder; correct or unset it")
        return Path(mirror) / name
    return cache_folder() / name


def _check_cache(folder: Path) -> None:
    """Raise SourceError if a file stands where the cache must have a folder."""
    for place in (folder, *folder.parents):
        if place.is_dir():
            return
        if place.exists() or place.is_symlink():
            raise SourceError(f"{place} is no folder, so no file can be kept below it; remove it or set TOONKIT_CACHE")


def describe_sources() -> list[dict[str, str]]:
    """Return one row a source, open ones and the reports' own: name, content, size, licence, and how to get it."""
    rows = []
    for source in load_sources().values():
        entries = read_manifest(source.name) if source.tier in LISTED else []
        size = f"{len(entries):,} files, {sum(entry.size for entry in entries) / 1e6:.1f} MB" if entries else ""
        how = source.how or f"toonkit fetch {source.name}"
        rows.append({"source": source.name, "what": source.title, "size": size, "licence": source.licence, "how": how})
    return rows
