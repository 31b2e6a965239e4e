"""A head and shoulders before a backdrop. Lengths inside a head are in head units (chin to crown about 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.palettes import CLOTH, HAIR, LAMPS, SKIN, WALL
from toonkit.world.parts import DECAL, Defocus, Part, blend, everywhere, mirrored, only, rgb, scaled
from toonkit.world.scene import Scenes
from toonkit.world.shapes import Number, box, curve, ellipse, limb, place, smooth_min, smoothstep, stripes, union


class Face:
    """The numbers of a batch of heads, and the head's own coordinates u (right), v (down) on the pixel grid."""

    def __init__(self, scenes: Scenes, traits: dict[str, Tensor], x: Tensor, y: Tensor, exaggerate: float) -> None:
        self.scenes = scenes
        self.traits = traits
        self.x, self.y = x, y
        self.exaggerate = exaggerate
        self.child = (traits["age"] == 0).float()
        self.elder = (traits["age"] == 2).float()
        self.size = scenes.between("head size", 0.50, 0.58) * (1 + 0.07 * exaggerate) * (1 - 0.06 * self.child)
        self.cx = scenes.between("head x", -0.08, 0.08)
        self.cy = scenes.between("head y", -0.14, -0.06) + 0.10 * self.child
        u, v = place(x, y, self.cx, self.cy + 0.5, scenes.between("tilt", -0.09, 0.09))
        self.u, self.v = u / self.size, (v + 0.5) / self.size
        self.skin = scenes.colour("skin", SKIN, 0.02)
        self.hair = _hair_colour(scenes, traits["hair_colour"])
        self.turn = scenes.between("turn", -1.0, 1.0)
        self.centre = self.turn * 0.15  # the features slide as the head turns
        self.eye_v = 0.04 + 0.12 * self.child
        self.head = self._outline()

    def _outline(self) -> Tensor:
        """Distance to the head without ears, in head units."""
        jaw = self.scenes.between("jaw", 0.50, 0.64) + 0.06 * self.child
        chin = self.scenes.between("chin", 0.92, 1.04) - 0.12 * self.child
        cranium = ellipse(self.u, self.v + 0.20, self.scenes.between("wide", 0.70, 0.78), 0.80)
        return smooth_min(cranium, ellipse(self.u - self.turn * 0.05, self.v - chin + 0.62, jaw, 0.62), 0.30)

    def part(self, kind: str, distance: Tensor, colour: Tensor, material: str, *, round: Number, **how: Any) -> Part:
        """A part given in head units."""
        return scaled(kind, distance, colour, self.size, material=material, round=round, **how)


def _hair_colour(scenes: Scenes, number: Tensor) -> Tensor:
    light = scenes.between("hair light", -0.04, 0.06).unsqueeze(1)
    palette = torch.tensor(list(HAIR.values()), device=number.device)
    return (palette[number.view(-1).long()].view(-1, 3, 1, 1) + light).clamp(0, 1)


def backdrop(face: Face) -> Iterator[Part | Defocus]:
    """A wall, a hill, and lamps out of focus, which a cartoon leaves out."""
    scenes = face.scenes
    x, y = face.x, face.y
    wall = scenes.colour("wall", WALL)
    other = scenes.colour("wall other", WALL)
    level = scenes.between("horizon", -0.2, 0.6)
    hill = 0.22 * (noise.sample_smooth("cloud", x * 0.12 + scenes.between("hill", 0, 1), x * 0) - 0.5) * 2
    yield Part("background", everywhere(x), blend(wall, wall * 0.72, smoothstep(-1, 1, y)), **DECAL)
    green = blend(other, other * 0.8, smoothstep(-0.2, 1, y))
    yield Part("background", level + hill - y, green, "leaf", 0.3, ink=0.5, cast=0.2, cel=0)
    for number in range(0 if face.exaggerate else 7):
        name = f"bokeh {number}"
        px, py = scenes.between(name + " x", -1, 1), scenes.between(name + " y", -1, 0.5)
        radius = scenes.between(name + " r", 0.06, 0.20)
        alpha = scenes.between(name + " a", 0.15, 0.55)
        disc = ellipse(x - px, y - py, radius, radius)
        colour = wall * 0.45 + 0.55 * scenes.colour(name, LAMPS)
        yield Part("background", disc, colour, "flat", alpha=alpha, soft=0.02, **DECAL)
    yield Defocus(scenes.between("defocus", 0.45, 1.0))


