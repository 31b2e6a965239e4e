"""Rows of a report's table at other lengths of training: their names, and the records that decide a claim there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from toonkit.chapters.contract import Variant

Record = TypeVar("Record")
LENGTHS = (5000, 15000)  # steps at which rows are trained again, beside their own length


def at_length(name: str, steps: int) -> str:
    """What a variant, or its record, is called where it was trained for so many steps."""
    return f"{name}_{steps}"


def at_lengths(rows: Mapping[str, Variant], lengths: Sequence[int] = LENGTHS) -> dict[str, Variant]:
    """The rows again at each length; profile `paper` trains them as long as it does the rows."""
    return {at_length(name, steps): replace(row, full_steps=steps) for name, row in rows.items() for steps in lengths}


def records_at(names: Collection[str], steps: int, records: Mapping[str, Record]) -> dict[str, Record]:
    """The records of rows trained so long, by the names of the rows; empty where one of them is not there."""
    there = {name: records[at_length(name, steps)] for name in names if at_length(name, steps) in records}
    return there if len(there) == len(names) else {}


def by_length(name: str, records: Mapping[str, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """A row's record and those of the same row trained longer, by their steps, as far as they are there."""
    names = (name, *(at_length(name, steps) for steps in LENGTHS))
    return {records[name]["config"]["steps"]: records[name] for name in names if name in records}
