"""The table of `toonkit bench latency`: values of a record that is known, and a page that waits for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toonkit.course.latency_page import latency_rows, latency_table
from toonkit.course.result_tables import fill_tables
from toonkit.project.errors import ToonkitError
from toonkit.project.records import write_json

MARKED = "<!-- latency:latency -->\nstale\n<!-- /latency:latency -->"


def measured(factor: float) -> dict[str, dict[str, float]]:
    sides = {f"{side} px": {"ms": factor * side, "peak MB": 400.0 + side} for side in (64, 256, 512, 1024)}
    return sides | {
        "seams": {"largest difference": 2e-6},
        "24 megapixels": {"seconds": 30.0 * factor, "peak MB": 2345.6},
    }


@pytest.fixture
def entry() -> dict[str, Any]:
    return {
        "name": "latency",
        "profile": "full",
        "seed": 0,
        "config": {},
        "commit": "0123456789abcdef",
        "device": {"cpu": "a processor"},
        "started": "2026-11-29T00:00:00+00:00",
        "metrics": {"load": 0.25, "threads": 1, "classical": measured(1.0), "animated": measured(0.25)},
    }


def test_a_row_a_method_with_its_times_and_memory(entry: dict[str, Any]) -> None:
    assert latency_rows(entry, (64, 512), only=("animated",)) == [
        {"drawn by": "`animated`", "64 px, ms": "16", "512 px, ms": "128", "512 px, peak MB": "912"}
    ]
    assert [row["drawn by"] for row in latency_rows(entry)] == ["`classical`", "`animated`"]


def test_the_page_has_all_sizes_and_says_on_what(entry: dict[str, Any]) -> None:
    entry["metrics"]["classical"] |= {"256 px, 2 threads": {"ms": 99.94, "peak MB": 700.0}}
    head, _, first, second, _, where = latency_table(entry).splitlines()
    assert head.startswith(
        "| drawn by | 64 px, ms | 256 px, ms | 512 px, ms | 1024 px, ms | 1024 px, peak MB | 256 px, 2 threads, ms |"
    )
    assert first == "| `classical` | 64 | 256 | 512 | 1,024 | 1,424 | 99.9 | 30 | 2,346 | 2.0e-06 |"
    assert second == "| `animated` | 16 | 64 | 128 | 256 | 1,424 |  | 7.5 | 2,346 | 2.0e-06 |"
    assert where == (
        "Measured by `toonkit bench latency` on a processor, 1 thread, commit 0123456789, 2026-11-29. "
        "As it began 0.2 processes wanted a core."
    )


def test_the_page_waits_for_its_record_and_refuses_a_quick_one(entry: dict[str, Any], tmp_path: Path) -> None:
    assert fill_tables(MARKED, tmp_path) == MARKED.replace("stale", "No record yet.")
    write_json(tmp_path / "latency.json", entry)
    assert latency_table(entry) in fill_tables(MARKED, tmp_path)
    write_json(tmp_path / "latency.json", entry | {"profile": "quick"})
    with pytest.raises(ToonkitError, match="quick profile"):
        fill_tables(MARKED, tmp_path)
