"""Figures of the projected recipe: held-out people, translated in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.projected.recipe import GENERATOR, TARGETS
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.sheets import enlarged, in_blocks
from toonkit.networks.drawing import draw
from toonkit.project.environment import project_root
from toonkit.world import ToonWorld

SIZE = 128  # pixels, the larger of the two sizes
PEOPLE = 6  # the first of the test split, none chosen
FIRST, FACES, TO_PHOTOGRAPHS = "projected-faces_128", "projected-faces_128_back", "projected-people_128"
TWO_TRAININGS = "projected_close"
WORDS = {"photo": "photograph", "toon": "cartoon"}


def _sheet(source: str, weights: Mapping[str, str | Path], facts: Mapping[str, str]) -> Sheet:
    """Held-out people as they are given, as they are drawn by each network, and as they truly are."""
    pairs = ToonWorld("faces", "test", SIZE).batch(range(PEOPLE))
    target = TARGETS[source]
    drawn = {name: draw(load_network(file, GENERATOR), pairs[source]) for name, file in weights.items()}
    rows = {WORDS[source]: pairs[source], **drawn, f"true {WORDS[target]}": pairs[target]}
    sheet = in_blocks({name: enlarged(pictures) for name, pictures in rows.items()}, PEOPLE)
    return Sheet(sheet, {"split": "test", "size": SIZE, **facts})


def faces() -> Sheet:
    """Photographs into cartoons, in the larger size, by the last of three trainings."""
    return _sheet("photo", {"drawn": FACES}, {"weights": f"{FACES}.safetensors"})


def people() -> Sheet:
    """Cartoons into photographs, in the larger size."""
    return _sheet("toon", {"drawn": TO_PHOTOGRAPHS}, {"weights": f"{TO_PHOTOGRAPHS}.safetensors"})


def close() -> Sheet:
    """Photographs into cartoons by the first two trainings: seen close by toonnet, and by SqueezeNet.

    The second is not released. Raises WeightsError where it was not trained here.
    """
    second = project_root() / run_folder("projected", "faces_128_close", "full", 0) / "generator.safetensors"
    facts = {"weights": f"{FIRST}.safetensors", "trained_by": "toonkit train projected faces_128_close"}
    return _sheet("photo", {"by toonnet": FIRST, "by SqueezeNet": second}, facts)


FIGURES = {"projected_faces": faces, "projected_people": people, TWO_TRAININGS: close}