def body(face: Face) -> Iterator[Part]:
    """Shoulders in a shirt, the neck and the collar, in scene units."""
    scenes = face.scenes
    x, y = face.x, face.y
    child = face.child
    wide = (0.62 - 0.12 * child) * scenes.between("shoulders", 0.92, 1.12)
    top = face.cy + face.size * (1.15 - 0.08 * child)
    px = x - face.cx * 0.6
    throat = limb(px, y - top, (0.0, 0.0), (0.0, 0.4), 0.24, 0.32)
    trunk = smooth_min(box(px, y - top - 0.62, wide, 0.55, 0.26), throat, 0.16)
    r0, r1 = 0.20 - 0.05 * child - 0.02 * face.exaggerate, 0.24 - 0.05 * child
    neck = limb(px, y - face.cy, (face.cx * 0.4, 0.1), (0.0, 0.62), r0, r1)
    opening = ellipse(px, y - top - 0.02, 0.24, scenes.between("neckline", 0.10, 0.26))
    collar = torch.maximum((opening.abs() - 0.028).clamp(min=-0.028), top - 0.06 - y)
    shirt = scenes.colour("shirt", CLOTH)
    striped = smoothstep(0.0, 0.2, stripes(y * 7 + px * px * 2) - 0.2) * scenes.chance("striped", 0.35)
    yield Part("clothes", trunk, blend(shirt, shirt * 0.25 + 0.7, striped), "cloth", 0.30, cast=0.4)
    yield Part("skin", union(neck, opening), face.skin * 0.93, "skin", 0.2, cast=0.2)
    yield Part("clothes", collar, shirt * 0.82, "cloth", 0.03, ink=0.7, cast=0.15)


def head(face: Face) -> Iterator[Part]:
    """Ears and the bare head."""
    u, v = face.u, face.v
    skin = face.skin
    ear, _ = mirrored(u, 0.70, face.turn * 0.06)
    down = v - face.eye_v - 0.14
    ears = ellipse(ear, down, 0.15 + 0.02 * face.exaggerate, 0.22)
    hollow = ellipse(ear - 0.01, down, 0.07, 0.12)
    yield face.part("skin", ears, skin * 0.96, "skin", round=0.12, cast=0.15)
    yield face.part("skin", hollow, skin * 0.72, "skin", round=0.0, ink=0.4, alpha=0.8, cast=0, soft=0.04)
    yield face.part("skin", face.head, skin, "skin", round=0.62, cast=0.55)
    yield from _cheeks(face)


def _cheeks(face: Face) -> Iterator[Part]:
    """Blush; creases and a wrinkled forehead in the old."""
    u, v = face.u, face.v
    skin = face.skin
    cheek, _ = mirrored(u, 0.40, face.centre)
    blush = blend(skin, rgb(0.92, 0.36, 0.30), torch.full_like(u, 0.5))
    rosy = face.scenes.between("blush", 0.12, 0.34) * (1 + 0.4 * face.exaggerate)
    yield face.part("skin", ellipse(cheek, v - 0.44, 0.16, 0.11), blush, "skin", alpha=rosy, soft=0.20, **DECAL)
    crease = only(face.elder, curve(cheek + 0.08, v - 0.58, 0.12, -0.05, 0.022))
    yield face.part("skin", crease, skin * 0.62, "matte", alpha=0.6, soft=0.03, **DECAL)
    for level in (-0.42, -0.55):
        wrinkle = only(face.elder, curve(u - face.centre, v - level, 0.34, -0.05, 0.018, 0.5))
        yield face.part("skin", wrinkle, skin * 0.66, "matte", alpha=0.55, soft=0.02, **DECAL)
