"""`toonkit data build REPORT`: the data set of a report made of the sets that are here, the same for the same seed.

Pictures are tried in an order fixed by the seed, until there are as many as the report had. Every decision goes into a
journal, so that a killed call goes on; the table is written last, and then the folder gets its name.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from toonkit.images.own_layouts import candidates
from toonkit.images.own_sets import MANIFEST, OwnSet, open_own
from toonkit.images.report_choice import CUT, Judge, Offer, pair_offers, picture_offers, shuffled
from toonkit.images.report_journal import Journal
from toonkit.images.report_sets import (
    ABOUT,
    COLUMNS,
    TABLE,
    BuiltSet,
    Part,
    ReportSet,
    building_folder,
    find_report_set,
    open_report_set,
    report_folder,
)
from toonkit.project.atomic import drop_partial_files, explain
from toonkit.project.digests import digest_of
from toonkit.project.errors import SourceError, check_name
from toonkit.project.records import write_bytes, write_json

Row = dict[str, str]
Taken = tuple[str, list[Row]]  # the split that the source gives, and a row for each side


class BuildReport:
    """What was built: the set, and how many pictures of each part were taken and left out, and why."""

    def __init__(self, built: BuiltSet, reasons: Mapping[str, int]) -> None:
        self.built = built
        self.reasons = reasons

    def __str__(self) -> str:
        counts = Counter((row["side"], row["class"], row["split"]) for row in self.built.rows)
        lines = [f"{count} {side} {kind} {split}".replace("  ", " ") for (side, kind, split), count in counts.items()]
        left = [f"left out: {count} {reason}" for reason, count in self.reasons.items()]
        return "\n".join([*lines, *left, f"{len(self.built.rows)} pictures in {self.built.folder}"])


def build_report_set(
    report: str, seed: int = 0, fewer: bool = False, places: Mapping[str, Path] | None = None
) -> BuildReport:
    """Make the data set of a report. `places` are folders of sets that are not where `get_own` keeps them.

    `fewer` takes what there is where it is less than the report had, parted in the report's proportion. Raises
    SourceError for a set that is not here, for too few pictures, and where the set is built already of other sources or
    with another seed.
    """
    wanted = find_report_set(report)
    for name in places or {}:
        check_name(f"source of {report}", name, wanted.sources())
    found = {name: open_own(name, (places or {}).get(name)) for name in wanted.sources()}
    facts = _facts(report, wanted, seed, found)
    if (report_folder(report) / TABLE).is_file():
        return _known(report, facts)
    with Journal(building_folder(report), facts) as journal:
        drop_partial_files(journal.folder)
        rows = []
        for part in wanted.parts:
            rows += _with_splits(part, _taken(part, wanted, found[part.source], journal, seed), fewer)
        _finish(journal, rows, report_folder(report))
    return _known(report, facts)


def _facts(report: str, wanted: ReportSet, seed: int, found: Mapping[str, OwnSet]) -> dict[str, Any]:
    """What a built set follows from."""
    manifests = {name: digest_of(source.folder.parent / MANIFEST) for name, source in found.items()}
    return {"report": report, "seed": seed, "wanted": asdict(wanted), "sources": manifests}


def _known(report: str, facts: Mapping[str, Any]) -> BuildReport:
    """The set that is built, where it follows from these facts. Raises SourceError where it does not."""
    folder = report_folder(report)
    try:
        before = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        differing = [name for name, value in json.loads(json.dumps(facts)).items() if before.get(name) != value]
    except (OSError, ValueError, AttributeError) as error:
        raise SourceError(f"{folder / ABOUT} cannot be read: {error}; delete {folder} and build it again") from error
    if differing:
        raise SourceError(f"{folder} was built with another {', '.join(differing)}; delete it to build it again")
    return BuildReport(open_report_set(report), before["left out"])


def _taken(part: Part, wanted: ReportSet, source: OwnSet, journal: Journal, seed: int) -> list[Taken]:
    """What is taken of a part, in order: of each split that the source has itself, and of what has none."""
    if part.side == "pair":
        offers = pair_offers(source, journal.folder)
    else:
        offers = picture_offers(part.side, source, candidates(source, part.kind))
    judge = Judge(part, wanted.size, wanted.rule, journal.folder)
    both = None if part.train is None else part.train + part.test
    taken = []
    for split, most in {"train": part.train, "test": part.test or None, "": both}.items():
        own = [offer for offer in offers if offer.split == split]
        if not own:
            continue
        taken += _first_good(shuffled(own, part, seed), most, judge, journal)
    return taken


def _first_good(offers: list[Offer], most: int | None, judge: Judge, journal: Journal) -> list[Taken]:
    """The first `most` offers that are good, with their rows; each new decision goes into the journal."""
    part = judge.part
    goal = len(offers) if most is None else min(most, len(offers))
    taken: list[Taken] = []
    with tqdm(total=goal, desc=f"{part.source} {part.kind}".strip(), mininterval=5) as bar:
        for offer in offers:
            if len(taken) >= goal:
                break
            decision = journal.decided(part, offer)
            if decision is None:
                decision = judge.decide(offer, journal.next_number(part))
                journal.note(part, offer, decision)
            else:
                judge.remember(decision)
            if decision.rows:
                taken.append((offer.split, decision.rows))
                bar.update()
    return taken


def _with_splits(part: Part, taken: list[Taken], fewer: bool) -> list[Row]:
    """Rows with the split of each: its own, or by its place in the order. Raises SourceError for too few."""
    least = 1 if part.train is None else part.train + part.test
    if len(taken) < least and not (fewer and taken):
        words = f"{part.source} gives {len(taken)} good pictures {f'of class {part.kind} ' if part.kind else ''}"
        raise SourceError(f"{words}of {least}; get more of it, or call with --fewer to take what there is")
    train = _train_count(part, sum(not split for split, _ in taken))
    rows = []
    free = 0
    for split, pair in taken:
        if not split:
            split = "train" if free < train else "test"
            free += 1
        rows += [row | {"split": split} for row in pair]
    return rows


def _train_count(part: Part, count: int) -> int:
    """How many of `count` pictures are for training: what the report had, or its share of fewer, but not all."""
    if part.train is None:
        return max(count - part.test, round(0.8 * count))
    if count >= part.train + part.test:
        return part.train
    return min(round(count * part.train / (part.train + part.test)), max(count - 1, 0))


def _finish(journal: Journal, rows: list[Row], folder: Path) -> None:
    """Write the table, drop what only the building needed, and give the folder its name."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(journal.folder / TABLE, text.getvalue().encode("utf-8", "surrogateescape"))
    write_json(journal.folder / ABOUT, journal.facts | {"left out": journal.reasons()})
    try:
        shutil.rmtree(journal.folder / CUT, ignore_errors=True)
        journal.finish()
        os.replace(journal.folder, folder)
    except OSError as error:
        raise SourceError(f"could not finish {journal.folder}: {explain(error)}; call again") from error
