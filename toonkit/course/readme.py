"""The README's tables, made out of records."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from toonkit.course.tables import markdown_table, metric_rows, number
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record
from toonkit.reported.claims import Claim, verdict
from toonkit.training.variants import RUNS

MARKER = re.compile(r"(<!-- (table|runs|claims):([\w-]+) -->\n).*?(<!-- /\2:\3 -->)", re.DOTALL)
# measures of what a translation is compared with, of a part of the people, of one question: a page has no room for them
BESIDE = ("photograph ", "cartoon ", "error ", "emoji ", "pastel emoji ", "last less first ")
OPENING = re.compile(r"<!-- (table|runs|claims):")


def results_table(record: Mapping[str, Any]) -> str:
    """A record's metrics as Markdown, with a line on what they were measured on."""
    on = record["device"]
    where = (
        f"{on['gpu'] or on['cpu']}, {on['threads']} threads, commit {record['commit'][:10]}, {record['started'][:10]}"
    )
    trained = "recipe" in record.get("config", {})
    command = f"train {record['name']} --profile {record['profile']}" if trained else f"bench {record['name']}"
    return f"{markdown_table(metric_rows(record))}\nMeasured by `toonkit {command}` on {where}.\n"


def runs_table(report: str, results: Path) -> str:
    """A row for each variant of a report that was trained from several seeds: mean and deviation of each measure."""
    records = {
        variant: entry
        for variant in RUNS[report]
        if (path := results / f"{report}-{variant}.json").exists()
        and isinstance((entry := published_record(path))["seed"], list)
    }
    if not records:
        return "No variant has a record of several seeds yet.\n"
    measures = [name for name in next(iter(records.values()))["metrics"] if not name.startswith(BESIDE)]
    rows = [
        {"variant": f"`{variant}`", "steps": entry["config"]["steps"], "seeds": len(entry["seed"])}
        | {name: _mean(**entry["metrics"][name]) for name in measures}
        for variant, entry in records.items()
    ]
    return f"{markdown_table(rows)}\nBy `toonkit train {report} VARIANT --profile full --seed 0 1 2`.\n"


def _mean(value: float, spread: float, **_: float) -> str:
    counted = spread == 0 and value == int(value)
    return f"{value:,.0f}" if counted else f"{value:.3g} ± {spread:.2g}"


def claims_table(claims: Sequence[Claim], results: Path) -> str:
    """Each claim with the rule that decides it, the interval of the difference, and the verdict."""
    names = set().union(*(claim.records for claim in claims))
    records = {name: published_record(path) for name in names if (path := results / f"{name}.json").exists()}
    rows = []
    for claim in claims:
        found = verdict(claim, records)
        interval = f"{number(found.low)} to {number(found.high)}" if found.low > -math.inf else "no record yet"
        rows.append({"claim": claim.words, "rule": claim.rule, "difference": interval, "verdict": f"**{found.word}**"})
    return markdown_table(rows)


def fill_tables(text: str, results: Path) -> str:
    """`text` with its marked sections made anew from the records in `results`.

    `<!-- table:NAME -->` ... `<!-- /table:NAME -->` shows NAME.json, `runs:REPORT` the variants of a report and
    `claims:REPORT` its claims. Raises ToonkitError for an absent or a `quick` record, and for a marker without its end.
    """
    if len(MARKER.findall(text)) != len(OPENING.findall(text)):
        raise ToonkitError("a `<!-- table:NAME -->` marker has no matching `<!-- /table:NAME -->`; add it")
    return MARKER.sub(lambda m: f"{m[1]}{_section(m[2], m[3], results)}{m[4]}", text)


def _section(kind: str, name: str, results: Path) -> str:
    if kind == "table":
        return results_table(published_record(results / f"{name}.json"))
    if kind == "runs":
        return runs_table(name, results)
    return claims_table(importlib.import_module(f"toonkit.reported.{name}").CLAIMS, results)
