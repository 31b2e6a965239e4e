"""Figures of animated variants: held-out people of ToonWorld, and people whom a camera took."""

from __future__ import annotations

from toonkit.chapters.animated.data import DRAWINGS, FACES, faces
from toonkit.chapters.animated.drawing import GENERATOR, PORTRAITS, animated
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.sheets import drawn_beside, evenly
from toonkit.filters import abstraction
from toonkit.images.picture import read_picture
from toonkit.images.resize import fit_picture
from toonkit.networks.drawing import draw
from toonkit.project.environment import project_root
from toonkit.training.snapshots import snapshot_folder
from toonkit.world import ToonWorld

SIDE = 256  # pixels at which a portrait is drawn
SHOWN = 128  # pixels at which it is shown
COLUMNS = 6
EPOCH_BY_EPOCH = "animated_epochs"
EPOCHS = (10, 30, 50, 100)  # the report names the last three
STEPS_OF_EPOCH = 150  # 1,200 pictures in batches of 8


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
    weights = "animated-long"
    rows = {
        "photograph": pairs["photo"],
        "drawn": draw(load_network(weights, GENERATOR), pairs["photo"]),
        "true cartoon": pairs["toon"],
    }
    return Sheet(rows, {"split": "test", "size": size, "weights": f"{weights}.safetensors"})


def animated_epochs() -> Sheet:
    """Held-out people as variant `long` draws them after EPOCHS. Raises WeightsError where it was not trained."""
    size = 64
    pairs = ToonWorld("faces", "test", size).batch(range(8))
    folder = project_root() / run_folder("animated", "long", "full", 0)
    rows = {"photograph": pairs["photo"]}
    for epochs in EPOCHS:
        weights = snapshot_folder(folder, epochs * STEPS_OF_EPOCH) / "generator.safetensors"
        rows[f"after {epochs} epochs"] = draw(load_network(weights, GENERATOR), pairs["photo"])
    facts = {"split": "test", "size": size, "trained_by": "toonkit train animated long"}
    return Sheet(rows | {"true cartoon": pairs["toon"]}, facts)


FIGURES = {"animated_portraits": portraits, "animated_faces": animated_faces, EPOCH_BY_EPOCH: animated_epochs}
