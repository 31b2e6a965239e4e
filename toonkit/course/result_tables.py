"""The tables of README.md and data/results/README.md, made out of records."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import SEEDS, Claim, verdict
from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters, find_chapter
from toonkit.course.tables import flat_metrics, markdown_table, metric_rows, number
from toonkit.project.errors import ToonkitError
from toonkit.project.records import is_metric, metric_at, published_record

MARKER = re.compile(r"(<!-- (table|runs|claims|headlines|verdicts):([\w-]+) -->\n).*?(<!-- /\2:\3 -->)", re.DOTALL)
OPENING = re.compile(r"<!-- (table|runs|claims|headlines|verdicts):")
PAGES = ("README.md", "data/results/README.md")  # files with tables, within the project


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
    if spread == 0:  # a count, or what no seed changes
        return f"{value:,.0f}" if value == int(value) else f"{value:.3g}"
    return f"{value:.3g} ± {spread:.2g}"


def claims_of(report: str) -> tuple[Claim, ...]:
    """All claims of a report, chapter by chapter. Raises ToonkitError for a report without one."""
    claims = tuple(claim for chapter in all_chapters() if chapter.report == report for claim in chapter.claims)
    if not claims:
        known = sorted({chapter.report for chapter in all_chapters() if chapter.claims})
        raise ToonkitError(f"no claims of report {report!r}; known: {', '.join(known)}")
    return claims


def _records(claims: Sequence[Claim], results: Path) -> dict[str, dict[str, Any]]:
    """The records that claims ask for, as far as they are there."""
    paths = {name: results / f"{name}.json" for claim in claims for name in claim.records}
    return {name: published_record(path) for name, path in paths.items() if path.exists()}


def claims_table(claims: Sequence[Claim], results: Path) -> str:
    """Each claim with the rule that decides it, the interval of the difference, and the verdict."""
    records = _records(claims, results)
    rows = []
    for claim in claims:
        found = verdict(claim, records)
        constant = found.low == found.high  # neither side varies from seed to seed: a difference, and no interval
        interval = f"{number(found.low)}, exact" if constant else f"{number(found.low)} to {number(found.high)}"
        if math.isinf(found.low):
            interval = f"fewer than {SEEDS} seeds" if claim.records <= records.keys() else "no record yet"
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


def verdicts_table(results: Path) -> str:
    """For each report how many of its claims, and of our questions beside them, hold, are reversed or undecided."""
    rows = []
    for report in sorted({chapter.report for chapter in all_chapters() if chapter.claims}):
        claims = claims_of(report)
        words = [verdict(claim, _records(claims, results)).word for claim in claims]
        counts = {word: words.count(word) for word in ("holds", "reversed", "undecided")}
        rows.append({"report": report.replace("_", " "), "claims": len(claims)} | counts)
    return markdown_table(rows)


def headlines_table(results: Path) -> str:
    """The chapters' headlines: a number, and what it is to be seen beside."""
    rows = []
    for headline in (headline for chapter in all_chapters() for headline in chapter.headlines):
        record = published_record(results / f"{headline.record}.json")
        other = published_record(results / f"{headline.other_record or headline.record}.json")
        ours = _short(metric_at(record["metrics"], headline.metric))
        beside = f"{_short(metric_at(other['metrics'], headline.other_metric))} ({headline.beside})"
        rows.append({"measured": headline.words, "": ours, "beside": beside})
    return markdown_table(rows)


def _short(entry: Any) -> str:
    """A metric without its N: mean and deviation over seeds, or the value alone."""
    if is_metric(entry) and isinstance(entry, dict):
        return _mean(**entry) if "spread" in entry else number(entry["value"])
    return number(entry)


def fill_tables(text: str, results: Path) -> str:
    """`text` with its marked sections made anew from the records in `results`.

    `<!-- table:NAME -->` ... `<!-- /table:NAME -->` shows NAME.json, `runs:CHAPTER` the variants of a chapter and
    `claims:REPORT` the claims of a report; `headlines:all` and `verdicts:all` are for the front page.
    Raises ToonkitError for an absent or a `quick` record, and for a marker without its end.
    """
    if len(MARKER.findall(text)) != len(OPENING.findall(text)):
        raise ToonkitError("a `<!-- table:NAME -->` marker has no matching `<!-- /table:NAME -->`; add it")
    return MARKER.sub(lambda m: f"{m[1]}{_section(m[2], m[3], results)}{m[4]}", text)


def _section(kind: str, name: str, results: Path) -> str:
    if kind == "table":
        return results_table(published_record(results / f"{name}.json"))
    if kind == "runs":
        return runs_table(find_chapter(name), results)
    if kind == "claims":
        return claims_table(claims_of(name), results)
    return (headlines_table if kind == "headlines" else verdicts_table)(results)
