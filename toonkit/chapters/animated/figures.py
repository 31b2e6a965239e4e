"""Figures of animated variants: held-out people of ToonWorld, and people whom a camera took."""

from __future__ import annotations

from toonkit.chapters.animated.data import DRAWINGS, FACES, faces
from toonkit.chapters.animated.drawing import GENERATOR, PORTRAITS, animated
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.sheets import drawn_beside, evenly
from toonkit.filters import abstraction
from toonkit.images.picture import read_picture
from toonkit.images.resize import fit_picture
from toonkit.networks.drawing import draw
from toonkit.world import ToonWorld

SIDE = 256  # pixels at which a portrait is drawn
SHOWN = 128  # pixels at which it is shown
COLUMNS = 6


def portraits() -> Sheet:
    """Twelve photographs of held-out people, each above the classical cartoon and what the released generator draws."""
    photos = [fit_picture(read_picture(path), SIDE) for path in evenly(faces("test"), 2 * COLUMNS)]
    ways = (abstraction, animated())
    facts = {"split": "test", "size": SIDE, "weights": f"{PORTRAITS}.safetensors", "learnt_from": tuple(DRAWINGS)}
    return Sheet(drawn_beside(photos, ways, COLUMNS, SHOWN), facts, sources=(FACES,))


def animated_faces() -> Sheet:
    """Held-out people of ToonWorld: photograph, what the released generator draws, true cartoon."""
    size = 64
    pairs = ToonWorld("faces", "test", size).batch(range(8))
    weights = "animated-steady"
    rows = {
        "photograph": pairs["photo"],
        "drawn": draw(load_network(weights, GENERATOR), pairs["photo"]),
        "true cartoon": pairs["toon"],
    }
    return Sheet(rows, {"split": "test", "size": size, "weights": f"{weights}.safetensors"})


FIGURES = {"animated_portraits": portraits, "animated_faces": animated_faces}
