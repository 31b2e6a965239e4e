"""Figures of animated variants: held-out people of ToonWorld, and people whom a camera took."""

from __future__ import annotations

from pathlib import Path

import torch

from toonkit.chapters.animated.data import DRAWINGS, FACES, faces
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.filters import abstraction
from toonkit.images.listing import contact_sheet
from toonkit.images.picture import read_picture
from toonkit.images.resize import fit_picture
from toonkit.networks.drawing import draw
from toonkit.world import ToonWorld

GENERATOR = "generator of animated"
PORTRAITS = "animated-portraits"
SIDE = 256  # pixels at which a portrait is drawn
SHOWN = 128  # pixels at which it is shown
COLUMNS = 6


def portraits() -> Sheet:
    """Twelve photographs of held-out people, each above the classical cartoon and what the released generator draws."""
    photos = torch.stack([fit_picture(read_picture(path), SIDE) for path in held_out(2 * COLUMNS)])
    generator = load_network(PORTRAITS, GENERATOR)
    ways = (photos, abstraction(photos), torch.cat([draw(generator, photo[None]) for photo in photos]))
    rows = []
    for start in range(0, len(photos), COLUMNS):
        for pictures in ways:
            part = pictures[start : start + COLUMNS]
            rows.append(torch.nn.functional.interpolate(part, (SHOWN, SHOWN), mode="bilinear", antialias=True))
    facts = {"split": "test", "size": SIDE, "weights": f"{PORTRAITS}.safetensors", "learnt_from": tuple(DRAWINGS)}
    return Sheet(contact_sheet(torch.cat(rows).clamp(-1, 1), COLUMNS), facts, sources=(FACES,))


def held_out(count: int) -> list[Path]:
    """`count` held-out photographs of faces, evenly spread. Raises SourceError where they are not here."""
    paths = faces("test")
    return [paths[number * len(paths) // count] for number in range(count)]


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
