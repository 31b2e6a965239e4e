"""The first screen of `toonkit doctor --profile NAME`: all that the profile needs, on lines of at most 100 letters."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence

from toonkit.course.needs import Need, missing, needs
from toonkit.course.tables import text_table
from toonkit.course.training_estimates import training_times
from toonkit.images.sources import source_folder
from toonkit.project.profiles import Profile

WIDTH = 100  # letters of a line
WORDS = {
    "quick": "learners; ToonWorld and the released networks",
    "full": "the numbers in our tables; ToonWorld and the open sources",
    "paper": "the reports' own setting: their pictures, and their pretrained networks",
}


def needs_page(profile: Profile) -> str:
    """What is here, what is missing, how large, under which licence, what brings it, and how long trainings take."""
    found = needs(profile)
    fetched = [need for need in found if need.size]
    others = [need for need in found if not need.size]
    parts = [f"Profile {profile.name}: {WORDS[profile.name]}"]
    if not found:
        parts.append("It needs nothing that does not come with the checkout.")
    if fetched:
        parts += [_fetched_table(fetched), _summary(fetched, profile)]
    if others:
        parts.append("\n".join(_other_lines(need) for need in others))
    parts.append("\n".join(textwrap.fill(line, WIDTH, subsequent_indent="    ") for line in training_times(profile)))
    return "\n\n".join(parts) + "\n"


def _fetched_table(found: Sequence[Need]) -> str:
    rows = [
        {
            "": _state(need),
            "fetched": need.name,
            "size": need.size_text.rjust(8),
            "licence": textwrap.shorten(need.licence, 24, placeholder="..."),
            "command": "" if need.here else need.how,
        }
        for need in found
    ]
    return text_table(rows)


def _summary(found: Sequence[Need], profile: Profile) -> str:
    """How much is left to download, where it goes, and the one command for all."""
    absent = missing(found)
    if not absent:
        return f"All {len(found)} are here."
    size = sum(need.size for need in absent) / 1e9
    words = f"{len(absent)} of {len(found)} are missing, {size:.2f} GB to download in all"
    if os.environ.get("TOONKIT_MIRROR"):
        words += "; unset TOONKIT_MIRROR, with which nothing is downloaded, and:"
    else:
        words += f" into {source_folder(absent[0].name).parent}:"
    return f"{textwrap.fill(words, WIDTH)}\n    toonkit fetch --profile {profile.name}"


def _other_lines(need: Need) -> str:
    """What an account, an agreement or another program brings, in two lines or more."""
    licence = textwrap.shorten(need.licence, 46, placeholder="...")
    head = f"{_state(need):<8} {need.name:<26} {need.size_text:<14} {licence}"
    how = "" if need.here else textwrap.fill(need.how, WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9)
    return f"{head}\n{how}".rstrip()


def _state(need: Need) -> str:
    return "here" if need.here else "missing"
