"""The reports' own sets, built of small stand-ins in a cache of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from stand_ins import bring_sources

from toonkit.chapters import own_data, own_scores
from toonkit.chapters.latents import own_scores as latents_scores
from toonkit.chapters.tomjerry import own_scores as tomjerry_scores
from toonkit.images import report_sets
from toonkit.images.report_building import build_report_set
from toonkit.images.report_sets import REPORTS
from toonkit.networks.features import features

SIDE = 32  # pixels, instead of the reports' own, to save time


@contextmanager
def sets_built(place: Path, counts: Mapping[str, int | None]) -> Iterator[Path]:
    """Sets of some reports, each of so many stand-ins a source; TOONKIT_CACHE names the folder that is given.

    Toonnet measures in the place of the field's networks.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOONKIT_CACHE", str(place / "cache"))
        for name in counts:
            patch.setitem(report_sets.REPORTS, name, replace(REPORTS[name], size=SIDE))
        patch.setattr(own_data, "LEAST", 1)  # stand-ins are small
        patch.setattr(own_data, "network_ready", lambda name: True)
        for module in (own_scores, latents_scores, tomjerry_scores):
            patch.setattr(module, "features", lambda name: features("toonnet"))
        for name, count in counts.items():
            bring_sources(name, place, count)
            build_report_set(name, fewer=True)
        yield place / "cache"
