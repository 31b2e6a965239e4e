"""Blocks of held-out pictures of the released networks that are no system of the common benchmark, to compute again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from toonkit.chapters.contract import Verified
from toonkit.course.verification import entry, verified_networks
from toonkit.images.sources import source_ready
from toonkit.project.threads import threads

BLOCKS = 5


def rows() -> tuple[str, ...]:
    """What can be measured alone: the networks whose sources are here."""
    return tuple(_here())


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """The measures of a few blocks of every network whose sources are here, or of those in `only`; which are not."""
    known, here = verified_networks(), _here()
    count = 1 if quick else BLOCKS
    with threads(1):
        blocks = {
            name: entry(here[name], {str(number): here[name].scores(number) for number in range(count)})
            for name in only or here
        }
    return {"left out": ", ".join(sorted(known.keys() - here.keys())) or "none", "blocks": blocks}


def _here() -> dict[str, Verified]:
    known = verified_networks()
    return {name: part for name, part in known.items() if all(source_ready(source) for source in part.sources)}
