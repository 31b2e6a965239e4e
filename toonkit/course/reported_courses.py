"""A table of epochs that a report prints, beside the snapshots of our run, both by the share of their training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toonkit.chapters.claims import same_order
from toonkit.chapters.contract import ReportedCourse
from toonkit.course.record_facts import features_in, pixels_of, seeds_of
from toonkit.course.tables import mean_text
from toonkit.project.records import measured, published_record

Row = dict[str, Any]
Snapshots = Mapping[int, Mapping[str, Sequence[float]]]  # by step and measure, a value a seed
FACTS = ("pictures", "features", "seeds", "pixels", "profile")


def course_rows(table: ReportedCourse, results: Path) -> list[Row]:
    """A row an epoch of the report's and a row a snapshot of ours, in the order of their share of a whole run.

    Ours is mean and deviation over seeds. The last row is Kendall's tau of each measure with time.
    """
    path = results / f"{table.record}.json"
    record = published_record(path) if path.exists() else None
    snapshots = snapshots_of(record) if record else {}
    rows = [*_reported(table), *(_ours(table, record, snapshots) if record else ())]
    rows.sort(key=lambda row: row["share"])
    return [{**row, "share": f"{row['share']:.0%}"} for row in rows] + [_trends(table, snapshots)]


def snapshots_of(record: Mapping[str, Any]) -> dict[int, dict[str, list[float]]]:
    """Each measure of each snapshot of a record, a value a seed, by the snapshot's step."""
    config = record["config"]
    runs = [run["epochs"] for run in config.get("runs", [config])]
    found = {}
    for taken in zip(*runs, strict=True):  # one snapshot of every seed
        names = [name for name in taken[0] if name != "step"]
        found[taken[0]["step"]] = {name: [one[name] for one in taken] for name in names}
    return found


def _reported(table: ReportedCourse) -> Iterator[Row]:
    for epoch, numbers in table.rows.items():
        row: Row = {"row": f"reported, epoch {epoch}", "share": epoch / table.epochs}
        for column, measure in table.columns.items():
            row |= {f"{column} reported": numbers[column], f"{measure}, ours": ""}
        yield row | dict.fromkeys(FACTS, "")


def _ours(table: ReportedCourse, record: Mapping[str, Any], snapshots: Snapshots) -> Iterator[Row]:
    facts = (table.pictures, features_in(table.columns.values()), seeds_of(record), pixels_of(record) or "")
    for step, measures in snapshots.items():
        row: Row = {"row": f"{table.record}, step {step}", "share": step / record["config"]["steps"]}
        for column, measure in table.columns.items():
            row |= {f"{column} reported": "", f"{measure}, ours": mean_text(**measured(measures[measure]))}
        yield row | dict(zip(FACTS, (*facts, record["profile"]), strict=True))


def _trends(table: ReportedCourse, snapshots: Snapshots) -> Row:
    row: Row = {"row": "trend with time", "share": ""}
    for column, measure in table.columns.items():
        theirs = {epoch: numbers[column] for epoch, numbers in table.rows.items()}
        ours = {step: measured(measures[measure])["value"] for step, measures in snapshots.items()}
        row |= {f"{column} reported": trend(theirs), f"{measure}, ours": trend(ours)}
    return row | dict.fromkeys(FACTS, "")


def trend(values: Mapping[int, float]) -> str:
    """Kendall's tau of values with their times: -1 where they fall all the time; fewer than 3 have none."""
    return same_order(list(values), list(values.values())).shown
