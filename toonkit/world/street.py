"""A street: houses, pavement, road, a tree, a lamp post and perhaps a car."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import places
from toonkit.world.palettes import BRIGHT, HOUSES, PAVEMENT, TRIM
from toonkit.world.parts import DECAL, SHEET, Defocus, Part, blend, mirrored, only, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import box, ellipse, fraction, intersection, limb, smooth_min, smoothstep, stripes, union


def street(scenes: Scenes, x: Tensor, y: Tensor, car: Tensor) -> Iterator[Part | Defocus]:
    """All parts of the street, back to front; `car` (N, 1, 1) is 1 where one is parked."""
    yield from places.sky(scenes, x, y)
    ground = scenes.between("kerb", 0.30, 0.42)
    left = scenes.between("houses left", -1.25, -1.0)
    for number in range(4):
        yield from _house(scenes, f"house {number}", x - left - 0.30 - 0.60 * number, y - ground)
    yield Defocus(scenes.between("street defocus", 0.05, 0.40))
    road = ground + 0.16
    yield from _ground(scenes, x, y, ground, road)
    tree_x = scenes.between("street tree x", -0.9, 0.9)
    yield from places.tree(scenes, "street tree", x, y, tree_x, ground + 0.10, 0.8)
    yield from _lamp(x - scenes.between("lamp x", -0.9, 0.9), y - ground)
    yield from _car(scenes, car, x - scenes.between("car x", -0.6, 0.6), y - road - 0.16)


def _ground(scenes: Scenes, x: Tensor, y: Tensor, ground: Tensor, road: Tensor) -> Iterator[Part]:
    stone = scenes.colour("pavement", PAVEMENT)
    seam = smoothstep(0.44, 0.49, stripes(x / (y - ground + 0.9) * 2.2))
    yield Part("floor", ground - y, blend(stone, stone * 0.8, seam), "stone", ink=0.7, **SHEET)
    yield Part("floor", road - y, rgb(0.33, 0.33, 0.36), "stone", ink=0.8, **SHEET)
    gap = stripes(x * 1.5 + scenes.between("dash", 0, 1)) - 0.28
    dashes = torch.maximum((y - road - 0.20).abs() - 0.018, gap)
    yield Part("floor", dashes, rgb(0.92, 0.90, 0.84), "stone", ink=0.3, **SHEET)


def _house(scenes: Scenes, name: str, u: Tensor, v: Tensor) -> Iterator[Part]:
    """A front with rows of windows, a cornice and a door; u from its middle, v from the ground."""
    wide, tall = 0.28 + scenes.between(name + " w", 0.0, 0.03), scenes.between(name + " h", 0.75, 1.25)
    wall = scenes.colour(name, HOUSES)
    trim = scenes.colour(name + " trim", TRIM)
    brick = blend(wall, wall * 0.8, smoothstep(0.38, 0.46, stripes(v * 14)) * 0.6)
    yield Part("wall", box(u, v + tall / 2, wide, tall / 2), brick, "stone", 0.0, ink=0.8, cast=0.2, cel=0)
    yield Part("wall", box(u, v + tall, wide + 0.03, 0.04, 0.01), trim, "stone", 0.03, ink=0.7, cast=0.3)
    pane_u, pane_v = (fraction(u / wide) - 0.5) * wide, (fraction(v / 0.30) - 0.5) * 0.30
    storeys = intersection(u.abs() - wide * 0.96, v + 0.31, -tall + 0.10 - v)
    pane = torch.maximum(box(pane_u, pane_v, wide * 0.26, 0.085), storeys)
    glass = blend(rgb(0.30, 0.42, 0.55), rgb(0.80, 0.90, 0.96), smoothstep(-0.08, 0.08, pane_u - pane_v))
    yield Part("wall", pane - 0.015, trim, "matte", 0.02, ink=0.5, cast=0.15, cel=0)
    yield Part("wall", pane, glass, "gloss", ink=0.3, **SHEET)
    door = box(u, v + 0.12, wide * 0.30, 0.13)
    paint = scenes.colour(name + " door", BRIGHT)
    yield Part("wall", door, paint * 0.7, "wood", 0.02, ink=0.6, cast=0.2, cel=0)


def _lamp(u: Tensor, v: Tensor) -> Iterator[Part]:
    post = union(
        limb(u, v, (0.0, 0.12), (0.0, -0.85), 0.022, 0.014), limb(u, v, (0.0, -0.85), (0.14, -0.90), 0.014, 0.012)
    )
    yield Part("object", post, rgb(0.20, 0.24, 0.24), "gloss", 0.02, ink=0.6)
    yield Part("object", ellipse(u - 0.16, v + 0.87, 0.06, 0.035), rgb(1.0, 0.92, 0.65), "flat", 0.03, ink=0.6, cel=0)


def _car(scenes: Scenes, has: Tensor, u: Tensor, v: Tensor) -> Iterator[Part]:
    body = smooth_min(box(u, v, 0.44, 0.09, 0.07), box(u + 0.03, v + 0.13, 0.25, 0.10, 0.08), 0.05)
    glass = torch.maximum(box(u + 0.03, v + 0.14, 0.21, 0.065, 0.05), 0.012 - (u + 0.03).abs())
    wheel, _ = mirrored(u, 0.26)
    tyre, rim = (only(has, ellipse(wheel, v - 0.09, radius, radius)) for radius in (0.085, 0.040))
    lights = ellipse(u.abs() - 0.42, v + 0.01, 0.028, 0.035)
    shade = {"alpha": 0.5, "soft": 0.08, "marks": False}
    yield Part("floor", only(has, ellipse(u, v - 0.13, 0.48, 0.04)), rgb(0.04, 0.04, 0.06), "flat", **shade, **DECAL)
    yield Part("vehicle", only(has, body), scenes.colour("car", BRIGHT), "gloss", 0.12)
    yield Part("vehicle", only(has, glass), rgb(0.55, 0.70, 0.80), "gloss", ink=0.5, **SHEET)
    yield Part("vehicle", tyre, rgb(0.10, 0.10, 0.11), "matte", 0.03, ink=0.8)
    yield Part("vehicle", rim, rgb(0.72, 0.72, 0.74), "gloss", 0.02, ink=0.4, cast=0)
    yield Part("vehicle", only(has, lights), rgb(1.0, 0.90, 0.60), "flat", ink=0.4, **SHEET)
