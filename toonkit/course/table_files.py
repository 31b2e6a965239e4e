"""Every table of results as Markdown, CSV and LaTeX: what the reports print, beside ours, and our own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scipy.stats import kendalltau

from toonkit.chapters.contract import Reported
from toonkit.chapters.index import all_chapters
from toonkit.course.claim_pages import claims_of, reports, rows_of
from toonkit.course.result_tables import runs_rows, short
from toonkit.course.system_tables import systems_rows
from toonkit.course.tables import csv_table, latex_table, markdown_table
from toonkit.project.records import metric_at, published_record, write_bytes

WRITERS = {"md": markdown_table, "csv": csv_table, "tex": latex_table}
COMMON = "common"
Rows = list[dict[str, Any]]


def all_tables(results: Path) -> dict[str, Rows]:
    """The rows of every table by name, from the records in `results`. Raises ToonkitError for a `quick` record."""
    chapters = all_chapters()
    tables = {name: reported_rows(t, results) for chapter in chapters for name, t in chapter.reported.items()}
    tables |= {f"runs-{chapter.name}": runs_rows(chapter, results) for chapter in chapters}
    tables |= {f"claims-{report}": rows_of(claims_of(report), results) for report in reports()}
    path = results / f"{COMMON}.json"
    if path.exists():
        found = systems_rows(published_record(path))
        tables |= {_file_name(f"{COMMON}-{words.rpartition(',')[0]}"): rows for words, rows in found.items()}
    return {name: rows for name, rows in tables.items() if rows}


def write_tables(results: Path, folder: Path) -> list[Path]:
    """Write every table into `folder` as NAME.md, NAME.csv and NAME.tex, and return the paths."""
    written = []
    for name, rows in all_tables(results).items():
        for ending, text_of in WRITERS.items():
            written.append(folder / f"{name}.{ending}")
            write_bytes(written[-1], text_of(rows).encode())
    return written


def reported_rows(table: Reported, results: Path) -> Rows:
    """A row a record: what the report has beside ours, how ours was got; last, how far both agree on the order.

    The agreement is Kendall's tau over the rows that both have: 1 where both order them alike, -1 for the reverse.
    """
    records = {name: published_record(results / f"{name}.json") for name in table.rows if _has(results, name)}
    rows = []
    for name, reported in table.rows.items():
        row: dict[str, Any] = {"row": name}
        for column, path in table.columns.items():
            row[f"{column} reported"] = reported.get(column, "")
            row[f"{path}, ours"] = short(metric_at(records[name]["metrics"], path)) if name in records else "no record"
        rows.append(row | _facts(records.get(name)))
    return [*rows, _agreement(table, records)]


def _facts(record: Mapping[str, Any] | None) -> dict[str, Any]:
    """How a record was got: the sizes of pictures, seeds and the profile."""
    if record is None:
        return dict.fromkeys(("seeds", "steps", "pixels", "profile"), "")
    seeds = record["seed"] if isinstance(record["seed"], list) else [record["seed"]]
    config = record["config"]
    facts = {"seeds": len(seeds), "steps": config.get("steps", "")}
    return facts | {"pixels": config.get("config", {}).get("size", ""), "profile": record["profile"]}


def _agreement(table: Reported, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"row": "rank agreement"}
    for column, path in table.columns.items():
        names = [name for name in records if column in table.rows[name]]
        row[f"{column} reported"] = ""
        row[f"{path}, ours"] = rank_agreement(
            [table.rows[name][column] for name in names],
            [_value(metric_at(records[name]["metrics"], path)) for name in names],
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


def _has(results: Path, name: str) -> bool:
    return (results / f"{name}.json").exists()


def _file_name(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
