"""The reports' own sets, kept beside the open sources: `toonkit data get NAME` brings one, `open_own` opens it.

A set is a folder with `files/`, what came; `manifest.tsv`, the SHA-256, size and path of each; and `about.json`, where
it came from. It is put together in `NAME.arriving` and gets its name in one step; what is downloaded waits in
`NAME.downloads`, so that the next call goes on. A set never comes from TOONKIT_MIRROR, which holds open sources.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from toonkit.images.manifests import Entry, Source, difference, find_own, make_manifest, read_table
from toonkit.images.own_origins import Order, Places, bring, needs_network
from toonkit.project.atomic import explain, make_folder
from toonkit.project.environment import cache_folder, offline
from toonkit.project.errors import SourceError
from toonkit.project.records import write_bytes, write_json

FILES = "files"
MANIFEST = "manifest.tsv"
ABOUT = "about.json"


@dataclass(frozen=True)
class OwnSet:
    """A set that is here, each file checked: the folder of its files, and what they are."""

    name: str
    folder: Path
    entries: list[Entry]


def own_folder(name: str) -> Path:
    """Where a set is kept unless another place is named."""
    return cache_folder() / "own" / name


def open_own(name: str, folder: Path | None = None) -> OwnSet:
    """Open a set, in `folder` or where `get_own` keeps it, with every file compared with the manifest.

    Never uses the network. Raises SourceError where it is not here, saying the command, or where a file is missing or
    changed.
    """
    source = find_own(name)
    folder = folder or own_folder(name)
    if not (folder / MANIFEST).is_file():
        raise SourceError(f"{name} is not in {folder}. {source.how}")
    entries = read_table(folder / MANIFEST, f"the manifest of {name}", f"delete {folder} and get it again")
    for entry in entries:
        path = folder / FILES / entry.place
        wrong = difference(path, entry) if path.is_file() else "gone missing"
        if wrong:
            raise SourceError(f"{path} has {wrong}; delete {folder} and get {name} again")
    return OwnSet(name, folder / FILES, entries)


def get_own(order: Order, say: Callable[[str], None] = print) -> OwnSet:
    """Bring one of the reports' own sets here, after saying what it is, how large, under which licence, whom to cite.

    A set that is here already is opened. Raises SourceError where its terms were not agreed to, where the network is
    needed and TOONKIT_OFFLINE is set, and for whatever cannot be had; what was downloaded stays for the next call.
    """
    source = find_own(order.name)
    folder = order.out or own_folder(order.name)
    say(described(source))
    if (folder / MANIFEST).is_file():
        say(f"it is in {folder} already")
        return open_own(order.name, folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SourceError(f"{folder} is there already and is no set of ours; name another folder with -o")
    if source.terms and not order.agree:
        raise SourceError(f"{source.name}: {source.terms}. Read {source.home}; if you agree, call again with --agree")
    if needs_network(order, source) and offline():
        raise SourceError(f"TOONKIT_OFFLINE is set, so {source.name} is not downloaded; unset it, or name --from")
    make_folder(folder.parent, SourceError)
    with _held(folder):
        _put_together(order, source, folder, say)
    return open_own(order.name, folder)


def described(source: Source) -> str:
    """What a set is, how large, under which licence, whom to cite, and where its page is."""
    facts = {"size": source.size or "not known before", "licence": source.licence, "cite": source.cite}
    lines = [f"{source.name}: {source.title}", *(f"    {name}: {text}" for name, text in facts.items())]
    return "\n".join([*lines, f"    page: {source.home}"])


def _put_together(order: Order, source: Source, folder: Path, say: Callable[[str], None]) -> None:
    """Bring all files, list them, and give the folder its name."""
    arriving = folder.with_name(f"{folder.name}.arriving")
    downloads = folder.with_name(f"{folder.name}.downloads")
    try:
        shutil.rmtree(arriving, ignore_errors=True)  # of a call that was killed
        (arriving / FILES).mkdir(parents=True)
        downloads.mkdir(exist_ok=True)
        origin = bring(order, source, Places(downloads, arriving / FILES), say)
        write_bytes(arriving / MANIFEST, make_manifest(arriving / FILES).encode())
        came = datetime.now(UTC).isoformat(timespec="seconds")
        facts = {"name": source.name, "from": origin, "came": came, "licence": source.licence, "cite": source.cite}
        write_json(arriving / ABOUT, facts)
        if folder.is_dir():
            folder.rmdir()  # an empty one stood in its place
        os.replace(arriving, folder)
        shutil.rmtree(downloads, ignore_errors=True)
    except OSError as error:
        raise SourceError(f"could not put {source.name} together in {arriving}: {explain(error)}") from error
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a set's place for this process. Raises SourceError where another one brings it."""
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise SourceError(f"another process brings {folder} at this moment; wait until it ends") from error
    except OSError as error:
        raise SourceError(f"could not claim {folder} for this process: {explain(error)}") from error
    try:
        yield
    finally:
        lock.release()
