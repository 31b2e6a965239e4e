"""The one module that uses the network, and only when `fetch` is called: open sources, checked byte for byte.

TOONKIT_MIRROR=<folder>   read `<folder>/<source>/<path>` instead of the network and the cache; digests still count
TOONKIT_CACHE=<folder>    where fetched files live (otherwise the platform's cache folder)
TOONKIT_OFFLINE=1         refuse every download
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import platformdirs
import requests
import urllib3
from tqdm import tqdm

from toonkit.images.manifests import Entry, Source, describe, difference, find_source, load_sources, read_manifest
from toonkit.project.atomic import explain
from toonkit.project.errors import SourceError

WORKERS = 8  # files at a time: most of a small file's time is waiting
ATTEMPTS = 5
BACKOFF = 0.5  # seconds before the second attempt; doubled for each further one
TIMEOUT = (10, 60)  # seconds to connect, and between two pieces of a body
PIECE = 1 << 18  # bytes
FINAL = (400, 401, 403, 404, 410)  # asking again will not help


class Interrupted(Exception):
    """A download broke off in a way that is worth another attempt."""


def open_source(name: str, select: str = "*") -> Path:
    """Return the folder with a source's files (those that match `select`), each checked against its SHA-256.

    Never uses the network. Raises SourceError if files are missing, saying what `fetch` would download, or differ.
    """
    source, entries = find_source(name), read_manifest(name, select)
    folder = source_folder(name)
    missing = [entry for entry in entries if not (folder / entry.path).is_file()]
    if missing:
        where = "TOONKIT_MIRROR" if os.environ.get("TOONKIT_MIRROR") else "the cache"
        raise SourceError(
            f"{len(missing)} of {len(entries)} files of {name} are not in {where} ({folder}). "
            f"`toonkit fetch {name}` downloads: {describe(source, missing)}"
        )
    for entry in entries:
        if wrong := difference(folder / entry.path, entry):
            raise SourceError(f"{folder / entry.path} has {wrong}, so it is not used; delete it and fetch it again")
    return folder


def source_ready(name: str, select: str = "*") -> bool:
    """Return whether `open_source` would find every file here, without reading them and without the network."""
    return all((source_folder(name) / entry.path).is_file() for entry in read_manifest(name, select))


def fetch(name: str, select: str = "*") -> Path:
    """Download what is missing of an open source, after saying what, how big, under which licence; return its folder.

    Each file arrives under a temporary name, is resumed where it broke off, and gets its own name only with the right
    digest. With TOONKIT_MIRROR nothing is downloaded. Raises SourceError for files that could not be had: offline,
    refused, or with other bytes than the manifest promises; the others stay.
    """
    source, entries, folder = find_source(name), read_manifest(name, select), source_folder(name)
    missing = [entry for entry in entries if not (folder / entry.path).is_file()]
    if missing and not os.environ.get("TOONKIT_MIRROR"):
        if os.environ.get("TOONKIT_OFFLINE", "0") not in ("", "0"):
            raise SourceError(f"TOONKIT_OFFLINE is set, so nothing is downloaded; needed: {describe(source, missing)}")
        print(f"Downloading {describe(source, missing)} into {folder}", file=sys.stderr, flush=True)
        _download_all(source, missing, folder)
    return open_source(name, select)


def source_folder(name: str) -> Path:
    """Return where a source's files are looked for: the mirror if TOONKIT_MIRROR is set, else the cache."""
    if mirror := os.environ.get("TOONKIT_MIRROR"):
        if not Path(mirror).is_dir():
            raise SourceError(f"TOONKIT_MIRROR={mirror} is not a folder; correct or unset it")
        return Path(mirror) / name
    return Path(os.environ.get("TOONKIT_CACHE") or platformdirs.user_cache_path("toonkit")) / name


def describe_sources() -> list[dict[str, str]]:
    """Return one row a source, open ones and the reports' own: name, content, size, licence, and how to get it."""
    rows = []
    for source in load_sources().values():
        entries = read_manifest(source.name) if source.tier == "open" else []
        size = f"{len(entries):,} files, {sum(entry.size for entry in entries) / 1e6:.1f} MB" if entries else ""
        how = f"toonkit fetch {source.name}" if entries else source.how
        rows.append({"source": source.name, "what": source.title, "size": size, "licence": source.licence, "how": how})
    return rows


def _download_all(source: Source, entries: list[Entry], folder: Path) -> None:
    """Download every file that can be had, then raise for the rest."""
    failures: list[str] = []

    def one(entry: Entry) -> int:
        try:
            download(source.base + quote(entry.path), folder / entry.path, entry, session)
        except SourceError as error:
            failures.append(str(error))
        return entry.size

    total = sum(entry.size for entry in entries)
    pool = ThreadPoolExecutor(WORKERS)
    with requests.Session() as session, tqdm(total=total, unit="B", unit_scale=True, desc=source.name) as bar:
        session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        try:
            for size in pool.map(one, entries):
                bar.update(size)
        finally:
            pool.shutdown(cancel_futures=True)  # on Ctrl-C: files under way finish, the others do not start
    if failures:
        raise SourceError(f"{len(failures)} of {len(entries)} files of {source.name} failed; first: {failures[0]}")


def download(url: str, path: Path, entry: Entry, session: requests.Session) -> None:
    """Download one file to `path` through `path`.part, resuming one that is there. Raises SourceError; see `fetch`."""
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(ATTEMPTS):
            try:
                _append(url, partial, entry, session)
                break
            except (Interrupted, requests.RequestException, urllib3.exceptions.HTTPError) as error:
                if attempt == ATTEMPTS - 1:
                    raise SourceError(f"{url} failed {ATTEMPTS} times, last: {error}; try again later") from error
                time.sleep(BACKOFF * 2**attempt)
        if wrong := difference(partial, entry):
            partial.unlink()
            raise SourceError(f"{url} has {wrong}; nothing was kept")
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SourceError(f"could not write {path}: {explain(error)}") from error


def _append(url: str, partial: Path, entry: Entry, session: requests.Session) -> None:
    """Ask for the bytes that `partial` lacks and append them."""
    have = partial.stat().st_size if partial.exists() else 0
    if partial.exists() and have == entry.size:
        return
    if have > entry.size:
        have = 0  # not ours: start again
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code in FINAL:
            raise SourceError(f"{url} answered {answer.status_code} {answer.reason}; the source has moved or is closed")
        if answer.status_code not in (200, 206):
            raise Interrupted(f"{answer.status_code} {answer.reason}")
        with partial.open("ab" if answer.status_code == 206 else "wb") as file:  # 200: the server sends all of it
            while file.tell() <= entry.size and (
                piece := answer.raw.read1(PIECE)
            ):  # read1 gives what came before a break
                file.write(piece)
    if partial.stat().st_size < entry.size:
        raise Interrupted(f"ended after {partial.stat().st_size:,} of {entry.size:,} bytes")
