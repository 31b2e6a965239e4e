"""Every table of results as Markdown, CSV and LaTeX: what the reports print, beside ours, and our own."""

from __future__ import annotations

import re
from pathlib import Path

from toonkit.chapters.index import all_chapters
from toonkit.course.claim_pages import claims_of, reports, rows_of, untested_of, untested_rows
from toonkit.course.reported_tables import Rows, reported_rows
from toonkit.course.result_tables import runs_rows
from toonkit.course.system_tables import systems_rows
from toonkit.course.tables import csv_table, latex_table, markdown_table
from toonkit.project.records import published_record, write_bytes

WRITERS = {"md": markdown_table, "csv": csv_table, "tex": latex_table}
COMMON = "common"


def all_tables(results: Path) -> dict[str, Rows]:
    """The rows of every table by name, from the records in `results`. Raises ToonkitError for a `quick` record."""
    chapters = all_chapters()
    tables = {name: reported_rows(t, results) for chapter in chapters for name, t in chapter.reported.items()}
    tables |= {f"runs-{chapter.name}": runs_rows(chapter, results) for chapter in chapters}
    tables |= {f"claims-{report}": rows_of(claims_of(report), results) for report in reports()}
    tables |= {f"untested-{report}": untested_rows(untested_of(report)) for report in reports()}
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


def _file_name(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
