"""A standing or walking person, seen whole. Lengths in body units: the feet are at v = 0, the crown is near v = -1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from toonkit.world.palettes import CLOTH, HAIR, SKIN, TROUSERS
from toonkit.world.parts import DECAL, SHEET, Part, blend, either, mirrored, only, rgb, scaled
from toonkit.world.scene import Scenes
from toonkit.world.shapes import Number, box, curve, ellipse, limb, place, polygon, smooth_min, union


class Person:
    """The numbers and coordinates of a batch of persons who stand at (cx, cy); draws are named after `name`."""

    def __init__(
        self, name: str, scenes: Scenes, x: Tensor, y: Tensor, cx: Number, cy: Number, scale: Number, exaggerate: float
    ) -> None:
        self.name = name
        self.scenes = scenes
        self.scale = scale
        self.exaggerate = exaggerate
        side = 2 * scenes.chance(name + " side", 0.5) - 1
        self.u, self.v = (x - cx) / scale * side, (y - cy) / scale
        self.skin = scenes.colour(name + " skin", SKIN, 0.02)
        self.shirt = scenes.colour(name + " shirt", CLOTH)
        self.legs = scenes.colour(name + " legs", TROUSERS)
        self.hair = scenes.colour(name + " hair", tuple(HAIR.values()), 0.04)
        self.dress = scenes.chance(name + " dress", 0.4)
        self.walks = scenes.chance(name + " walks", 0.5)
        self.head = 0.105 * (1 + 0.30 * exaggerate)
        nod = scenes.between(name + " nod", -0.08, 0.08)
        a, b = place(self.u, self.v, 0.0, -0.855 - 0.03 * exaggerate, nod)
        self.a, self.b = a / self.head, b / self.head  # head units: the head's radius is 1

    def part(
        self, distance: Tensor, colour: Tensor, material: str, *, round: float = 0.06, ink: float = 0.75, **how: Any
    ) -> Part:
        """A part given in body units."""
        return scaled("person", distance, colour, self.scale, material=material, round=round, ink=ink, **how)


def person(someone: Person) -> Iterator[Part]:
    """All parts of one person, back to front."""
    yield from _legs(someone)
    yield from _trunk(someone)
    yield from _arms(someone)
    yield from _head(someone)


def _legs(someone: Person) -> Iterator[Part]:
    u, v = someone.u, someone.v
    mirror, _ = mirrored(u, 0.0)
    stand = limb(mirror, v, (0.055, -0.48), (0.065, -0.03), 0.058, 0.038)
    stride = union(
        limb(u, v, (0.02, -0.48), (0.15, -0.03), 0.058, 0.038), limb(u, v, (-0.02, -0.48), (-0.13, -0.05), 0.058, 0.038)
    )
    bare = blend(someone.legs, someone.skin, someone.dress)
    yield someone.part(either(someone.walks, [stand, stride]), bare, "cloth")
    still = ellipse(mirror - 0.085, v + 0.015, 0.060, 0.030)
    apart = union(ellipse(u - 0.18, v + 0.015, 0.060, 0.030), ellipse(u + 0.11, v + 0.03, 0.060, 0.030))
    yield someone.part(either(someone.walks, [still, apart]), rgb(0.22, 0.14, 0.10), "gloss")


def _trunk(someone: Person) -> Iterator[Part]:
    """Hair behind the neck, the neck, and a shirt that may widen to a dress."""
    u, v = someone.u, someone.v
    long = someone.scenes.chance(someone.name + " long hair", 0.5)
    behind = only(long, box(someone.a, someone.b - 0.25, 1.02, 1.25, 0.6))
    yield someone.part(behind * someone.head, someone.hair * 0.85, "hair")
    yield someone.part(limb(u, v, (0.0, -0.80), (0.0, -0.72), 0.042, 0.05), someone.skin * 0.9, "skin")
    trunk = smooth_min(limb(u, v, (0.0, -0.66), (0.0, -0.50), 0.115, 0.095), box(u, v + 0.66, 0.13, 0.05, 0.05), 0.05)
    skirt = polygon(u, v, [(-0.08, -0.56), (0.08, -0.56), (0.19, -0.26), (-0.19, -0.26)], 0.03)
    yield someone.part(smooth_min(trunk, only(someone.dress, skirt), 0.04), someone.shirt, "cloth", round=0.11)


def _arms(someone: Person) -> Iterator[Part]:
    u, v = someone.u, someone.v
    wave = someone.scenes.between(someone.name + " arm", -0.62, -0.30)
    hands = union(
        limb(u, v, (0.20, -0.53), (0.27, wave), 0.032, 0.030), limb(u, v, (-0.17, -0.48), (-0.16, -0.38), 0.030, 0.032)
    )
    arms = union(
        limb(u, v, (0.13, -0.67), (0.20, -0.53), 0.040, 0.034), limb(u, v, (-0.13, -0.67), (-0.17, -0.48), 0.040, 0.032)
    )
    yield someone.part(hands, someone.skin, "skin")
    yield someone.part(arms, someone.shirt * 0.95, "cloth")


def _head(someone: Person) -> Iterator[Part]:
    a, b = someone.a, someone.b
    head = someone.head
    yield someone.part(ellipse(a, b, 0.90, 1.0) * head, someone.skin, "skin", round=0.09)
    side, _ = mirrored(a, 0.34)
    if someone.exaggerate:
        yield someone.part(ellipse(side, b - 0.02, 0.24, 0.30) * head, rgb(1, 1, 1), "matte", ink=0.5, **SHEET)
    large = 1 + 0.8 * someone.exaggerate
    pupil = ellipse(side, b - 0.02, 0.085 * large, 0.10 * large)
    yield someone.part(pupil * head, rgb(0.08, 0.06, 0.06), "flat", **DECAL)
    smile = curve(a, b - 0.45, 0.30, someone.scenes.between(someone.name + " smile", -0.05, 0.16), 0.05, 0.4)
    yield someone.part(smile * head, rgb(0.60, 0.20, 0.20), "flat", **DECAL)
    cap = torch.maximum(ellipse(a, b + 0.12, 1.02, 1.04), b + 0.42 - 0.45 * a * a)
    yield someone.part(cap * head, someone.hair, "hair", uv=(a * 0.3, b * 0.2))
