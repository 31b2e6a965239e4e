"""The record of `toonkit bench speed` as tables: ours beside public programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toonkit.course.speed.contest import ABSENT, DIFFERS, MEASURED, NOBODY
from toonkit.course.tables import markdown_table, measured_at

SLOW = 2.0  # times the rival's time: from here on a row must say why ours stays
OUTCOMES = {
    ABSENT: "not installed here",
    NOBODY: "no rival",
    DIFFERS: "another result, not timed",
}


def speed_tables(record: Mapping[str, Any]) -> str:
    """A section for each group of contests, and a line on what they were measured on."""
    groups = {name: rows for name, rows in record["metrics"].items() if isinstance(rows, Mapping)}
    parts = [f"## {name.capitalize()}\n\n{markdown_table(_rows(rows))}" for name, rows in groups.items()]
    return "\n".join([*parts, _where(record)])


def _rows(rows: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    return [_row(name, row) for name, row in rows.items()]


def _row(name: str, row: Mapping[str, Any]) -> dict[str, str]:
    measured = row["outcome"] == MEASURED
    return {
        "ours": name.partition(",")[0],
        "rival": row["rival"],
        "on": row["size"],
        "ours / rival": _ratio(row) if measured else OUTCOMES[row["outcome"]],
        "ours, ms": _milliseconds(row["ours, ms"]) if measured else "",
        "rival, ms": _milliseconds(row["rival, ms"]) if measured else "",
        "results differ by": f"{row['difference']:.1e}" if "difference" in row else "",
        "": row["remark"],
    }


def _ratio(row: Mapping[str, Any]) -> str:
    ratio = row["ratio"]
    return f"**{ratio['value']:.2f}** ({ratio['low']:.2f} to {ratio['high']:.2f})"


def _milliseconds(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _where(record: Mapping[str, Any]) -> str:
    found, on = record["metrics"], record["device"]
    return (
        f"Measured by `toonkit bench speed` on {on['cpu']}, {found['threads']} thread, {measured_at(record)}, "
        f"{found['pairs']} pairs a row, Python {record['versions']['python']}, "
        f"PyTorch {record['versions']['torch']}. As it began {found['load']:.1f} processes wanted a "
        "core: on a busy machine milliseconds are longer than on an idle one, but the ratios compare like with like.\n"
    )
