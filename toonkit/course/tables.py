"""Rows and records as tables, in Markdown and as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toonkit.project.records import is_metric


def markdown_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as a Markdown table; a bar within a cell is escaped."""
    cells = [[str(value).replace("|", "\\|") for value in row.values()] for row in rows]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def text_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys in aligned columns."""
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def metric_rows(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each metric of a record: its path in words and its value, with spread and N where it has them."""
    return [
        {"measure": path.replace("/", ", ").replace("_", " "), "value": number(value)}
        for path, value in flat_metrics(record["metrics"])
    ]


def flat_metrics(metrics: Mapping[str, Any], folder: str = "") -> Iterator[tuple[str, Any]]:
    """Every metric of nested ones, with its path."""
    for name, entry in metrics.items():
        if is_metric(entry):
            yield folder + name, entry
        else:
            yield from flat_metrics(entry, f"{folder}{name}/")


def number(value: Any) -> str:
    """A metric as text: four significant digits, whole numbers whole, "mean ± spread (n = N)", "value, low to high"."""
    if isinstance(value, Mapping) and "low" in value:
        return f"{number(value['value'])}, {number(value['low'])} to {number(value['high'])} (n = {value['n']})"
    if isinstance(value, Mapping):
        return f"{number(value['value'])} ± {number(value['spread'])} (n = {value['n']})"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
