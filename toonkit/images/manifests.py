"""What the sources are and which bytes they have: `data/manifests/sources.toml`, and one table of files each.

A table is tab-separated: SHA-256, size in bytes, path below the source's address. To make one from a folder:
`python -m toonkit.images.manifests FOLDER > data/manifests/NAME.tsv`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from toonkit.project.digests import digest_of
from toonkit.project.errors import SourceError, check_name
from toonkit.project.file_names import for_windows

OPEN = ("open", "made")  # tiers of what the course uses: fetched the ones, made the others
LISTED = (*OPEN, "network")  # tiers whose files are listed
MANIFESTS = Path(__file__).parents[2] / "data" / "manifests"
WINDOWS = sys.platform == "win32"


@dataclass(frozen=True)
class Source:
    """One source. `base` is set for what is fetched; `report`, `how` and what follows it for the reports' own.

    `via` says where these come from (see `images.own_origins`), `size` how large they are, `cite` whom to cite, `terms`
    what must be agreed to. Of a pretrained network `used` says what for, `report` in which report.
    """

    name: str
    tier: str
    title: str
    licence: str
    home: str
    base: str = ""
    credit: str = ""
    report: str = ""
    how: str = ""
    via: str = ""
    size: str = ""
    cite: str = ""
    terms: str = ""
    used: str = ""
    commits: Mapping[str, str] = field(default_factory=dict)  # of folders below `base`, each its own repository

    def address(self, path: str) -> str:
        """Where a file is on the network."""
        folder, _, rest = path.partition("/")
        if folder in self.commits:
            return f"{self.base}{folder}/{self.commits[folder]}/{quote(rest)}"
        return self.base + quote(path)


@dataclass(frozen=True)
class Entry:
    """One file: its path below the source's address, its size in bytes and its SHA-256.

    Of a file that no manifest promises, size and SHA-256 are None until it is here.
    """

    path: str
    size: int | None
    sha256: str | None

    @property
    def place(self) -> str:
        """Its path below the source's folder on this machine: on Windows not every name can be kept."""
        return for_windows(self.path) if WINDOWS else self.path


def load_sources() -> dict[str, Source]:
    """Return every source by name, open ones first, networks last.

    Raises SourceError outside a checkout, or if the file is broken.
    """
    path = MANIFESTS / "sources.toml"
    if not path.is_file():
        raise SourceError(f"{path} is missing; install Toonkit from its checkout with `pip install -e .`")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Source(name, **values) for name, values in tables.items()}
    except (ValueError, TypeError) as error:  # no TOML, no UTF-8; a key too many or too few
        raise SourceError(f"{path} is broken: {error}; restore it from the checkout") from error


def find_source(name: str) -> Source:
    """Return one source whose files are listed. Raises ToonkitError for an unknown name, SourceError for another."""
    sources = load_sources()
    source = sources[check_name("source", name, list(sources))]
    if source.tier not in LISTED:
        raise SourceError(f"{name} cannot be fetched ({source.licence}). {source.how} See {source.home}")
    return source


def find_own(name: str) -> Source:
    """Return one of the reports' own sets. Raises ToonkitError for any other name."""
    own = {known: source for known, source in load_sources().items() if source.tier == "own"}
    return own[check_name("set of a report", name, list(own))]


def read_manifest(name: str, select: str = "*") -> list[Entry]:
    """Return the files of an open source whose path matches `select` (`*` also crosses folders).

    Raises SourceError if none matches, and for a table with a broken line or one that would be written elsewhere than
    below the source's folder.
    """
    entries = read_table(MANIFESTS / f"{name}.tsv", f"the table of {name}", "restore it from the checkout")
    chosen = [entry for entry in entries if fnmatchcase(entry.path, select)]
    if not chosen:
        raise SourceError(f"no file of {name} matches {select!r}; data/manifests/{name}.tsv lists them")
    return chosen


def read_table(path: Path, what: str, remedy: str) -> list[Entry]:
    """Return the files that a table lists; `what` it is and the `remedy` go into the error where it cannot be read.

    Raises SourceError as `read_manifest` does.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{what} cannot be read: {error}; {remedy}") from error
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        entry = _read_row(line, f"{path}, line {number}")
        if entry.path.casefold() in entries:  # on macOS and Windows `a.png` and `A.png` are one file
            raise SourceError(f"{path}, line {number}: {entry.path!r} is listed already; keep one")
        entries[entry.path.casefold()] = entry
    return list(entries.values())


def _read_row(line: str, where: str) -> Entry:
    """Return the file that one line of a table names. Raises SourceError if it names none, or an unsafe path."""
    columns = line.split("\t")
    if len(columns) != 3:
        raise SourceError(f"{where} has {len(columns)} columns instead of 3: SHA-256, size, path, parted by tabs")
    digest, size, path = columns
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        raise SourceError(f"{where}: {digest!r} is no SHA-256, which has 64 hexadecimal digits")
    if not re.fullmatch(r"[0-9]+", size):
        raise SourceError(f"{where}: {size!r} is no size in bytes")
    if not is_safe_path(path):
        raise SourceError(
            f"{where}: {path!r} does not stay below the source's folder; nothing is read or written there"
        )
    return Entry(path, int(size), digest.lower())


def is_safe_path(path: str) -> bool:
    """Whether a path with `/` between its parts stays below a folder, on every system.

    Not so: an absolute path, `..`, a drive's letter, and the backslash, which Windows reads as `/`.
    """
    strange = "\\" in path or any(ord(letter) < 32 for letter in path)
    parts = path.split("/")
    return not strange and not re.match("[A-Za-z]:", path) and not {"", ".", ".."} & set(parts)


def describe(source: Source, entries: list[Entry]) -> str:
    """Say what a set of files is: name, title, number, size, licence, origin."""
    size = sum(entry.size for entry in entries) / 1e6
    files = f"{len(entries):,} {'file' if len(entries) == 1 else 'files'}, {size:.1f} MB"
    return f"{source.name} ({source.title}), {files}, licence {source.licence}, from {source.home}"


def make_manifest(folder: str | Path) -> str:
    """Return the table of all files in `folder`, sorted by path. Raises SourceError for none, or an unsafe name."""
    folder = Path(folder)
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    if not files:
        raise SourceError(f"no file in {folder} to make a manifest of")
    for name, _ in files:
        if not is_safe_path(name):
            raise SourceError(f"{name!r} in {folder} cannot stand in a manifest on every system; rename it")
    return "".join(f"{digest_of(path)}\t{path.stat().st_size}\t{name}\n" for name, path in files)


def difference(path: Path, entry: Entry) -> str:
    """Say how a file differs from what is promised of it, in size or in SHA-256; empty if it does not."""
    size = path.stat().st_size
    if entry.size is not None and size != entry.size:
        return f"{size:,} bytes instead of {entry.size:,}"
    if entry.sha256 is None:
        return ""
    digest = digest_of(path)
    return "" if digest == entry.sha256 else f"SHA-256 {digest[:12]}... instead of {entry.sha256[:12]}..."


if __name__ == "__main__":
    print(make_manifest(sys.argv[1]), end="")
