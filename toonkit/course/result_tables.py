"""The tables of README.md and data/results/README.md, made out of records."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import Claim, verdict
from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters, find_chapter
from toonkit.course.tables import flat_metrics, markdown_table, metric_rows, number
from toonkit.project.errors import ToonkitError
from toonkit.project.records import is_metric, metric_at, published_record

PAGES = ("README.md", "data/results/README.md")  # files with tables, within the project
MARKER = re.compile(r"(<!-- (table|runs|claims):([\w-]+) -->\n).*?(<!-- /\2:\3 -->)", re.DOTALL)
OPENING = re.compile(r"<!-- (table|runs|claims):")


def results_table(record: Mapping[str, Any]) -> str:
    """A record's metrics as Markdown, with a line on what they were measured on."""
    on = record["device"]
    where = (
        f"{on['gpu'] or on['cpu']}, {on['threads']} threads, commit {record['commit'][:10]}, {record['started'][:10]}"
    )
    trained = "recipe" in record["config"]
    command = f"train {record['name']} --profile {record['profile']}" if trained else f"bench {record['name']}"
    return f"{markdown_table(metric_rows(record))}\nMeasured by `toonkit {command}` on {where}.\n"


def runs_table(chapter: Chapter, results: Path) -> str:
    """A row for each variant of a chapter that was trained from several seeds: mean and deviation of each measure."""
    records = _several_seeds(chapter, results)
    if not records:
        return "No variant has a record of several seeds yet.\n"
    paths = list(_shown(chapter, next(iter(records.values()))["metrics"]))
    rows = [
        {"variant": f"`{variant}`", "steps": entry["config"]["steps"], "seeds": len(entry["seed"])}
        | {label: _mean(**metric_at(entry["metrics"], path)) for label, path in paths}
        for variant, entry in records.items()
    ]
    return f"{markdown_table(rows)}\nBy `toonkit train {chapter.name} VARIANT --profile full --seed 0 1 2`.\n"


def _several_seeds(chapter: Chapter, results: Path) -> dict[str, dict[str, Any]]:
    paths = {variant: results / f"{chapter.name}-{variant}.json" for variant in chapter.variants}
    records = {variant: published_record(path) for variant, path in paths.items() if path.exists()}
    return {variant: record for variant, record in records.items() if isinstance(record["seed"], list)}


def _shown(chapter: Chapter, metrics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns of a chapter's table: what each is called, and the path of its metric."""
    if not chapter.shown:
        yield from ((path.replace("/", " "), path) for path, _ in flat_metrics(metrics))
    for part in chapter.shown:
        entry = metric_at(dict(metrics), part)
        first = part == chapter.shown[0]
        prefix = "" if first or is_metric(entry) else f"{part.split('/')[-1]} "
        paths = [part] if is_metric(entry) else [f"{part}/{path}" for path, _ in flat_metrics(entry)]
        yield from ((prefix + path.split("/")[-1], path) for path in paths)


def _mean(value: float, spread: float, **_: float) -> str:
    counted = spread == 0 and value == int(value)
    return f"{value:,.0f}" if counted else f"{value:.3g} ± {spread:.2g}"


def claims_of(report: str) -> tuple[Claim, ...]:
    """All claims of a report, chapter by chapter. Raises ToonkitError for a report without one."""
    claims = tuple(claim for chapter in all_chapters() if chapter.report == report for claim in chapter.claims)
    if not claims:
        known = sorted({chapter.report for chapter in all_chapters() if chapter.claims})
        raise ToonkitError(f"no claims of report {report!r}; known: {', '.join(known)}")
    return claims


def claims_table(claims: Sequence[Claim], results: Path) -> str:
    """Each claim with the rule that decides it, the interval of the difference, and the verdict."""
    names = set().union(*(claim.records for claim in claims))
    records = {name: published_record(path) for name in names if (path := results / f"{name}.json").exists()}
    rows = []
    for claim in claims:
        found = verdict(claim, records)
        interval = f"{number(found.low)} to {number(found.high)}" if found.low > -math.inf else "no record yet"
        rows.append(
            {
                "claim": claim.words,
                "place": claim.place,
                "rule": claim.rule,
                "difference": interval,
                "verdict": f"**{found.word}**",
            }
        )
    return markdown_table(rows)


def fill_tables(text: str, results: Path) -> str:
    """`text` with its marked sections made anew from the records in `results`.

    `<!-- table:NAME -->` ... `<!-- /table:NAME -->` shows NAME.json, `runs:CHAPTER` the variants of a chapter and
    `claims:REPORT` the claims of a report. Raises ToonkitError for an absent or a `quick` record, and for a marker
    without its end.
    """
    if len(MARKER.findall(text)) != len(OPENING.findall(text)):
        raise ToonkitError("a `<!-- table:NAME -->` marker has no matching `<!-- /table:NAME -->`; add it")
    return MARKER.sub(lambda m: f"{m[1]}{_section(m[2], m[3], results)}{m[4]}", text)


def _section(kind: str, name: str, results: Path) -> str:
    if kind == "table":
        return results_table(published_record(results / f"{name}.json"))
    if kind == "runs":
        return runs_table(find_chapter(name), results)
    return claims_table(claims_of(name), results)
