"""Captions of a folder's pictures out of a CSV table with the columns file and caption."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from toonkit.images.captions import normalise_caption
from toonkit.project.errors import ToonkitError

COLUMNS = ("file", "caption")
SHOWN = 3  # files that an error names


def read_caption_csv(path: str | Path, files: Sequence[str] = ()) -> dict[str, str]:
    """Captions by file name, in the table's order; each of `files` must have one, where these are given.

    Raises ToonkitError naming the row that lacks a caption or repeats a file, and the files that have no row.
    """
    captions: dict[str, str] = {}
    for number, row in _rows(Path(path)):
        file, caption = row["file"].strip(), normalise_caption(row["caption"])
        if not file or not caption:
            raise ToonkitError(f"{path}, row {number}: file {file!r} has the caption {caption!r}; neither may be empty")
        if file in captions:
            raise ToonkitError(f"{path}, row {number}: {file} has a caption already; keep one")
        captions[file] = caption
    lacking = [file for file in files if file not in captions]
    if lacking:
        named = ", ".join(lacking[:SHOWN]) + (" ..." if len(lacking) > SHOWN else "")
        raise ToonkitError(f"{path} has no row for {len(lacking)} of {len(files)} pictures: {named}; add them")
    return captions


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows of a table, numbered from 1 below its head."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
            columns = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ToonkitError(f"{path} cannot be read as a caption table: {error}") from error
    if not set(COLUMNS) <= set(columns):
        raise ToonkitError(f"{path} has the columns {', '.join(columns) or 'none'}; it needs {' and '.join(COLUMNS)}")
    short = [number for number, row in enumerate(rows, 1) if any(row[name] is None for name in COLUMNS)]
    if short:
        raise ToonkitError(f"{path}, row {short[0]} is cut short; it needs {' and '.join(COLUMNS)}")
    return list(enumerate(rows, 1))
