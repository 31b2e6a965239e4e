"""The family `scenes`: a landscape, a street or an interior, with people and a cat. Class: which place."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import noise, places
from toonkit.world.animals import animal
from toonkit.world.creature import CAT, Animal
from toonkit.world.parts import Defocus, Layers, Part, blend, mirrored, only, rgb
from toonkit.world.people import Person, person
from toonkit.world.scene import Scenes
from toonkit.world.shapes import box, ellipse, limb, smooth_min, smoothstep

CLASSES = ("landscape", "street", "interior")
MASK = ("sky", "wall", "floor", "plant", "water", "object", "vehicle", "person", "cat")
FOREGROUND = ("person", "cat")
ATTRIBUTES = {"place": CLASSES, "person": ("no", "yes"), "second_person": ("no", "yes"), "cat": ("no", "yes"), "feature": ("no", "yes"),
              "light": ("left", "right")}
HOUSES = ((0.78, 0.45, 0.34), (0.85, 0.76, 0.58), (0.62, 0.66, 0.72), (0.56, 0.36, 0.30), (0.80, 0.62, 0.62), (0.50, 0.60, 0.55))


def attributes(scenes: Scenes) -> dict[str, Tensor]:
    """Each attribute as whole numbers (N, 1, 1). `feature` is the lake, the car or the sofa."""
    return {"place": scenes.pick("place", [1, 1, 1]), "person": scenes.chance("person", 0.75), "second_person": scenes.chance("second", 0.35),
            "cat": scenes.chance("cat", 0.5), "feature": scenes.chance("feature", 0.6), "light": scenes.chance("light side", 0.5)}


def kind(scenes: Scenes) -> Tensor:
    """Scenes of one kind share their list of parts."""
    return attributes(scenes)["place"]


def layers(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, kind: int) -> Layers:
    """All parts of a batch of scenes of one kind, back to front."""
    setting = (_landscape, _street, _interior)[kind]
    return [*setting(scenes, x, y), *_cast(scenes, x, y, exaggerate)]


def _cast(scenes: Scenes, x: Tensor, y: Tensor, much: float) -> Iterator[Part]:
    """Up to two people and a cat on the ground in front, each on a shadow."""
    is_, side = attributes(scenes), 2 * scenes.chance("sides", 0.5) - 1
    shadow = {"ink": 0, "alpha": 0.25 if much else 0.45, "soft": 0.12, "cast": 0, "cel": 0, "marks": False}
    black = rgb(0.05, 0.05, 0.08).to(x.device)
    for name, near, far, foot in (("second", 0.45, 0.75, 0.62), ("person", 0.05, 0.30, 0.80)):
        cx, cy = side * scenes.between(name + " x", near, far), foot + scenes.between(name + " y", -0.04, 0.08)
        scale = scenes.between(name + " size", 1.05, 1.30) * (0.82 if name == "second" else 1.0)
        has = is_["person" if name == "person" else "second_person"]
        yield Part("floor", only(has, ellipse(x - cx, y - cy, 0.22 * scale, 0.045 * scale)), black, "flat", 0.0, **shadow)
        yield from _present(person(Person(name, scenes, x, y, cx, cy, scale, much)), has)
    cx, cy, scale = -side * scenes.between("cat x", 0.35, 0.70), 0.84 + scenes.between("cat y", -0.03, 0.06), scenes.between("cat size", 0.62, 0.80)
    yield Part("floor", only(is_["cat"], ellipse(x - cx, y - cy, 0.36 * scale, 0.06 * scale)), black, "flat", 0.0, **shadow)
    yield from _present(animal(Animal(CAT, scenes, x, y, cx, cy, scale, much)), is_["cat"])


def _present(parts: Iterator[Part], has: Tensor) -> Iterator[Part]:
    for part in parts:
        part.distance = only(has, part.distance)
        yield part


def _ridge(scenes: Scenes, name: str, x: Tensor, level: Tensor, height: float, scale: float) -> Tensor:
    """The height y of a mountain line."""
    rough = noise.sample_smooth("cloud", x * scale + scenes.between(name, 0, 1), x * 0 + 0.3)
    return level - height * (rough - 0.3)


def _landscape(scenes: Scenes, x: Tensor, y: Tensor) -> Iterator[Part | Defocus]:
    yield from places.sky(scenes, x, y)
    horizon = scenes.between("horizon", -0.05, 0.15)
    sun_x = scenes.between("sun x", -0.8, 0.8)
    yield Part("sky", ellipse(x - sun_x, y + 0.62, 0.13, 0.13), rgb(1.0, 0.93, 0.70), "flat", 0.0, ink=0.5, cast=0, cel=0, soft=0.04)
    far = scenes.colour("far", ((0.55, 0.62, 0.75), (0.60, 0.58, 0.68), (0.50, 0.60, 0.62)))
    peaks = _ridge(scenes, "ridge far", x, horizon - 0.10, 0.9, 0.22)
    snow = smoothstep(0.02, 0.10, peaks + 0.16 + 0.1 * noise.sample("cloud", x * 0.5, y * 0.5) - y)
    yield Part("floor", peaks - y, blend(far, far * 0.3 + 0.68, snow), "stone", 0.3, ink=0.7, cast=0, cel=0.8)
    hill = scenes.colour("hill", ((0.40, 0.56, 0.34), (0.52, 0.60, 0.32), (0.34, 0.50, 0.40), (0.66, 0.58, 0.34)))
    yield Part("plant", _ridge(scenes, "ridge near", x, horizon + 0.05, 0.5, 0.13) - y, hill, "leaf", 0.25, ink=0.8, cast=0.2)
    yield Defocus(scenes.between("far defocus", 0.0, 0.35))
    floor = horizon + 0.16
    yield from places.lawn(scenes, x, y, floor)
    lake_x, lake_y = scenes.between("lake x", -0.5, 0.5), floor + 0.20
    lake = only(attributes(scenes)["feature"], ellipse(x - lake_x, y - lake_y, scenes.between("lake w", 0.45, 0.75), 0.12))
    yield Part("water", lake, blend(rgb(0.70, 0.84, 0.94), rgb(0.22, 0.44, 0.66), smoothstep(-0.12, 0.12, y - lake_y)), "water", 0.0, ink=0.8, cast=0,
               cel=0)
    for number, height in enumerate((0.6, 0.75, 1.1)):
        name = f"tree {number}"
        yield from places.tree(scenes, name, x, y, scenes.between(name + " x", -0.95, 0.95), floor + 0.03 + 0.08 * number, height)


def _street(scenes: Scenes, x: Tensor, y: Tensor) -> Iterator[Part | Defocus]:
    yield from places.sky(scenes, x, y)
    ground = scenes.between("kerb", 0.30, 0.42)
    left = scenes.between("houses left", -1.25, -1.0)
    for number in range(4):
        name = f"house {number}"
        wide, tall = 0.28, scenes.between(name + " h", 0.75, 1.25)
        yield from _house(scenes, name, x - left - 0.30 - 0.60 * number, y - ground, wide + scenes.between(name + " w", 0.0, 0.03), tall)
    yield Defocus(scenes.between("street defocus", 0.05, 0.40))
    stone = scenes.colour("pavement", ((0.66, 0.64, 0.62), (0.72, 0.68, 0.60)))
    seam = smoothstep(0.44, 0.49, (places.fraction(x / (y - ground + 0.9) * 2.2) - 0.5).abs())
    yield Part("floor", ground - y, blend(stone, stone * 0.8, seam), "stone", 0.0, ink=0.7, cast=0, cel=0)
    road = ground + 0.16
    yield Part("floor", road - y, rgb(0.33, 0.33, 0.36), "stone", 0.0, ink=0.8, cast=0, cel=0)
    dash = torch.maximum((y - road - 0.20).abs() - 0.018, (places.fraction(x * 1.5 + scenes.between("dash", 0, 1)) - 0.5).abs() - 0.28)
    yield Part("floor", dash, rgb(0.92, 0.90, 0.84), "stone", 0.0, ink=0.3, cast=0, cel=0)
    yield from places.tree(scenes, "street tree", x, y, scenes.between("street tree x", -0.9, 0.9), ground + 0.10, 0.8)
    lamp = x - scenes.between("lamp x", -0.9, 0.9)
    post = torch.minimum(limb(lamp, y - ground, (0.0, 0.12), (0.0, -0.85), 0.022, 0.014), limb(lamp, y - ground, (0.0, -0.85), (0.14, -0.90), 0.014, 0.012))
    yield Part("object", post, rgb(0.20, 0.24, 0.24), "gloss", 0.02, ink=0.6)
    yield Part("object", ellipse(lamp - 0.16, y - ground + 0.87, 0.06, 0.035), rgb(1.0, 0.92, 0.65), "flat", 0.03, ink=0.6, cel=0)
    yield from _car(scenes, x - scenes.between("car x", -0.6, 0.6), y - road - 0.16)


def _house(scenes: Scenes, name: str, u: Tensor, v: Tensor, wide: Tensor, tall: Tensor) -> Iterator[Part]:
    wall, trim = scenes.colour(name, HOUSES), scenes.colour(name + " trim", ((0.92, 0.90, 0.84), (0.35, 0.25, 0.20), (0.25, 0.35, 0.40)))
    brick = smoothstep(0.38, 0.46, (places.fraction(v * 14) - 0.5).abs()) * 0.6
    yield Part("wall", box(u, v + tall / 2, wide, tall / 2), blend(wall, wall * 0.8, brick), "stone", 0.0, ink=0.8, cast=0.2, cel=0)
    yield Part("wall", box(u, v + tall, wide + 0.03, 0.04, 0.01), trim, "stone", 0.03, ink=0.7, cast=0.3)
    pane_u, pane_v = (places.fraction(u / wide * 1.0 + 0.0) - 0.5) * wide, (places.fraction(v / 0.30) - 0.5) * 0.30
    room_ = torch.maximum(torch.maximum(u.abs() - wide * 0.96, v + 0.31), -tall + 0.10 - v)
    pane = torch.maximum(box(pane_u, pane_v, wide * 0.26, 0.085), room_)
    glass = blend(rgb(0.30, 0.42, 0.55), rgb(0.80, 0.90, 0.96), smoothstep(-0.08, 0.08, pane_u - pane_v))
    yield Part("wall", pane - 0.015, trim, "matte", 0.02, ink=0.5, cast=0.15, cel=0)
    yield Part("wall", pane, glass, "gloss", 0.0, ink=0.3, cast=0, cel=0)
    shop = box(u, v + 0.12, wide * 0.30, 0.13, 0.0)
    yield Part("wall", shop, scenes.colour(name + " door", places.BRIGHT) * 0.7, "wood", 0.02, ink=0.6, cast=0.2, cel=0)


def _car(scenes: Scenes, u: Tensor, v: Tensor) -> Iterator[Part]:
    has, paint = attributes(scenes)["feature"], scenes.colour("car", places.BRIGHT)
    body = smooth_min(box(u, v, 0.44, 0.09, 0.07), box(u + 0.03, v + 0.13, 0.25, 0.10, 0.08), 0.05)
    yield Part("floor", only(has, ellipse(u, v - 0.13, 0.48, 0.04)), rgb(0.04, 0.04, 0.06), "flat", 0.0, ink=0, cast=0, cel=0, alpha=0.5, soft=0.08,
               marks=False)
    yield Part("vehicle", only(has, body), paint, "gloss", 0.12)
    glass = torch.maximum(box(u + 0.03, v + 0.14, 0.21, 0.065, 0.05), 0.012 - (u + 0.03).abs())
    yield Part("vehicle", only(has, glass), rgb(0.55, 0.70, 0.80), "gloss", 0.0, ink=0.5, cast=0, cel=0)
    wheel, _ = mirrored(u, 0.26)
    yield Part("vehicle", only(has, ellipse(wheel, v - 0.09, 0.085, 0.085)), rgb(0.10, 0.10, 0.11), "matte", 0.03, ink=0.8)
    yield Part("vehicle", only(has, ellipse(wheel, v - 0.09, 0.040, 0.040)), rgb(0.72, 0.72, 0.74), "gloss", 0.02, ink=0.4, cast=0)
    yield Part("vehicle", only(has, ellipse(u.abs() - 0.42, v + 0.01, 0.028, 0.035)), rgb(1.0, 0.90, 0.60), "flat", 0.0, ink=0.4, cast=0, cel=0)


def _interior(scenes: Scenes, x: Tensor, y: Tensor) -> Iterator[Part | Defocus]:
    floor = scenes.between("floor", 0.28, 0.42)
    yield from places.room(scenes, x, y, floor)
    rug = ellipse(x - scenes.between("rug x", -0.2, 0.2), y - floor - 0.40, 0.70, 0.17)
    cloth = scenes.colour("rug", places.BRIGHT)
    ring = smoothstep(0.25, 0.32, (places.fraction(rug * 8) - 0.5).abs())
    yield Part("floor", rug, blend(cloth, cloth * 0.45 + 0.45, ring), "cloth", 0.0, ink=0.6, cast=0.1, cel=0)
    side = 2 * scenes.chance("sofa side", 0.5) - 1
    yield from _sofa(scenes, x - side * scenes.between("sofa x", 0.25, 0.45), y - floor - 0.20)
    lamp_u, lamp_v = x + side * scenes.between("lamp x", 0.55, 0.80), y - floor
    yield Part("object", limb(lamp_u, lamp_v, (0.0, 0.12), (0.0, -0.65), 0.018, 0.014), rgb(0.30, 0.24, 0.20), "gloss", 0.02, ink=0.6)
    shade = torch.maximum((lamp_v + 0.75).abs() - 0.11, lamp_u.abs() - 0.16 - (lamp_v + 0.75) * 0.5)
    yield Part("object", shade, rgb(0.98, 0.90, 0.70), "cloth", 0.12, ink=0.8, cel=0.6)
    plant_u, plant_v = x + side * scenes.between("plant x", 0.20, 0.45), y - floor - 0.10
    yield from places.prop(scenes, plant_u, plant_v, 0.0, 0.0, scenes.chance("pot", 0.7) * 4)


def _sofa(scenes: Scenes, u: Tensor, v: Tensor) -> Iterator[Part]:
    has, cloth = attributes(scenes)["feature"], scenes.colour("sofa", places.BRIGHT, 0.08)
    yield Part("object", only(has, box(u, v + 0.26, 0.50, 0.22, 0.12)), cloth * 0.88, "cloth", 0.14, cast=0.4)
    yield Part("object", only(has, box(u, v + 0.06, 0.48, 0.11, 0.05)), cloth, "cloth", 0.10, cast=0.3)
    yield Part("object", only(has, box(u.abs() - 0.22, v + 0.14, 0.21, 0.07, 0.06)), (cloth * 1.08).clamp(0, 1), "cloth", 0.08, ink=0.7)
    yield Part("object", only(has, box(u.abs() - 0.53, v + 0.12, 0.09, 0.18, 0.08)), cloth * 0.95, "cloth", 0.09)
