"""The common benchmark as tables: a row a system, a table for each family and direction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toonkit.chapters.systems import ready, systems
from toonkit.course.tables import markdown_table, measured_at, measured_before

NOT_ROWS = ("left out", "not measured", "blocks")
SIGNIFICANT = 3


def systems_tables(record: Mapping[str, Any]) -> str:
    """All tables of a record of `toonkit bench common` as Markdown, and a line on what was measured where."""
    on = record["device"]
    parts = [f"**{name}**\n\n{markdown_table(rows)}" for name, rows in systems_rows(record).items()]
    where = f"{on['cpu']}, one thread, {measured_at(record)}"
    notes = [f"Not here, so left out: {record['metrics']['left out']}.", *lacking(record["metrics"])]
    last = f"{' '.join(notes)} Measured by `toonkit bench {record['name']}` on {where}."
    return "\n".join([*parts, f"{last}{measured_before(record)}\n"])


def lacking(metrics: Mapping[str, Any]) -> list[str]:
    """What the measured systems lack, and which systems have been released since they were measured."""
    without = metrics.get("not measured", "none")
    measured = {system for name, rows in metrics.items() if name not in NOT_ROWS for system in rows}
    new = [name for name, system in systems().items() if system.weights and ready(system) and name not in measured]
    notes = [] if without == "none" else [f"Not measured: {without}."]
    return notes + ([f"Released since, and not measured yet: {', '.join(new)}."] if new else [])


def systems_rows(record: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """The rows of each table. Columns are all measures that some system has; a value has its interval's half width."""
    tables = {}
    for name, measured in record["metrics"].items():
        if name not in NOT_ROWS:
            count = max(entry["n"] for entry in next(iter(measured.values())).values() if isinstance(entry, dict))
            columns = list(dict.fromkeys(measure for scores in measured.values() for measure in scores))
            words = sorted(columns, key=lambda column: column in ("ms a picture", "numbers", "taught by"))
            rows = [
                {"system": system} | {column: _cell(scores.get(column, "")) for column in words}
                for system, scores in measured.items()
            ]
            tables[f"{name}, n = {count}"] = rows
    return tables


def _cell(entry: Any) -> str:
    if isinstance(entry, Mapping):
        half = (entry["high"] - entry["low"]) / 2
        return f"{entry['value']:.{SIGNIFICANT}g} ± {half:.2g}"
    if isinstance(entry, float):
        return f"{entry:.2g}"
    return f"{entry:,}" if isinstance(entry, int) else str(entry)
