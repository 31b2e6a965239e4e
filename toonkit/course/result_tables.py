"""The tables of README.md and data/results/README.md, made out of records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import AnyClaim
from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters, find_chapter
from toonkit.course.claim_pages import (
    WORDS,
    claims_of,
    ledger,
    reports,
    rows_of,
    untested_of,
    verdict_on,
    verdicts_of,
)
from toonkit.course.cost_tables import costs_table
from toonkit.course.latency_page import latency_table
from toonkit.course.record_facts import seeds_of
from toonkit.course.reported_tables import find_reported, reported_rows
from toonkit.course.speed_page import speed_tables
from toonkit.course.system_tables import systems_tables
from toonkit.course.tables import (
    flat_metrics,
    markdown_table,
    measured_at,
    measured_before,
    metric_rows,
    precision_of,
    short,
)
from toonkit.project.errors import ToonkitError
from toonkit.project.records import is_metric, metric_at, published_record

KINDS = "table|runs|claims|headlines|verdicts|ledger|systems|reported|speed|latency|costs"
MARKER = re.compile(rf"(<!-- ({KINDS}):([\w-]+) -->\n).*?(<!-- /\2:\3 -->)", re.DOTALL)
OPENING = re.compile(f"<!-- ({KINDS}):")
INLINE = re.compile(r"(<!-- (value|verdict):([^>]+?) -->).*?(<!-- /\2 -->)", re.DOTALL)
INLINE_OPENING = re.compile(r"<!-- (value|verdict):")
LATER = {"systems": systems_tables, "latency": latency_table}  # tables whose record may not be there yet
PAGES = (  # files with tables, within the project
    *(
        "README.md",
        "data/results/README.md",
        "data/results/CLAIMS.md",
        "data/results/FINDINGS.md",
        "data/results/SPEED.md",
    ),
)


def results_table(record: Mapping[str, Any]) -> str:
    """A record's metrics as Markdown, with a line on what they were measured on."""
    on = record["device"]
    where = f"{on['gpu'] or on['cpu']}, {on['threads']} threads, {measured_at(record)}"
    trained = "recipe" in record["config"]
    command = f"train {record['name']} --profile {record['profile']}" if trained else f"bench {record['name']}"
    return (
        f"{markdown_table(metric_rows(record))}\nMeasured by `toonkit {command}` on {where}.{measured_before(record)}\n"
    )


def runs_table(chapter: Chapter, results: Path) -> str:
    """A row for each variant of a chapter: mean and deviation of each measure over its seeds, or the value of one."""
    rows = runs_rows(chapter, results)
    if not rows:
        return "No variant has a record of several seeds yet.\n"
    return f"{markdown_table(rows)}\nBy `toonkit train {chapter.name} VARIANT --profile full --seed 0 1 2`, or fewer.\n"


def runs_rows(chapter: Chapter, results: Path) -> list[dict[str, Any]]:
    """The rows of `runs_table`; none where no variant has a record of several seeds.

    The columns are those of the first such variant, which all of several seeds have. A variant of one seed has a row
    where it was measured alike.
    """
    paths = {variant: results / f"{chapter.name}-{variant}.json" for variant in chapter.variants}
    records = {variant: published_record(path) for variant, path in paths.items() if path.exists()}
    several = [record for record in records.values() if isinstance(record["seed"], list)]
    if not several:
        return []
    columns = list(_shown(chapter, several[0]["metrics"]))
    said = any(map(precision_of, records.values()))
    return [
        {"variant": f"`{variant}`", "steps": entry["config"]["steps"], "seeds": seeds_of(entry)}
        | ({"precision": precision_of(entry)} if said else {})
        | {label: short(metric_at(entry["metrics"], path)) for label, path in columns}
        for variant, entry in records.items()
        if isinstance(entry["seed"], list)
        or {path for _, path in columns} <= dict(flat_metrics(entry["metrics"])).keys()
    ]


