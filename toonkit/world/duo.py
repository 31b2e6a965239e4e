"""The family `duo`: a cat, a mouse, or both, in a room or a garden. Class: which of them."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from toonkit.world import places
from toonkit.world.animals import animal
from toonkit.world.creature import CAT, COATS, MOUSE, POSES, Animal
from toonkit.world.parts import Layers, Part, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import ellipse

CLASSES = ("cat", "mouse", "both")
MASK = ("wall", "floor", "sky", "plant", "object", "cat", "mouse")
FOREGROUND = ("cat", "mouse")
PROPS = ("none", "wool", "cheese", "bowl", "flower pot")
ATTRIBUTES = {"who": CLASSES, "setting": ("room", "garden"), "cat_coat": COATS["cat"], "mouse_coat": COATS["mouse"], "cat_pose": POSES,
              "mouse_pose": POSES, "prop": PROPS, "light": ("left", "right")}


def attributes(scenes: Scenes) -> dict[str, Tensor]:
    """Each attribute as whole numbers (N, 1, 1); coat and pose of an absent animal are drawn but not painted."""
    return {
        "who": scenes.pick("who", [1, 1, 1]), "setting": scenes.chance("garden", 0.5),
        "cat_coat": scenes.pick("cat coat", [1.0] * len(CAT.coats)), "mouse_coat": scenes.pick("mouse coat", [1.0] * len(MOUSE.coats)),
        "cat_pose": scenes.pick("cat pose", [1, 1, 1]), "mouse_pose": scenes.pick("mouse pose", [1, 1, 1]),
        "prop": scenes.pick("prop kind", [1.0] * len(PROPS)), "light": scenes.chance("light side", 0.5),
    }


def kind(scenes: Scenes) -> Tensor:
    """Scenes of one kind share their list of parts: who is there, and where."""
    is_ = attributes(scenes)
    return is_["who"] * 2 + is_["setting"]


def layers(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, kind: int) -> Layers:
    """All parts of a batch of scenes of one kind, back to front."""
    who, garden = CLASSES[kind // 2], kind % 2
    floor = scenes.between("floor", 0.18, 0.42)
    setting = places.garden if garden else places.room
    return [*setting(scenes, x, y, floor), *_cast(scenes, x, y, exaggerate, who)]


def _cast(scenes: Scenes, x: Tensor, y: Tensor, much: float, who: str) -> Iterator[Part]:
    side = 2 * scenes.chance("sides", 0.5) - 1
    foot = scenes.between("foot", 0.74, 0.90)
    cat_x = scenes.between("cat x", -0.15, 0.15) if who == "cat" else -side * scenes.between("cat x apart", 0.28, 0.42)
    mouse_x = scenes.between("mouse x", -0.12, 0.12) if who == "mouse" else side * scenes.between("mouse x apart", 0.42, 0.58)
    yield from places.prop(scenes, x, y, -side * scenes.between("prop x", 0.60, 0.85) if who != "both" else side * 0.05 + cat_x * 0, foot + 0.02,
                           scenes.pick("prop kind", [1.0] * len(PROPS)))
    if who != "mouse":
        scale = scenes.between("cat size", 1.25, 1.50) * (1.0 if who == "cat" else 0.92)
        yield from _standing(Animal(CAT, scenes, x, y, cat_x, foot - 0.04 * (who == "both"), scale, much), x, y, cat_x, foot)
    if who != "cat":
        scale = scenes.between("mouse size", 1.05, 1.30) * (1.0 if who == "mouse" else 0.52)
        yield from _standing(Animal(MOUSE, scenes, x, y, mouse_x, foot + 0.05 * (who == "both"), scale, much), x, y, mouse_x, foot + 0.05 * (who == "both"))


def _standing(creature: Animal, x: Tensor, y: Tensor, cx: Tensor, foot: Tensor) -> Iterator[Part]:
    """The animal on its shadow."""
    wide = creature.scale * 0.40
    yield Part("floor", ellipse(x - cx, y - foot + 0.01, wide, creature.scale * 0.06), rgb(0.05, 0.05, 0.08).to(x.device), "flat", 0.0, ink=0,
               alpha=0.45 if not creature.much else 0.25, soft=0.16, cast=0, cel=0, marks=False)
    yield from animal(creature)
