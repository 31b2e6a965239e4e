"""What a profile needs besides the checkout: sources and pretrained networks, and what brings those that are missing.

Quick needs nothing, full needs the open sources, paper the reports' own sets and the pretrained networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toonkit.images.manifests import OPEN, Source, load_sources, read_manifest
from toonkit.images.own_sets import MANIFEST, own_folder
from toonkit.images.report_captions import CAPTIONS
from toonkit.images.report_sets import REPORTS, TABLE, report_folder
from toonkit.images.sources import fetch, source_ready
from toonkit.networks.pretrained import fetch_network, network_names, network_ready
from toonkit.project.profiles import Profile

CAPTIONED = "tom_and_jerry_diffusion"  # the report that learns of captions


@dataclass(frozen=True)
class Need:
    """A source or a network; `size` in bytes of what `toonkit fetch` brings, 0 where something else does."""

    name: str
    here: bool
    size: int
    size_text: str
    licence: str
    used: str
    how: str  # a command, or a sentence with one


def needs(profile: Profile) -> list[Need]:
    """What a profile needs, networks first, and last what is made of the others."""
    tiers = profile.pick(quick=(), full=OPEN, paper=("network", "own"))
    found = [_need(source) for tier in tiers for source in load_sources().values() if source.tier == tier]
    return [*found, *map(_built, REPORTS), _captions()] if profile.name == "paper" else found


def fetch_needs(profile: Profile) -> list[Need]:
    """Fetch what can be fetched of a profile's needs; return those that have to be brought or made by other means.

    Raises as `fetch_network` and `fetch` do, for the first that could not be had.
    """
    others = []
    for need in needs(profile):
        if need.name in network_names():
            fetch_network(need.name)
        elif need.size and not need.here:
            fetch(need.name)
        elif not need.here:
            others.append(need)
    return others


def missing(found: Sequence[Need]) -> list[Need]:
    """Those that are not here."""
    return [need for need in found if not need.here]


def _need(source: Source) -> Need:
    if source.tier == "own":
        return _own(source)
    size = sum(entry.size for entry in read_manifest(source.name))
    network = source.tier == "network"
    here = network_ready(source.name) if network else source_ready(source.name)
    how = source.how or f"toonkit fetch {source.name}"
    fetched = 0 if source.tier == "made" else size
    return Need(source.name, here, fetched, f"{size / 1e6:.1f} MB", source.licence, source.used or source.title, how)


def _built(report: str) -> Need:
    """A report's data set, made of the sets above."""
    here = (report_folder(report) / TABLE).is_file()
    words = f"of {', '.join(REPORTS[report].sources())}"
    return Need(report, here, 0, "made", words, "a report's data set", f"toonkit data build {report}")


def _captions() -> Need:
    """The captions of report 5's pictures, which were bought and never published."""
    how = f"toonkit data captions {CAPTIONED} --from TABLE.csv, or --address URL --model NAME --price IN OUT"
    here = (report_folder(CAPTIONED) / CAPTIONS).is_file()
    return Need("captions", here, 0, "1,200 of them", "your own", "captions of a data set", how)


def _own(source: Source) -> Need:
    """A report's own set: here where its folder in the cache has a manifest of it, whatever the mirror holds."""
    here = (own_folder(source.name) / MANIFEST).is_file()
    return Need(source.name, here, 0, source.size or "unknown", source.licence, source.title, source.how)
