"""The tables that the reports print, beside ours, and how far both agree on the order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scipy.stats import kendalltau

from toonkit.chapters.contract import Reported
from toonkit.chapters.index import all_chapters
from toonkit.course.tables import short
from toonkit.project.errors import check_name
from toonkit.project.records import metric_at, published_record

Rows = list[dict[str, Any]]


def find_reported(name: str) -> Reported:
    """The reports' table of this name. Raises ToonkitError for an unknown one."""
    known = {name: table for chapter in all_chapters() for name, table in chapter.reported.items()}
    return known[check_name("reported table", name, tuple(known))]


def reported_rows(table: Reported, results: Path) -> Rows:
    """A row a record: what the report has beside ours, how ours was got; last, how far both agree on the order.

    The agreement is Kendall's tau over the rows that both have: 1 where both order them alike, -1 for the reverse.
    """
    records = {name: published_record(_path(results, name)) for name in table.rows if _path(results, name).exists()}
    rows = []
    for name, reported in table.rows.items():
        row: dict[str, Any] = {"row": name}
        for column, path in table.columns.items():
            row[f"{column} reported"] = reported.get(column, "")
            row[f"{path}, ours"] = short(_ours(records[name], name, path)) if name in records else "no record"
        rows.append(row | _facts(records.get(name)))
    return [*rows, _agreement(table, records)]


def _facts(record: Mapping[str, Any] | None) -> dict[str, Any]:
    """How a record was got: the sizes of pictures, seeds and the profile."""
    if record is None:
        return dict.fromkeys(("seeds", "steps", "pixels", "profile"), "")
    seeds = record["seed"] if isinstance(record["seed"], list) else [record["seed"]]
    config = record["config"]
    facts = {"seeds": len(seeds), "steps": config.get("steps", "")}
    return facts | {"pixels": config.get("config", {}).get("size") or _own_size(record), "profile": record["profile"]}


def _own_size(record: Mapping[str, Any]) -> int | str:
    """The variant's own size, which a record of an older form does not repeat."""
    chapter, _, variant = record["name"].partition(" ")
    sizes = {c.name: getattr(c.variant(variant)[1].config, "size", "") for c in all_chapters() if c.name == chapter}
    return sizes.get(chapter, "")


def _agreement(table: Reported, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"row": "rank agreement"}
    for column, path in table.columns.items():
        names = [name for name in records if column in table.rows[name]]
        row[f"{column} reported"] = ""
        row[f"{path}, ours"] = rank_agreement(
            [table.rows[name][column] for name in names],
            [_value(_ours(records[name], name, path)) for name in names],
        )
    return row | _facts(None)


def rank_agreement(reported: list[float], ours: list[float]) -> str:
    """Kendall's tau of two columns, and the p-value of as much agreement by chance; fewer than 3 rows have none."""
    if len(reported) < 3:
        return f"{len(reported)} rows: none"
    found = kendalltau(reported, ours)
    return f"tau {found.statistic:.2f} (p = {found.pvalue:.2f}, {len(reported)} rows)"


def _value(entry: Any) -> float:
    return entry["value"] if isinstance(entry, Mapping) else entry


def _path(results: Path, row: str) -> Path:
    return results / f"{row.partition('/')[0]}.json"


def _ours(record: Mapping[str, Any], row: str, path: str) -> Any:
    """Our metric at `path`, in the part of the record that the row names."""
    part = row.partition("/")[2]
    return metric_at(record["metrics"], f"{part}/{path}" if part else path)
