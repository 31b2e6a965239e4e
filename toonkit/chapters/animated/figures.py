"""Figures of animated variants: held-out people of ToonWorld, and people whom a camera took."""

from __future__ import annotations

from toonkit.chapters.animated.data import DRAWINGS, FACES, PEOPLE, faces
from toonkit.chapters.animated.drawing import GENERATOR, PORTRAITS, animated
from toonkit.chapters.animated.recipe import AnimatedConfig
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import drawing_of
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.sheets import drawn_beside, drawn_people
from toonkit.filters import abstraction
from toonkit.images.listing import evenly
from toonkit.images.picture import read_picture
from toonkit.images.resize import fit_picture
from toonkit.project.environment import project_root
from toonkit.training.snapshots import snapshot_folder

SIDE = 256  # pixels at which a portrait is drawn
SHOWN = 128  # pixels at which it is shown
COLUMNS = 6
EPOCH_BY_EPOCH = "animated_epochs"
EPOCHS = (10, 30, 50, 100)  # the report names the last three


def portraits() -> Sheet:
    """Twelve photographs of held-out people, each above the classical cartoon and what the released generator draws."""
    photos = [fit_picture(read_picture(path), SIDE) for path in evenly(faces("test"), 2 * COLUMNS)]
    ways = {"classical filter": abstraction, "animated": animated()}
    facts = {"split": "test", "size": SIDE, "weights": f"{PORTRAITS}.safetensors", "learnt_from": tuple(DRAWINGS)}
    return Sheet(drawn_beside(photos, ways, COLUMNS, SHOWN), facts, sources=(FACES,))


def animated_faces() -> Sheet:
    """Held-out people of ToonWorld: photograph, what the released generator draws, true cartoon."""
    weights = "animated-long"
    rows = drawn_people({"drawn": drawing_of(weights, GENERATOR)}, AnimatedConfig.size)
    return Sheet(rows, {"split": "test", "size": AnimatedConfig.size, "weights": f"{weights}.safetensors"})


def animated_epochs() -> Sheet:
    """Held-out people as variant `long` draws them after EPOCHS. Raises WeightsError where it was not trained."""
    folder = project_root() / run_folder("animated", "long", "full", 0)
    steps = PEOPLE // AnimatedConfig.batch  # of an epoch
    kept = {f"after {epochs} epochs": snapshot_folder(folder, epochs * steps) for epochs in EPOCHS}
    ways = {words: drawing_of(place / "generator.safetensors", GENERATOR) for words, place in kept.items()}
    facts = {"split": "test", "size": AnimatedConfig.size, "trained_by": "toonkit train animated long"}
    return Sheet(drawn_people(ways, AnimatedConfig.size), facts)


FIGURES = {"animated_portraits": portraits, "animated_faces": animated_faces, EPOCH_BY_EPOCH: animated_epochs}
