"""The family `scenes`: a landscape, a street or an interior, with people and a cat. Class: which place."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import noise, places
from toonkit.world.animals import animal
from toonkit.world.creature import CAT, Animal
from toonkit.world.palettes import BRIGHT, HILLS, PEAKS
from toonkit.world.parts import SHEET, Defocus, Layers, Part, blend, only, rgb, shadow
from toonkit.world.people import Person, person
from toonkit.world.props import flower_pot
from toonkit.world.scene import Scenes
from toonkit.world.shapes import box, ellipse, limb, smoothstep, stripes
from toonkit.world.street import street

CLASSES = ("landscape", "street", "interior")
MASK = ("sky", "wall", "floor", "plant", "water", "object", "vehicle", "person", "cat")
FOREGROUND = ("person", "cat")
ATTRIBUTES = {
    "place": CLASSES,
    "person": ("no", "yes"),
    "second_person": ("no", "yes"),
    "cat": ("no", "yes"),
    "feature": ("no", "yes"),
    "light": ("left", "right"),
}


def attributes(scenes: Scenes) -> dict[str, Tensor]:
    """Each attribute as whole numbers (N, 1, 1). `feature` is the lake, the car or the sofa."""
    return {
        "place": scenes.pick("place", [1, 1, 1]),
        "person": scenes.chance("person", 0.75),
        "second_person": scenes.chance("second", 0.35),
        "cat": scenes.chance("cat", 0.5),
        "feature": scenes.chance("feature", 0.6),
        "light": scenes.chance("light side", 0.5),
    }


def kind(scenes: Scenes) -> Tensor:
    """Scenes of one kind share their list of parts."""
    return attributes(scenes)["place"]


def layers(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, kind: int) -> Layers:
    """All parts of a batch of scenes of one kind, back to front."""
    traits = attributes(scenes)
    setting = (_landscape, street, _interior)[kind]
    return [*setting(scenes, x, y, traits["feature"]), *_cast(scenes, traits, x, y, exaggerate)]


def _cast(scenes: Scenes, traits: dict[str, Tensor], x: Tensor, y: Tensor, exaggerate: float) -> Iterator[Part]:
    """Up to two people and a cat on the ground in front, each on a shadow."""
    side = 2 * scenes.chance("sides", 0.5) - 1
    alpha = 0.25 if exaggerate else 0.45
    for name, has, near, far, foot, grow in (
        ("second", traits["second_person"], 0.45, 0.75, 0.62, 0.82),
        ("person", traits["person"], 0.05, 0.30, 0.80, 1.0),
    ):
        cx, cy = side * scenes.between(name + " x", near, far), foot + scenes.between(name + " y", -0.04, 0.08)
        scale = scenes.between(name + " size", 1.05, 1.30) * grow
        yield shadow(only(has, ellipse(x - cx, y - cy, 0.22 * scale, 0.045 * scale)), alpha, 0.12)
        yield from _present(person(Person(name, scenes, x, y, cx, cy, scale, exaggerate)), has)
    cx, cy = -side * scenes.between("cat x", 0.35, 0.70), 0.84 + scenes.between("cat y", -0.03, 0.06)
    scale = scenes.between("cat size", 0.62, 0.80)
    yield shadow(only(traits["cat"], ellipse(x - cx, y - cy, 0.36 * scale, 0.06 * scale)), alpha, 0.12)
    yield from _present(animal(Animal(CAT, scenes, x, y, cx, cy, scale, exaggerate)), traits["cat"])


def _present(parts: Iterator[Part], has: Tensor) -> Iterator[Part]:
    """The parts of those scenes where `has` is 1."""
    for part in parts:
        part.distance = only(has, part.distance)
        yield part


def _landscape(scenes: Scenes, x: Tensor, y: Tensor, lake: Tensor) -> Iterator[Part | Defocus]:
    yield from places.sky(scenes, x, y)
    horizon = scenes.between("horizon", -0.05, 0.15)
    sun = ellipse(x - scenes.between("sun x", -0.8, 0.8), y + 0.62, 0.13, 0.13)
    yield Part("sky", sun, rgb(1.0, 0.93, 0.70), "flat", ink=0.5, soft=0.04, **SHEET)
    yield from _mountains(scenes, x, y, horizon)
    yield Defocus(scenes.between("far defocus", 0.0, 0.35))
    floor = horizon + 0.16
    yield from places.lawn(scenes, x, y, floor)
    lake_x, lake_y = scenes.between("lake x", -0.5, 0.5), floor + 0.20
    shore = ellipse(x - lake_x, y - lake_y, scenes.between("lake w", 0.45, 0.75), 0.12)
    water = blend(rgb(0.70, 0.84, 0.94), rgb(0.22, 0.44, 0.66), smoothstep(-0.12, 0.12, y - lake_y))
    yield Part("water", only(lake, shore), water, "water", ink=0.8, **SHEET)
    for number, height in enumerate((0.6, 0.75, 1.1)):
        name = f"tree {number}"
        cx = scenes.between(name + " x", -0.95, 0.95)
        yield from places.tree(scenes, name, x, y, cx, floor + 0.03 + 0.08 * number, height)


def _mountains(scenes: Scenes, x: Tensor, y: Tensor, horizon: Tensor) -> Iterator[Part]:
    """Peaks under snow, and hills before them."""
    far = scenes.colour("far", PEAKS)
    hill = scenes.colour("hill", HILLS)
    peaks = _ridge(scenes, "ridge far", x, horizon - 0.10, 0.9, 0.22)
    snow = smoothstep(0.02, 0.10, peaks + 0.16 + 0.1 * noise.sample("cloud", x * 0.5, y * 0.5) - y)
    yield Part("floor", peaks - y, blend(far, far * 0.3 + 0.68, snow), "stone", 0.3, ink=0.7, cast=0, cel=0.8)
    hills = _ridge(scenes, "ridge near", x, horizon + 0.05, 0.5, 0.13)
    yield Part("plant", hills - y, hill, "leaf", 0.25, ink=0.8, cast=0.2)


def _ridge(scenes: Scenes, name: str, x: Tensor, level: Tensor, height: float, scale: float) -> Tensor:
    """The height y of a mountain line."""
    rough = noise.sample_smooth("cloud", x * scale + scenes.between(name, 0, 1), torch.full_like(x, 0.3))
    return level - height * (rough - 0.3)


def _interior(scenes: Scenes, x: Tensor, y: Tensor, sofa: Tensor) -> Iterator[Part | Defocus]:
    floor = scenes.between("floor", 0.28, 0.42)
    side = 2 * scenes.chance("sofa side", 0.5) - 1
    yield from places.room(scenes, x, y, floor)
    rug = ellipse(x - scenes.between("rug x", -0.2, 0.2), y - floor - 0.40, 0.70, 0.17)
    cloth = scenes.colour("rug", BRIGHT)
    ring = blend(cloth, cloth * 0.45 + 0.45, smoothstep(0.25, 0.32, stripes(rug * 8)))
    yield Part("floor", rug, ring, "cloth", 0.0, ink=0.6, cast=0.1, cel=0)
    yield from _sofa(scenes, sofa, x - side * scenes.between("sofa x", 0.25, 0.45), y - floor - 0.20)
    u, v = x + side * scenes.between("lamp x", 0.55, 0.80), y - floor
    stand = limb(u, v, (0.0, 0.12), (0.0, -0.65), 0.018, 0.014)
    yield Part("object", stand, rgb(0.30, 0.24, 0.20), "gloss", 0.02, ink=0.6)
    lampshade = torch.maximum((v + 0.75).abs() - 0.11, u.abs() - 0.16 - (v + 0.75) * 0.5)
    yield Part("object", lampshade, rgb(0.98, 0.90, 0.70), "cloth", 0.12, ink=0.8, cel=0.6)
    u, v = x + side * scenes.between("plant x", 0.20, 0.45), y - floor - 0.10
    yield from flower_pot(scenes, scenes.chance("pot", 0.7), u, v)


def _sofa(scenes: Scenes, has: Tensor, u: Tensor, v: Tensor) -> Iterator[Part]:
    cloth = scenes.colour("sofa", BRIGHT, 0.08)
    back = box(u, v + 0.26, 0.50, 0.22, 0.12)
    seat = box(u, v + 0.06, 0.48, 0.11, 0.05)
    cushions = box(u.abs() - 0.22, v + 0.14, 0.21, 0.07, 0.06)
    arms = box(u.abs() - 0.53, v + 0.12, 0.09, 0.18, 0.08)
    yield Part("object", only(has, back), cloth * 0.88, "cloth", 0.14, cast=0.4)
    yield Part("object", only(has, seat), cloth, "cloth", 0.10, cast=0.3)
    yield Part("object", only(has, cushions), (cloth * 1.08).clamp(0, 1), "cloth", 0.08, ink=0.7)
    yield Part("object", only(has, arms), cloth * 0.95, "cloth", 0.09)
