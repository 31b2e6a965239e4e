"""Captions of a report's data set, in a table beside its pictures: out of a CSV table, or bought of a vision model."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

from toonkit.images.caption_files import read_caption_csv
from toonkit.images.caption_service import Bill, Service, caption_pictures
from toonkit.images.captions import read_captions, write_captions
from toonkit.images.report_sets import BuiltSet, open_report_set
from toonkit.project.errors import ToonkitError

CAPTIONS = "captions.jsonl"  # in the folder of the built set


def captions_from_table(report: str, table: Path) -> dict[str, str]:
    """Keep the captions of a CSV table (columns file, caption) that are of pictures of the set; return these.

    Raises ToonkitError for a table that is none, and for one that names no picture of the set.
    """
    built = open_report_set(report)
    names = {Path(row["path"]).name for row in built.rows}
    found = {Path(file).name: caption for file, caption in read_caption_csv(table).items()}
    ours = {name: caption for name, caption in found.items() if name in names}
    if not ours:
        raise ToonkitError(f"{table} names no picture of {built.folder}; its column `file` holds their names")
    before = _kept(built)
    write_captions(built.folder / CAPTIONS, before | ours, overwrite=True)
    return ours


def without_caption(report: str) -> list[str]:
    """Names of the set's pictures, in its own order, of which the table beside it has no caption."""
    built = open_report_set(report)
    known = _kept(built)
    return [name for row in built.rows if (name := Path(row["path"]).name) not in known]


def captions_from_service(
    report: str, service: Service, count: int | None, agree: Callable[[Bill], bool]
) -> dict[str, str]:
    """Ask a vision model about pictures of the set, as many of every side, class and split; all for no `count`.

    What is in the table already counts and is not asked again. Returns the whole table. Raises as `caption_pictures`
    does, and ToonkitError for a count below 1.
    """
    if count is not None and count < 1:
        raise ToonkitError(f"{count} captions cannot be bought; ask for 1 or more")
    built = open_report_set(report)
    return caption_pictures(in_turn(built)[:count], built.folder / CAPTIONS, service, agree)


def in_turn(built: BuiltSet) -> list[Path]:
    """Every picture of a set, its groups (side, class, split) taking turns, so that any beginning has some of each."""
    groups: dict[tuple[str, str, str], list[Path]] = {}
    for row in built.rows:
        groups.setdefault((row["side"], row["class"], row["split"]), []).append(built.folder / row["path"])
    return [path for turn in zip_longest(*groups.values()) for path in turn if path]


def _kept(built: BuiltSet) -> dict[str, str]:
    path = built.folder / CAPTIONS
    return read_captions(path) if path.is_file() else {}
