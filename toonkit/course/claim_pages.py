"""Every claim of the reports on one page, with its verdict and its evidence, claims that were split summed up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import SEEDS, AnyClaim, Computed, Records, Untested, Verdict, verdict
from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters
from toonkit.chapters.lengths import LENGTHS, at_length, records_at
from toonkit.course.record_facts import training_length
from toonkit.course.tables import markdown_table, number
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record

WORDS = ("holds", "reversed", "undecided")
LONGER = "trained longer"
AFTER = "after_the_reports"
ROOT = "../../"  # from the folder of records to the project's


def reports() -> tuple[str, ...]:
    """The reports of which there are claims; AFTER, last, for questions of chapters that rebuild none."""
    found = {_report(chapter) for chapter in all_chapters() if chapter.claims}
    return tuple(sorted(found, key=lambda report: (report == AFTER, report)))


def _report(chapter: Chapter) -> str:
    return chapter.report or AFTER


def claims_of(report: str) -> tuple[AnyClaim, ...]:
    """All claims of a report, chapter by chapter. Raises ToonkitError for a report without one."""
    claims = tuple(claim for chapter in all_chapters() if _report(chapter) == report for claim in chapter.claims)
    if not claims:
        raise ToonkitError(f"no claims of report {report!r}; known: {', '.join(reports())}")
    return claims


def untested_of(report: str) -> tuple[Untested, ...]:
    """The sentences of a report that nothing here can decide, chapter by chapter."""
    return tuple(one for chapter in all_chapters() if _report(chapter) == report for one in chapter.untested)


def records_of(claims: Sequence[AnyClaim], results: Path) -> dict[str, dict[str, Any]]:
    """The records that claims ask for, and those of the same rows trained longer, as far as they are there."""
    asked = {name for claim in claims for name in claim.records}
    longer = {at_length(name, steps) for name in asked for steps in LENGTHS}
    paths = {name: results / f"{name}.json" for name in sorted(asked | longer)}
    return {name: published_record(path) for name, path in paths.items() if path.exists()}


def interval_text(claim: AnyClaim, found: Verdict, records: Records) -> str:
    """What decided a claim, most often an interval, or why there is nothing."""
    if found.shown:
        return found.shown
    if math.isinf(found.low):
        return f"fewer than {SEEDS} seeds" if claim.records <= records.keys() else "no record yet"
    if found.low == found.high:  # neither side varies from seed to seed: a difference, and no interval
        return f"{number(found.low)}, exact"
    return f"{number(found.low)} to {number(found.high)}"


def stem(claim: AnyClaim) -> tuple[str, ...]:
    """What the parts of one claim share: their group, or words before "(than ...", place and measure."""
    return (claim.group,) if claim.group else (claim.words.partition(" (than ")[0], claim.place, claim.metric)


def groups(claims: Sequence[AnyClaim]) -> list[list[AnyClaim]]:
    """Claims in their order, those that were split over several comparisons together.

    Those of a group stand where its first is; those without one are together where they follow each other.
    """
    parts: list[list[AnyClaim]] = []
    for claim in claims:
        near = parts if claim.group else parts[-1:]
        together = next((part for part in near if stem(part[0]) == stem(claim)), None)
        if together is None:
            parts.append([claim])
        else:
            together.append(claim)
    return parts


def summed_up(words: Sequence[str]) -> str:
    """The verdict on a claim of several parts: it holds where all do, is reversed where one is, else undecided."""
    if set(words) == {"holds"}:
        return "holds"
    return "reversed" if "reversed" in words else "undecided"


def rows_of(claims: Sequence[AnyClaim], results: Path, link: str = "") -> list[dict[str, str]]:
    """A row a claim; before a claim of several parts a row that sums it up. `link` leads to the folder of records.

    The column LONGER is there where a claim of them was decided at another length, too.
    """
    records = records_of(claims, results)
    rows = []
    for parts in groups(claims):
        found = [verdict(claim, records) for claim in parts]
        if len(parts) > 1:
            rows.append(_summary(parts, [one.word for one in found]))
        rows += [_row(claim, one, records, link) for claim, one in zip(parts, found, strict=True)]
    if any(row[LONGER] for row in rows):
        return rows
    return [{column: text for column, text in row.items() if column != LONGER} for row in rows]


def untested_rows(untested: Sequence[Untested]) -> list[dict[str, str]]:
    """A row for each sentence that nothing here can decide."""
    return [{"sentence": one.words, "place": one.place, "why it is not tested": one.why} for one in untested]


def verdicts_of(claims: Sequence[AnyClaim], results: Path) -> list[str]:
    """A verdict a claim: one for all comparisons over which a claim was split."""
    records = records_of(claims, results)
    return [summed_up([verdict(claim, records).word for claim in parts]) for parts in groups(claims)]


def _summary(parts: Sequence[AnyClaim], words: Sequence[str]) -> dict[str, str]:
    return {
        "claim": f"**{stem(parts[0])[0]}, all {len(parts)}**",
        "place": "; ".join(dict.fromkeys(claim.place for claim in parts)),
        "rule": "all of the next rows",
        "trained": "",
        "difference": ", ".join(f"{words.count(word)} {word}" for word in WORDS if word in words),
        "verdict": f"**{summed_up(words)}**",
        LONGER: "",
        "evidence": "",
    }


def _row(claim: AnyClaim, found: Verdict, records: Records, link: str) -> dict[str, str]:
    longer = {steps: records_at(claim.records, steps, records) for steps in LENGTHS}
    names = [at_length(name, steps) for steps, there in longer.items() for name in sorted(there)]
    evidence = [
        f"[{name}]({link}{name}.json)" if name in records else name for name in [*sorted(claim.records), *names]
    ]
    if isinstance(claim, Computed):
        evidence.append(f"[{Path(claim.evidence).name}]({link}{ROOT}{claim.evidence})")
    return {
        "claim": claim.words,
        "place": claim.place,
        "rule": claim.rule,
        "trained": training_length(claim, records),
        "difference": interval_text(claim, found, records),
        "verdict": f"**{found.word}**",
        LONGER: "; ".join(_at_length(claim, steps, there) for steps, there in longer.items() if there),
        "evidence": ", ".join(evidence),
    }


def _at_length(claim: AnyClaim, steps: int, records: Records) -> str:
    """The verdict by records of rows trained for so many steps, and what decided it."""
    found = verdict(claim, records)
    return f"{steps:,} steps: **{found.word}**, {interval_text(claim, found, records)}"


def ledger(results: Path) -> str:
    """The claims page: how all claims fared; a section a report, a row a claim, and what cannot be tested and why."""
    claims = [claim for report in reports() for claim in claims_of(report)]
    untested = [one for report in reports() for one in untested_of(report)]
    total = f"All: {_count(claims, untested, results)}\n"
    return "\n".join([total, *(_section(report, results) for report in reports())])


def _count(claims: Sequence[AnyClaim], untested: Sequence[Untested], results: Path) -> str:
    words = verdicts_of(claims, results)
    counts = ", ".join(f"{words.count(word)} {word}" for word in WORDS)
    return f"{len(words)} claims by {len(claims)} comparisons: {counts}; {len(untested)} that we cannot test."


def _section(report: str, results: Path) -> str:
    claims, untested = claims_of(report), untested_of(report)
    title = report.replace("_", " ").capitalize()
    parts = [f"## {title}\n\n{_count(claims, untested, results)}\n", markdown_table(rows_of(claims, results))]
    if untested:
        parts.append(f"What we cannot test, and why:\n\n{markdown_table(untested_rows(untested))}")
    return "\n".join(parts)


def verdict_on(words: str, results: Path) -> str:
    """The verdict on the claim of these words, all its parts together. Raises ToonkitError for unknown ones."""
    claims = [claim for chapter in all_chapters() for claim in chapter.claims if words in (claim.words, stem(claim)[0])]
    if not claims:
        raise ToonkitError(f"no claim says {words!r}; look for its words in data/results/CLAIMS.md")
    records = records_of(claims, results)
    return summed_up([verdict(claim, records).word for claim in claims])
