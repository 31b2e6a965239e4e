"""What a notebook's own run measured: in ToonWorld's spaces, or under profile paper in the field's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toonkit.project.errors import ToonkitError


def of_this_run(measures: Mapping[str, Mapping[str, Any]], **names: str) -> dict[str, float]:
    """Entries NAME_of_this_run for `record`, each the value of a measure whatever the space it was taken in.

    `names` says which: `kid="KID"` takes KID[toonnet], or KID[inception_fid]. What needs a truth that only ToonWorld
    has is absent under profile paper, and left out. Raises ToonkitError for a measure that is there twice.
    """
    found = {}
    for name, measure in names.items():
        there = [key for key in measures if key.partition("[")[0] == measure]
        if len(there) > 1:
            raise ToonkitError(f"{measure} was measured as {' and as '.join(there)}; name one of them")
        found |= {f"{name}_of_this_run": measures[key]["value"] for key in there}
    return found


def rounded(measures: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Every measure's value with three decimals, to be shown."""
    return {name: round(entry["value"], 3) for name, entry in measures.items()}
