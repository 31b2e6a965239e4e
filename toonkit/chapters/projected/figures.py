"""Figures of the projected recipe: held-out people, translated in both directions."""

from __future__ import annotations

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.projected.recipe import GENERATOR, TARGETS
from toonkit.chapters.sheets import enlarged, in_blocks
from toonkit.networks.drawing import draw
from toonkit.world import ToonWorld

SIZE = 128  # pixels, the larger of the two sizes
PEOPLE = 6  # the first of the test split, none chosen
WORDS = {"photo": "photograph", "toon": "cartoon"}


def _sheet(source: str, weights: str) -> Sheet:
    """Held-out people as they are given, as they are drawn, and as they truly are."""
    pairs = ToonWorld("faces", "test", SIZE).batch(range(PEOPLE))
    target = TARGETS[source]
    rows = {
        WORDS[source]: pairs[source],
        "drawn": draw(load_network(weights, GENERATOR), pairs[source]),
        f"true {WORDS[target]}": pairs[target],
    }
    sheet = in_blocks({name: enlarged(pictures) for name, pictures in rows.items()}, PEOPLE)
    return Sheet(sheet, {"split": "test", "size": SIZE, "weights": f"{weights}.safetensors"})


def faces() -> Sheet:
    """Photographs into cartoons, in the larger size, seen close."""
    return _sheet("photo", "projected-faces_128_close")


def people() -> Sheet:
    """Cartoons into photographs, in the larger size."""
    return _sheet("toon", "projected-people_128")


FIGURES = {"projected_faces": faces, "projected_people": people}
