"""How the numbers of records were got: seeds, training length, size of pictures, features."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from toonkit.chapters.claims import AnyClaim, Claim, Records
from toonkit.chapters.index import chapter_names, find_chapter

Record = Mapping[str, Any]


def seeds_of(record: Record) -> int:
    """From how many seeds a record was gathered."""
    return len(record["seed"]) if isinstance(record["seed"], list) else 1


def steps_of(record: Record) -> int | None:
    """For how many steps a run was trained, or the trainings of a measurement; None where the record has none."""
    return record["config"].get("steps") or record["metrics"].get("steps")


def pixels_of(record: Record) -> int | None:
    """The side of a run's pictures: the record's, or the variant's own, which a record of an older form lacks."""
    size = record["config"].get("config", {}).get("size")
    chapter, _, variant = record["name"].partition(" ")
    if size is None and variant and chapter in chapter_names():
        size = getattr(find_chapter(chapter).variant(variant)[1].config, "size", None)
    return size


def features_in(paths: Iterable[str]) -> str:
    """The networks whose features metrics are measured in, from their names: "FID[toonnet]" has toonnet's."""
    found = dict.fromkeys(name for path in paths for name in re.findall(r"\[(\w+)\]", path))
    return ", ".join(found) or "none"


def training_length(claim: AnyClaim, records: Records) -> str:
    """At which training length a claim is decided: steps and pixels of its records, both where they differ.

    The first is that of the claim's first record. Empty where no record is there.
    """
    if not claim.records:
        return "the report's own"
    names = [claim.first, *claim.seconds] if isinstance(claim, Claim) else sorted(claim.records)
    longer = claim.longer if isinstance(claim, Claim) else 1
    found = list(dict.fromkeys(_length(records[name], longer) for name in dict.fromkeys(names) if name in records))
    return f"differs: {' against '.join(found)}" if len(found) > 1 else "".join(found)


def _length(record: Record, longer: int) -> str:
    steps, pixels = steps_of(record), pixels_of(record)
    parts = [f"{steps * longer:,} steps" if steps else "", f"{pixels} px" if pixels else ""]
    return ", ".join(part for part in parts if part) or "no training in the record"
