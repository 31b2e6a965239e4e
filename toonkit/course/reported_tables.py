"""The tables that the reports print, beside ours, and how far both agree on the order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import same_order
from toonkit.chapters.contract import AnyReported, Reported, ReportedCourse
from toonkit.chapters.index import all_chapters
from toonkit.course.record_facts import features_in, pixels_of, seeds_of, steps_of
from toonkit.course.reported_courses import course_rows
from toonkit.course.tables import short
from toonkit.project.errors import check_name
from toonkit.project.records import is_metric, metric_at, published_record

Rows = list[dict[str, Any]]
Found = Mapping[str, Mapping[str, Any]]  # records by the names of a table's rows
FACTS = ("pictures", "features", "seeds", "steps", "pixels", "profile")


def find_reported(name: str) -> AnyReported:
    """The reports' table of this name. Raises ToonkitError for an unknown one."""
    known = {name: table for chapter in all_chapters() for name, table in chapter.reported.items()}
    return known[check_name("reported table", name, tuple(known))]


def reported_rows(table: AnyReported, results: Path) -> Rows:
    """A row a record: what the report has beside ours, how ours was got; last, how far both agree on the order.

    The agreement is Kendall's tau over the rows that both have: 1 where both order them alike, -1 for the reverse.
    Of a table of epochs: a row an epoch and a row a snapshot of ours; last, how each measure goes with time.
    """
    if isinstance(table, ReportedCourse):
        return course_rows(table, results)
    records = {name: published_record(_path(results, name)) for name in table.rows if _path(results, name).exists()}
    rows = []
    for name, reported in table.rows.items():
        row: dict[str, Any] = {"row": name}
        for column, path in table.columns.items():
            row[f"{column} reported"] = reported_text(reported.get(column, ""))
            if path:
                row[f"{path}, ours"] = short(_ours(records[name], name, path)) if name in records else "no record"
        rows.append(row | _facts(table, name, records))
    return [*rows, _agreement(table, records)]


def reported_text(number: Any) -> Any:
    """A number as the report prints it, with its deviation where it has one."""
    return f"{number[0]:g} ± {number[1]:g}" if isinstance(number, tuple) else number


def _facts(table: Reported, name: str, records: Found) -> dict[str, Any]:
    """How a record's numbers were got."""
    if name not in records:
        return dict.fromkeys(FACTS, "")
    record, paths = records[name], [path for path in table.columns.values() if path]
    facts = (
        _pictures(table, _ours(record, name, paths[0])),
        features_in(paths),
        seeds_of(record),
        steps_of(record) or "",
        pixels_of(record) or "",
        record["profile"],
    )
    return dict(zip(FACTS, facts, strict=True))


def _pictures(table: Reported, entry: Any) -> int:
    """On how many pictures a number was measured: a record of one seed says so, one of several counts seeds."""
    return entry["n"] if is_metric(entry) and isinstance(entry, Mapping) and "low" in entry else table.pictures


def _agreement(table: Reported, records: Found) -> dict[str, Any]:
    row: dict[str, Any] = {"row": "rank agreement"}
    for column, path in table.columns.items():
        row[f"{column} reported"] = ""
        if not path:
            continue
        names = [name for name in records if column in table.rows[name]]
        sign = -1 if column in table.opposed else 1
        row[f"{path}, ours"] = rank_agreement(
            [sign * _mean(table.rows[name][column]) for name in names],
            [_mean(_ours(records[name], name, path)) for name in names],
        )
    return row | dict.fromkeys(FACTS, "")


def rank_agreement(reported: list[float], ours: list[float]) -> str:
    """Kendall's tau of two columns, and the p-value of as much agreement by chance; fewer than 3 rows have none."""
    return same_order(reported, ours).shown


def _mean(number: Any) -> float:
    """A number of a report or of a record without its deviation."""
    if isinstance(number, tuple):
        return number[0]
    return number["value"] if isinstance(number, Mapping) else number


def _path(results: Path, row: str) -> Path:
    return results / f"{row.partition('/')[0]}.json"


def _ours(record: Mapping[str, Any], row: str, path: str) -> Any:
    """Our metric at `path`, in the part of the record that the row names."""
    part = row.partition("/")[2]
    return metric_at(record["metrics"], f"{part}/{path}" if part else path)
