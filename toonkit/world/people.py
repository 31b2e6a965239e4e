"""A standing or walking person, seen whole. Lengths in body units: the feet stand at v = 0, the crown is near v = -1."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world.faces import CLOTH, HAIR, SKIN
from toonkit.world.parts import Part, blend, either, mirrored, only, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import Number, box, curve, ellipse, limb, place, polygon, smooth_min


class Person:
    """The numbers and coordinates of a batch of persons; draws are named after `name`."""

    def __init__(self, name: str, scenes: Scenes, x: Tensor, y: Tensor, cx: Number, cy: Number, scale: Number, exaggerate: float) -> None:
        self.name, self.scenes, self.scale, self.much = name, scenes, scale, exaggerate
        side = 2 * scenes.chance(name + " side", 0.5) - 1
        self.u, self.v = (x - cx) / scale * side, (y - cy) / scale
        self.skin, self.shirt = scenes.colour(name + " skin", SKIN, 0.02), scenes.colour(name + " shirt", CLOTH)
        self.legs = scenes.colour(name + " legs", ((0.18, 0.22, 0.36), (0.30, 0.25, 0.20), (0.15, 0.15, 0.17), (0.55, 0.50, 0.42)))
        self.hair = scenes.colour(name + " hair", tuple(HAIR.values()), 0.04)
        self.dress = scenes.chance(name + " dress", 0.4)
        self.walks = scenes.chance(name + " walks", 0.5)
        self.head = 0.105 * (1 + 0.30 * exaggerate)
        a, b = place(self.u, self.v, 0.0, -0.855 - 0.03 * exaggerate, scenes.between(name + " nod", -0.08, 0.08))
        self.a, self.b = a / self.head, b / self.head  # head units: the head's radius is 1

    def part(self, distance: Tensor, colour: Tensor, **how: object) -> Part:
        """A part given in body units."""
        how["round"] = how.get("round", 0.06) * self.scale
        how.setdefault("ink", 0.75)
        return Part("person", distance * self.scale, colour, **how)


def person(self: Person) -> Iterator[Part]:
    """All parts of one person, back to front."""
    u, v = self.u, self.v
    mirror, _ = mirrored(u, 0.0)
    stand = limb(mirror, v, (0.055, -0.48), (0.065, -0.03), 0.058, 0.038)
    stride = torch.minimum(limb(u, v, (0.02, -0.48), (0.15, -0.03), 0.058, 0.038), limb(u, v, (-0.02, -0.48), (-0.13, -0.05), 0.058, 0.038))
    bare = blend(self.legs, self.skin, self.dress + 0 * v[:, :1, :1])
    yield self.part(either(self.walks, [stand, stride]), bare, material="cloth")
    shoe = either(self.walks, [ellipse(mirror - 0.085, v + 0.015, 0.060, 0.030),
                               torch.minimum(ellipse(u - 0.18, v + 0.015, 0.060, 0.030), ellipse(u + 0.11, v + 0.03, 0.060, 0.030))])
    yield self.part(shoe, rgb(0.22, 0.14, 0.10).to(u.device), material="gloss")
    trunk = smooth_min(limb(u, v, (0.0, -0.66), (0.0, -0.50), 0.115, 0.095), box(u, v + 0.66, 0.13, 0.05, 0.05), 0.05)
    skirt = only(self.dress, polygon(u, v, [(-0.08, -0.56), (0.08, -0.56), (0.19, -0.26), (-0.19, -0.26)], 0.03))
    long = self.scenes.chance(self.name + " long hair", 0.5)
    yield self.part(only(long, box(self.a, self.b - 0.25, 1.02, 1.25, 0.6)) * self.head, self.hair * 0.85, material="hair")
    yield self.part(limb(u, v, (0.0, -0.80), (0.0, -0.72), 0.042, 0.05), self.skin * 0.9, material="skin")
    yield self.part(smooth_min(trunk, skirt, 0.04), self.shirt, material="cloth", round=0.11)
    wave = self.scenes.between(self.name + " arm", -0.62, -0.30)
    arms = torch.minimum(limb(u, v, (0.13, -0.67), (0.20, -0.53), 0.040, 0.034), limb(u, v, (-0.13, -0.67), (-0.17, -0.48), 0.040, 0.032))
    hands = torch.minimum(limb(u, v, (0.20, -0.53), (0.27, wave), 0.032, 0.030), limb(u, v, (-0.17, -0.48), (-0.16, -0.38), 0.030, 0.032))
    yield self.part(hands, self.skin, material="skin")
    yield self.part(arms, self.shirt * 0.95, material="cloth")
    yield from _head(self)


def _head(self: Person) -> Iterator[Part]:
    a, b, flat = self.a, self.b, {"material": "flat", "round": 0.0, "ink": 0, "cast": 0, "cel": 0}
    yield self.part(ellipse(a, b, 0.90, 1.0) * self.head, self.skin, material="skin", round=0.09)
    side, _ = mirrored(a, 0.34)
    large = 1 + 0.8 * self.much
    if self.much:
        yield self.part(ellipse(side, b - 0.02, 0.24, 0.30) * self.head, rgb(1, 1, 1).to(a.device), ink=0.5, cel=0, cast=0, round=0.0)
    yield self.part(ellipse(side, b - 0.02, 0.085 * large, 0.10 * large) * self.head, rgb(0.08, 0.06, 0.06).to(a.device), **flat)
    smile = self.scenes.between(self.name + " smile", -0.05, 0.16)
    yield self.part(curve(a, b - 0.45, 0.30, smile, 0.05, 0.4) * self.head, rgb(0.60, 0.20, 0.20).to(a.device), **flat)
    cap = torch.maximum(ellipse(a, b + 0.12, 1.02, 1.04), b + 0.42 - 0.45 * a * a)
    yield self.part(cap * self.head, self.hair, material="hair", uv=(a * 0.3, b * 0.2))
