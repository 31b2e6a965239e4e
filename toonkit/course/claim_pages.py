"""Every claim of the reports on one page, with its verdict and its evidence, claims that were split summed up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import SEEDS, Claim, Verdict, verdict
from toonkit.chapters.index import all_chapters
from toonkit.course.tables import markdown_table, number
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record

Records = Mapping[str, Mapping[str, Any]]


def reports() -> tuple[str, ...]:
    """The reports of which there are claims."""
    return tuple(sorted({chapter.report for chapter in all_chapters() if chapter.claims}))


def claims_of(report: str) -> tuple[Claim, ...]:
    """All claims of a report, chapter by chapter. Raises ToonkitError for a report without one."""
    claims = tuple(claim for chapter in all_chapters() if chapter.report == report for claim in chapter.claims)
    if not claims:
        raise ToonkitError(f"no claims of report {report!r}; known: {', '.join(reports())}")
    return claims


def records_of(claims: Sequence[Claim], results: Path) -> dict[str, dict[str, Any]]:
    """The records that claims ask for, as far as they are there."""
    paths = {name: results / f"{name}.json" for claim in claims for name in claim.records}
    return {name: published_record(path) for name, path in paths.items() if path.exists()}


def interval_text(claim: Claim, found: Verdict, records: Records) -> str:
    """The interval that decided a claim, or why there is none."""
    if math.isinf(found.low):
        return f"fewer than {SEEDS} seeds" if claim.records <= records.keys() else "no record yet"
    if found.low == found.high:  # neither side varies from seed to seed: a difference, and no interval
        return f"{number(found.low)}, exact"
    return f"{number(found.low)} to {number(found.high)}"


def stem(claim: Claim) -> tuple[str, str, str]:
    """What the parts of one claim share: its words before "(than ...", its place, and its measure."""
    return claim.words.partition(" (than ")[0], claim.place, claim.metric


def groups(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims one after the other, those that were split over several comparisons together."""
    return [list(parts) for _, parts in groupby(claims, stem)]


def summed_up(words: Sequence[str]) -> str:
    """The verdict on a claim of several parts: it holds where all do, is reversed where one is, else undecided."""
    if set(words) == {"holds"}:
        return "holds"
    return "reversed" if "reversed" in words else "undecided"


def rows_of(claims: Sequence[Claim], results: Path, link: str = "") -> list[dict[str, str]]:
    """A row a claim; before a claim of several parts a row that sums it up. `link` leads to the folder of records."""
    records = records_of(claims, results)
    rows = []
    for parts in groups(claims):
        found = [verdict(claim, records) for claim in parts]
        if len(parts) > 1:
            rows.append(_summary(parts, [one.word for one in found]))
        rows += [_row(claim, one, records, link) for claim, one in zip(parts, found, strict=True)]
    return rows


def _summary(parts: Sequence[Claim], words: Sequence[str]) -> dict[str, str]:
    counts = ", ".join(f"{words.count(word)} {word}" for word in ("holds", "reversed", "undecided") if word in words)
    return {
        "claim": f"**{stem(parts[0])[0]}, all {len(parts)}**",
        "place": parts[0].place,
        "rule": "all of the next rows",
        "difference": counts,
        "verdict": f"**{summed_up(words)}**",
        "evidence": "",
    }


def _row(claim: Claim, found: Verdict, records: Records, link: str) -> dict[str, str]:
    evidence = [f"[{name}]({link}{name}.json)" if name in records else name for name in sorted(claim.records)]
    return {
        "claim": claim.words,
        "place": claim.place,
        "rule": claim.rule,
        "difference": interval_text(claim, found, records),
        "verdict": f"**{found.word}**",
        "evidence": ", ".join(evidence),
    }


def ledger(results: Path) -> str:
    """The claims page: a section a report, how its claims fared, and a row a claim."""
    parts = []
    for report in reports():
        claims = claims_of(report)
        words = [verdict(claim, records_of(claims, results)).word for claim in claims]
        counts = ", ".join(f"{words.count(word)} {word}" for word in ("holds", "reversed", "undecided"))
        title = report.replace("_", " ").capitalize()
        parts.append(f"## {title}\n\n{len(claims)} claims: {counts}.\n\n{markdown_table(rows_of(claims, results))}")
    return "\n".join(parts)


def verdict_on(words: str, results: Path) -> str:
    """The verdict on the claim of these words, all its parts together. Raises ToonkitError for unknown ones."""
    claims = [claim for chapter in all_chapters() for claim in chapter.claims if words in (claim.words, stem(claim)[0])]
    if not claims:
        raise ToonkitError(f"no claim says {words!r}; look for its words in data/results/CLAIMS.md")
    records = records_of(claims, results)
    return summed_up([verdict(claim, records).word for claim in claims])
