"""What the sources are and which bytes they have: `data/manifests/sources.toml`, and one table of files each.

A table is tab-separated: SHA-256, size in bytes, path below the source's address. To make one from a folder:
`python -m toonkit.images.manifests FOLDER > data/manifests/NAME.tsv`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from toonkit.project.digests import digest_of
from toonkit.project.errors import SourceError, check_name

LISTED = ("open", "made")  # tiers whose files are listed, fetched the ones, made the others
MANIFESTS = Path(__file__).parents[2] / "data" / "manifests"


@dataclass(frozen=True)
class Source:
    """One source. `base` is set for open ones, `report` and `how` for the reports' own."""

    name: str
    tier: str
    title: str
    licence: str
    home: str
    base: str = ""
    credit: str = ""
    report: str = ""
    how: str = ""
    commits: Mapping[str, str] = field(default_factory=dict)  # of folders below `base`, each its own repository


@dataclass(frozen=True)
class Entry:
    """One file: its path below the source's address, its size in bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


def load_sources() -> dict[str, Source]:
    """Return every source by name, open ones first. Raises SourceError outside a checkout of the project."""
    path = MANIFESTS / "sources.toml"
    if not path.is_file():
        raise SourceError(f"{path} is missing; install Toonkit from its checkout with `pip install -e .`")
    return {name: Source(name, **values) for name, values in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def find_source(name: str) -> Source:
    """Return one source whose files are listed. Raises ToonkitError for an unknown name, SourceError for another."""
    sources = load_sources()
    source = sources[check_name("source", name, list(sources))]
    if source.tier not in LISTED:
        raise SourceError(f"{name} cannot be fetched ({source.licence}). {source.how} See {source.home}")
    return source


def read_manifest(name: str, select: str = "*") -> list[Entry]:
    """Return the files of an open source whose path matches `select` (`*` also crosses folders).

    Raises SourceError if none matches.
    """
    lines = (MANIFESTS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    entries = [Entry(path, int(size), digest) for digest, size, path in rows if fnmatchcase(path, select)]
    if not entries:
        raise SourceError(f"no file of {name} matches {select!r}; data/manifests/{name}.tsv lists them")
    return entries


def describe(source: Source, entries: list[Entry]) -> str:
    """Say what a set of files is: name, title, number, size, licence, origin."""
    size = sum(entry.size for entry in entries) / 1e6
    files = f"{len(entries):,} file{'s' * (len(entries) != 1)}, {size:.1f} MB"
    return f"{source.name} ({source.title}), {files}, licence {source.licence}, from {source.home}"


def make_manifest(folder: str | Path) -> str:
    """Return the table of all files in `folder`, sorted by path. Raises SourceError if there is none."""
    folder = Path(folder)
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    if not files:
        raise SourceError(f"no file in {folder} to make a manifest of")
    return "".join(f"{digest_of(path)}\t{path.stat().st_size}\t{name}\n" for name, path in files)


def difference(path: Path, entry: Entry) -> str:
    """Say how a file differs from its manifest, in size or in SHA-256; empty if it does not."""
    size = path.stat().st_size
    if size != entry.size:
        return f"{size:,} bytes instead of {entry.size:,}"
    digest = digest_of(path)
    return "" if digest == entry.sha256 else f"SHA-256 {digest[:12]}... instead of {entry.sha256[:12]}..."


if __name__ == "__main__":
    print(make_manifest(sys.argv[1]), end="")
