"""Rows and records as tables, in Markdown and as plain text for a terminal."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toonkit.project.records import is_metric


def markdown_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as a Markdown table; a bar within a cell is escaped."""
    cells = [[str(value).replace("|", "\\|") for value in row.values()] for row in rows]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def csv_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as comma-separated values, quoted where needed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([list(rows[0]), *(list(row.values()) for row in rows)])
    return buffer.getvalue()


def latex_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as a LaTeX tabular, whose first column is words; special characters are escaped."""
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    cells = [" & ".join(map(latex_text, line)) + r" \\" for line in lines]
    columns = "l" + "r" * (len(rows[0]) - 1)
    body = "\n".join([cells[0], r"\hline", *cells[1:]])
    return f"\\begin{{tabular}}{{{columns}}}\n\\hline\n{body}\n\\hline\n\\end{{tabular}}\n"


def latex_text(text: str) -> str:
    """A cell as LaTeX: what has a meaning there is escaped, Markdown's quotes and stars are left out."""
    plain = text.replace("`", "").replace("**", "").replace("\\", "/")
    escaped = re.sub(r"[&%$#_{}]", lambda found: f"\\{found[0]}", plain)
    return escaped.replace("±", r"$\pm$").replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")


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


def mean_text(value: float, spread: float, **_: float) -> str:
    """A mean over seeds and its deviation; the value alone where no seed changes it."""
    if spread == 0:  # a count, or what no seed changes
        return f"{value:,.0f}" if value == int(value) else f"{value:.3g}"
    return f"{value:.3g} ± {spread:.2g}"


def short(entry: Any) -> str:
    """A metric without its N: mean and deviation over seeds, or the value alone."""
    if is_metric(entry) and isinstance(entry, dict):
        return mean_text(**entry) if "spread" in entry else number(entry["value"])
    return number(entry)


def measured_at(record: Mapping[str, Any]) -> str:
    """The commit and the day of a record; "with changes" where tracked files differed from the commit."""
    name, _, changes = record["commit"].partition("+")
    return f"commit {name[:10]}{' with changes' if changes else ''}, {record['started'][:10]}"


def precision_of(record: Mapping[str, Any]) -> str:
    """The precision that a record's runs were trained in, each once; empty where it does not say."""
    config = record["config"]
    said = [run.get("precision", config.get("precision")) for run in config.get("runs", [config])]
    return ", ".join(sorted({one for one in said if one}))


def measured_before(record: Mapping[str, Any]) -> str:
    """A sentence, with a space before it, on which rows of a record are its own and when the others were measured."""
    earlier = record["config"].get("before", [])
    if not earlier:
        return ""
    places = [f"{one['device']['cpu']}, {measured_at(one)}" for one in earlier]
    return f" So much for {', '.join(record['config']['again'])}; the other rows on {'; '.join(places)}."