def _shown(chapter: Chapter, metrics: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns of a chapter's table: what each is called, and the path of its metric."""
    if not chapter.shown:
        yield from ((path.replace("/", " "), path) for path, _ in flat_metrics(metrics))
    for part in chapter.shown:
        entry = metric_at(dict(metrics), part)
        first = part == chapter.shown[0]
        whose = [words for words in part.split("/") if words != "drawn"][-1:]
        prefix = "" if first or is_metric(entry) else " ".join([*whose, ""])
        paths = [part] if is_metric(entry) else [f"{part}/{path}" for path, _ in flat_metrics(entry)]
        yield from ((prefix + path.split("/")[-1], path) for path in paths)


def claims_table(claims: Sequence[AnyClaim], results: Path) -> str:
    """Each claim with the rule that decides it, the interval of the difference, and the verdict."""
    rows = rows_of(claims, results)
    return markdown_table([{key: row[key] for key in row if key != "evidence"} for row in rows])


def verdicts_table(results: Path) -> str:
    """For each report how many of its claims, and of our questions beside them, hold, are reversed or undecided.

    Beside them how many of its sentences cannot be tested; questions on what came after the reports have a row, too.
    """
    rows = []
    for report in reports():
        claims = claims_of(report)
        words = verdicts_of(claims, results)
        counts = {word: words.count(word) for word in WORDS} | {"cannot be tested": len(untested_of(report))}
        row = {"report": report.replace("_", " "), "claims": len(words), "comparisons": len(claims)}
        rows.append(row | counts)
    return markdown_table(rows)


def headlines_table(results: Path) -> str:
    """The chapters' headlines: a number, and what it is to be seen beside."""
    rows = []
    for headline in (headline for chapter in all_chapters() for headline in chapter.headlines):
        record = published_record(results / f"{headline.record}.json")
        other = published_record(results / f"{headline.other_record or headline.record}.json")
        ours = short(metric_at(record["metrics"], headline.metric))
        beside = f"{short(metric_at(other['metrics'], headline.other_metric))} ({headline.beside})"
        rows.append({"measured": headline.words, "ours": ours, "to compare with": beside})
    return markdown_table(rows)


def fill_tables(text: str, results: Path) -> str:
    """`text` with its marked sections made anew from the records in `results`.

    `<!-- table:NAME -->` ... `<!-- /table:NAME -->` shows NAME.json, `runs:CHAPTER` the variants of a chapter,
    `reported:NAME` a report's table beside ours, `claims:REPORT` the claims of a report, `systems:NAME` the common
    benchmark, `speed:speed` ours beside public programs, `latency:latency` the time of one picture; `headlines:all`
    and `verdicts:all` are for the front page, `ledger:all` is every claim, `costs:all` what trainings cost. In a line
    `<!-- value:RECORD:PATH -->...<!-- /value -->` is one metric and `<!-- verdict:WORDS -->...<!-- /verdict -->` the
    verdict on the claim of these words.
    Raises ToonkitError for an absent or a `quick` record, and for a marker without its end.
    """
    if len(MARKER.findall(text)) != len(OPENING.findall(text)):
        raise ToonkitError("a `<!-- table:NAME -->` marker has no matching `<!-- /table:NAME -->`; add it")
    if len(INLINE.findall(text)) != len(INLINE_OPENING.findall(text)):
        raise ToonkitError("a `<!-- value:RECORD:PATH -->` marker has no matching `<!-- /value -->`; add it")
    filled = MARKER.sub(lambda m: f"{m[1]}{_section(m[2], m[3], results)}{m[4]}", text)
    return INLINE.sub(lambda m: f"{m[1]}{_inline(m[2], m[3], results)}{m[4]}", filled)


def _section(kind: str, name: str, results: Path) -> str:
    path = results / f"{name}.json"
    if kind == "table":
        return results_table(published_record(path))
    if kind == "reported":
        return markdown_table(reported_rows(find_reported(name), results))
    if kind in LATER:
        return LATER[kind](published_record(path)) if path.exists() else "No record yet.\n"
    if kind == "speed":
        return speed_tables(published_record(path))
    if kind == "runs":
        return runs_table(find_chapter(name), results)
    if kind == "claims":
        return claims_table(claims_of(name), results)
    return WHOLE[kind](results)


def _inline(kind: str, words: str, results: Path) -> str:
    """One number of a record, or one verdict."""
    if kind == "verdict":
        return f"**{verdict_on(words, results)}**"
    record, _, path = words.partition(":")
    return short(metric_at(published_record(results / f"{record}.json")["metrics"], path))


WHOLE = {"headlines": headlines_table, "verdicts": verdicts_table, "ledger": ledger, "costs": costs_table}
