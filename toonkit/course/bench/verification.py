"""Blocks of held-out pictures of the released networks that are no system of the common benchmark, to compute again."""

from __future__ import annotations

from typing import Any

from toonkit.course.verification import entry, verified_networks
from toonkit.images.sources import source_ready
from toonkit.project.threads import threads

BLOCKS = 5


def measure(quick: bool = False) -> dict[str, Any]:
    """The measures of a few blocks of every network whose sources are here; of which are not."""
    known = verified_networks()
    here = {name: part for name, part in known.items() if all(source_ready(source) for source in part.sources)}
    count = 1 if quick else BLOCKS
    with threads(1):
        blocks = {
            name: entry(part, {str(number): part.scores(number) for number in range(count)})
            for name, part in here.items()
        }
    return {"left out": ", ".join(sorted(known.keys() - here.keys())) or "none", "blocks": blocks}
