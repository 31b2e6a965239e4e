"""A caption read back: who is in it, how many, what each does, in which coat, where, and beside which thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toonkit.chapters.captions.names import CHARACTERS

ANIMALS = ("cat", "mouse")
PLACES = ("room", "garden")
VERBS = ("sits", "stands", "walks")


@dataclass(frozen=True)
class Reading:
    """What a caption says; what it does not say is absent."""

    coats: dict[str, str]  # of each animal that is named
    actions: dict[str, str]
    place: str
    thing: str


def read_caption(caption: str) -> Reading:
    """What a caption in the manner of ToonWorld's says; a character's name counts as the animal in its coat."""
    for words, name in CHARACTERS.items():
        caption = re.sub(rf"\b{name}\b", words, caption)
    coats, actions = {}, {}
    for animal in ANIMALS:
        found = re.search(rf"(?:(\w+) )?\b{animal}\b(?: ({'|'.join(VERBS)})\b)?", caption)
        if found:
            coats[animal] = found[1] or ""
            actions[animal] = found[2] or ""
    place = next((place for place in PLACES if re.search(rf"\b{place}\b", caption)), "")
    thing = re.search(r", with (.+)$", caption)
    return Reading(coats, actions, place, thing[1] if thing else "")


def right(said: str, truth: str) -> dict[str, bool]:
    """What a caption gets right of the true one: subject, number, action, coat, place and thing, each whole."""
    found, wanted = read_caption(said), read_caption(truth)
    return {
        "subject": found.coats.keys() == wanted.coats.keys(),
        "number": len(found.coats) == len(wanted.coats),
        "action": found.actions == wanted.actions,
        "coat": found.coats == wanted.coats,
        "place": found.place == wanted.place,
        "thing": found.thing == wanted.thing,
    }
