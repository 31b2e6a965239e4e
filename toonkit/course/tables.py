"""Tables out of records, as Markdown for the README and as plain text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from toonkit.errors import ToonkitError
from toonkit.training.records import published_record

MARKER = re.compile(r"(<!-- table:(\w+) -->\n).*?(<!-- /table:\2 -->)", re.DOTALL)


def markdown_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as a Markdown table; a bar within a cell is escaped."""
    cells = [[str(value).replace("|", "\\|") for value in row.values()] for row in rows]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def text_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys in aligned columns."""
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def metric_rows(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each metric of a record: its name in words and its value, with spread and N where it has them."""
    return [{"measure": name.replace("_", " "), "value": number(value)} for name, value in record["metrics"].items()]


def number(value: Any) -> str:
    """A metric as text: four significant digits, whole numbers whole, "mean ± spread (n = N)", "value, low to high"."""
    if isinstance(value, Mapping) and "low" in value:
        return f"{number(value['value'])}, {number(value['low'])} to {number(value['high'])} (n = {value['n']})"
    if isinstance(value, Mapping):
        return f"{number(value['value'])} ± {number(value['spread'])} (n = {value['n']})"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def results_table(record: Mapping[str, Any]) -> str:
    """A record's metrics as Markdown, with a line on what they were measured on."""
    on = record["device"]
    where = (
        f"{on['gpu'] or on['cpu']}, {on['threads']} threads, commit {record['commit'][:10]}, {record['started'][:10]}"
    )
    trained = "recipe" in record.get("config", {})
    command = f"train {record['name']} --profile {record['profile']}" if trained else f"bench {record['name']}"
    return f"{markdown_table(metric_rows(record))}\nMeasured by `toonkit {command}` on {where}.\n"


def fill_tables(text: str, results: Path) -> str:
    """`text` with each `<!-- table:NAME -->` ... `<!-- /table:NAME -->` section made anew from results/NAME.json.

    Raises ToonkitError for an absent or a `quick` record, and for a marker without its end.
    """
    if len(MARKER.findall(text)) != text.count("<!-- table:"):
        raise ToonkitError("a `<!-- table:NAME -->` marker has no matching `<!-- /table:NAME -->`; add it")
    return MARKER.sub(lambda m: f"{m[1]}{results_table(published_record(results / f'{m[2]}.json'))}{m[3]}", text)
