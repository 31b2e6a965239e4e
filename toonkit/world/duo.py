"""The family `duo`: a cat, a mouse, or both, in a room or a garden. Class: which of them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import places
from toonkit.world.animals import animal
from toonkit.world.creature import CAT, COATS, MOUSE, POSES, Animal
from toonkit.world.parts import Layers, Part, shadow
from toonkit.world.props import PROPS, prop
from toonkit.world.scene import Scenes
from toonkit.world.shapes import ellipse

CLASSES = ("cat", "mouse", "both")
MASK = ("wall", "floor", "sky", "plant", "object", "cat", "mouse")
FOREGROUND = ("cat", "mouse")
ATTRIBUTES = {
    "who": CLASSES,
    "setting": ("room", "garden"),
    "cat_coat": COATS["cat"],
    "mouse_coat": COATS["mouse"],
    "cat_pose": POSES,
    "mouse_pose": POSES,
    "prop": PROPS,
    "light": ("left", "right"),
}


def attributes(scenes: Scenes) -> dict[str, Tensor]:
    """Each attribute as whole numbers (N, 1, 1); -1 for the coat and pose of an animal that is not there."""
    who = scenes.pick("who", [1, 1, 1])
    cat, mouse = who != 1, who != 0
    return {
        "who": who,
        "setting": scenes.chance("garden", 0.5),
        "cat_coat": torch.where(cat, scenes.pick("cat coat", [1.0] * len(CAT.coats)), -1.0),
        "mouse_coat": torch.where(mouse, scenes.pick("mouse coat", [1.0] * len(MOUSE.coats)), -1.0),
        "cat_pose": torch.where(cat, scenes.pick("cat pose", [1, 1, 1]), -1.0),
        "mouse_pose": torch.where(mouse, scenes.pick("mouse pose", [1, 1, 1]), -1.0),
        "prop": scenes.pick("prop kind", [1.0] * len(PROPS)),
        "light": scenes.chance("light side", 0.5),
    }


def kind(scenes: Scenes) -> Tensor:
    """Scenes of one kind share their list of parts: who is there, and where."""
    traits = attributes(scenes)
    return traits["who"] * 2 + traits["setting"]


def layers(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, kind: int) -> Layers:
    """All parts of a batch of scenes of one kind, back to front."""
    setting = places.garden if kind % 2 else places.room
    floor = scenes.between("floor", 0.18, 0.42)
    return [*setting(scenes, x, y, floor), *_cast(scenes, x, y, exaggerate, CLASSES[kind // 2])]


def _cast(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, who: str) -> Iterator[Part]:
    """A thing on the floor and the animals; two stand apart, and the mouse of a pair is small and in front."""
    side = 2 * scenes.chance("sides", 0.5) - 1
    foot = scenes.between("foot", 0.74, 0.90)
    pair = who == "both"
    prop_x = side * 0.05 if pair else -side * scenes.between("prop x", 0.60, 0.85)
    yield from prop(scenes, x - prop_x, y - (foot + 0.02), attributes(scenes)["prop"])
    if who != "mouse":
        cx = -side * scenes.between("cat x apart", 0.28, 0.42) if pair else scenes.between("cat x", -0.15, 0.15)
        scale = scenes.between("cat size", 1.25, 1.50) * (0.92 if pair else 1.0)
        yield from _standing(Animal(CAT, scenes, x, y, cx, foot - 0.04 * pair, scale, exaggerate), x - cx, y - foot)
    if who != "cat":
        cx = side * scenes.between("mouse x apart", 0.42, 0.58) if pair else scenes.between("mouse x", -0.12, 0.12)
        scale = scenes.between("mouse size", 1.05, 1.30) * (0.52 if pair else 1.0)
        cy = foot + 0.05 * pair
        yield from _standing(Animal(MOUSE, scenes, x, y, cx, cy, scale, exaggerate), x - cx, y - cy)


def _standing(creature: Animal, x: Tensor, y: Tensor) -> Iterator[Part]:
    """The animal on its shadow at x = y = 0."""
    below = ellipse(x, y + 0.01, creature.scale * 0.40, creature.scale * 0.06)
    yield shadow(below, alpha=0.25 if creature.exaggerate else 0.45, soft=0.16)
    yield from animal(creature)
