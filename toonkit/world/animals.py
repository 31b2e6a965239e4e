"""A cat or a mouse, in one of three poses. Lengths in body units: the feet stand at v = 0, the head's centre is near v = -0.75."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.parts import Part, blend, either, mirrored, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import Number, curve, ellipse, limb, place, polygon, smooth_min, smoothstep

POSES = ("sit", "stand", "walk")


@dataclass(frozen=True)
class Species:
    """What tells a cat from a mouse."""

    name: str
    coats: tuple[tuple[float, float, float], ...]
    head: float  # radius of the head
    fat: float  # width of the trunk
    limb: float  # width of the limbs
    tail: float  # width of the tail
    pink: bool  # bare ears, feet and tail


CAT = Species("cat", ((0.50, 0.54, 0.60), (0.87, 0.52, 0.20), (0.17, 0.17, 0.19), (0.86, 0.78, 0.64), (0.48, 0.36, 0.24)),
              0.260, 1.0, 1.0, 0.046, False)
MOUSE = Species("mouse", ((0.62, 0.40, 0.22), (0.58, 0.57, 0.57), (0.90, 0.88, 0.86), (0.45, 0.30, 0.22)), 0.250, 1.12, 0.70, 0.017, True)
COATS = {"cat": ("grey", "ginger", "black", "cream", "brown"), "mouse": ("brown", "grey", "white", "dark")}


class Animal:
    """The numbers and coordinates of a batch of one species; draws are named after the species."""

    def __init__(self, species: Species, scenes: Scenes, x: Tensor, y: Tensor, cx: Number, cy: Number, scale: Number, exaggerate: float) -> None:
        self.species, self.scenes, self.much, self.scale = species, scenes, exaggerate, scale
        name = species.name
        self.pose = scenes.pick(f"{name} pose", [1, 1, 1])
        self.side = 2 * scenes.chance(f"{name} side", 0.5) - 1
        self.u, self.v = (x - cx) / scale * self.side, (y - cy) / scale
        self.coat = scenes.colour(f"{name} coat", species.coats, 0.04)
        self.pale = blend(self.coat, rgb(0.97, 0.94, 0.90).to(x.device), self.u[:, :1, :1] * 0 + 0.72)
        self.pink = rgb(0.93, 0.66, 0.62).to(x.device)
        self.head = species.head * (1 + 0.20 * exaggerate)
        at = [(0.0, -0.72), (0.0, -0.76), (0.31, -0.56)]
        lift = 0.05 * exaggerate
        self.hu = either(self.pose, [torch.full_like(self.pose, u) for u, _ in at])
        self.hv = either(self.pose, [torch.full_like(self.pose, v - lift) for _, v in at])
        a, b = place(self.u, self.v, self.hu, self.hv, scenes.between(f"{name} nod", -0.10, 0.10))
        self.a, self.b = a / self.head, b / self.head  # head units: the head's radius is 1

    def part(self, distance: Tensor, colour: Tensor, **how: object) -> Part:
        """A part given in body units."""
        how.setdefault("material", "fur")
        how.setdefault("uv", (self.u * 1.2, self.v))
        how["round"] = how.get("round", 0.1) * self.scale
        return Part(self.species.name, distance * self.scale, colour, **how)

    def face(self, distance: Tensor, colour: Tensor, **how: object) -> Part:
        """A part given in head units."""
        how["round"] = how.get("round", 0.1) * self.head
        return self.part(distance * self.head, colour, **how)

    def striped(self, colour: Tensor) -> Tensor:
        """The coat with the stripes of a tabby, for those cats that have them."""
        has = self.scenes.chance(f"{self.species.name} tabby", 0.5 if self.species is CAT else 0.0)
        wave = noise.sample("cloud", self.u * 0.3, self.v * 0.3) * 0.35
        phase = self.v * 7 + wave * 4 + self.u.abs() * 1.5
        band = smoothstep(0.28, 0.40, (phase - phase.floor() - 0.5).abs())
        return blend(colour, colour * 0.55, band * has)


def animal(creature: Animal) -> Iterator[Part]:
    """All parts of one animal, back to front."""
    yield from _tail(creature)
    yield from _body(creature)
    yield from _ears(creature)
    yield from _head(creature)
    yield from _eyes(creature)
    yield from _muzzle(creature)


def _chain(u: Tensor, v: Tensor, points: list[tuple[float, float]], width: float, tip: float) -> Tensor:
    """A bent limb near several points; two rounds of corner cutting (Chaikin, 1974) make it smooth."""
    for _ in range(2):
        cut = [points[0]]
        for (x0, y0), (x1, y1) in pairwise(points):
            cut += [(0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1), (0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1)]
        points = [*cut, points[-1]]
    steps = len(points) - 1
    radii = [width + (tip - width) * k / steps for k in range(steps + 1)]
    out = None
    for k in range(steps):
        piece = limb(u, v, points[k], points[k + 1], radii[k], radii[k + 1])
        out = piece if out is None else torch.minimum(out, piece)
    return out


def _tail(self: Animal) -> Iterator[Part]:
    u, v, width = self.u, self.v, self.species.tail
    long = 1.25 if self.species.pink else 1.0
    sit = _chain(u, v, [(-0.15, -0.08), (-0.38 * long, -0.05), (-0.50 * long, -0.16), (-0.47 * long, -0.36)], width, width * 0.7)
    stand = _chain(u, v, [(-0.10, -0.22), (-0.32, -0.12), (-0.46 * long, -0.26), (-0.42 * long, -0.52)], width, width * 0.7)
    walk = _chain(u, v, [(-0.33, -0.36), (-0.52, -0.48), (-0.55 * long, -0.70), (-0.44 * long, -0.88)], width, width * 0.7)
    colour = self.pink if self.species.pink else self.striped(self.coat)
    yield self.part(either(self.pose, [sit, stand, walk]), colour, material="skin" if self.species.pink else "fur", round=0.04)


def _body(self: Animal) -> Iterator[Part]:
    u, v, fat, thin = self.u, self.v, self.species.fat, self.species.limb
    mirror, _ = mirrored(u, 0.0)
    sit = smooth_min(limb(u, v, (0.0, -0.52), (0.0, -0.22), 0.12 * fat, 0.21 * fat), ellipse(mirror - 0.17, v + 0.13, 0.15 * fat, 0.14), 0.08)
    stand = limb(u, v, (0.0, -0.54), (0.0, -0.30), 0.115 * fat, 0.17 * fat)
    walk = smooth_min(limb(u, v, (-0.24, -0.35), (0.18, -0.36), 0.17 * fat, 0.15 * fat), limb(u, v, (0.16, -0.36), (0.28, -0.52), 0.11, 0.10), 0.1)
    far = limb(u, v, (-0.16, -0.26), (-0.22, -0.03), 0.065 * thin, 0.045 * thin)
    far = torch.minimum(far, limb(u, v, (0.24, -0.28), (0.30, -0.03), 0.060 * thin, 0.045 * thin))
    none = v * 0 + 20
    foot = self.pink if self.species.pink else self.pale
    yield self.part(either(self.pose, [none, none, far]), self.coat * 0.82, round=0.06)
    legs = limb(mirror, v, (0.09, -0.26), (0.11, -0.03), 0.080 * thin, 0.060 * thin)
    yield self.part(either(self.pose, [none, legs, none]), self.coat * 0.95, round=0.07)
    shape = either(self.pose, [sit, stand, walk])
    yield self.part(shape, self.striped(self.coat), round=0.16, cast=0.5)
    chest = either(self.pose, [ellipse(u, v + 0.36, 0.11 * fat, 0.20), ellipse(u, v + 0.38, 0.11 * fat, 0.19), ellipse(u - 0.02, v + 0.25, 0.26, 0.07)])
    yield self.part(torch.maximum(chest, shape + 0.01), self.pale, round=0.2, ink=0, cast=0, soft=0.03, cel=0.6)
    yield from _limbs(self, mirror, thin, foot, none)


def _limbs(self: Animal, mirror: Tensor, thin: float, foot: Tensor, none: Tensor) -> Iterator[Part]:
    u, v = self.u, self.v
    front = limb(mirror, v, (0.075, -0.40), (0.085, -0.05), 0.058 * thin, 0.048 * thin)
    wave = self.scenes.between(f"{self.species.name} wave", -0.30, 0.20)
    arm = torch.minimum(limb(mirror, v, (0.10, -0.52), (0.25, -0.44), 0.055 * thin, 0.045 * thin),
                        limb(u, v, (0.25, -0.44), (0.30, wave - 0.44), 0.045 * thin, 0.050 * thin))
    arm = torch.minimum(arm, limb(u, v, (-0.25, -0.44), (-0.20, -0.30), 0.045 * thin, 0.050 * thin))
    near = torch.minimum(limb(u, v, (-0.28, -0.30), (-0.32, -0.03), 0.075 * thin, 0.048 * thin),
                         limb(u, v, (0.14, -0.30), (0.12, -0.03), 0.066 * thin, 0.048 * thin))
    yield self.part(either(self.pose, [front, arm, near]), self.striped(self.coat), round=0.07, cast=0.25)
    paws = torch.minimum(ellipse(mirror - 0.095, v + 0.035, 0.070, 0.042), ellipse(mirror - 0.25, v + 0.035, 0.095, 0.042))
    hands = torch.minimum(ellipse(u - 0.31, v + 0.45 - wave, 0.055, 0.055), ellipse(u + 0.19, v + 0.28, 0.052, 0.052))
    shoes = torch.minimum(ellipse(mirror - 0.14, v + 0.035, 0.105, 0.045), hands)
    steps = [ellipse(u - at, v + 0.03, 0.070, 0.036) for at in (-0.31, 0.14, -0.20, 0.32)]
    walking = torch.minimum(torch.minimum(steps[0], steps[1]), torch.minimum(steps[2], steps[3]))
    yield self.part(either(self.pose, [paws, shoes, walking]), foot, material="skin" if self.species.pink else "fur", round=0.05, cast=0.3)


def _ears(self: Animal) -> Iterator[Part]:
    side, _ = mirrored(self.a, 0.0)
    if self.species is CAT:
        outer = polygon(side, self.b, [(0.16, -0.66), (0.74, -1.52), (0.99, -0.30)], 0.12)
        inner = polygon(side, self.b, [(0.36, -0.72), (0.70, -1.26), (0.86, -0.52)], 0.10)
        yield self.face(outer, self.coat * 0.92, round=0.35)
        yield self.face(inner, self.pink * 0.88, material="skin", round=0.0, ink=0.0, cast=0, soft=0.02, cel=0)
        return
    size = 0.62 * (1 + 0.12 * self.much)
    outer, inner = ellipse(side - 0.86, self.b + 0.74, size, size * 1.02), ellipse(side - 0.86, self.b + 0.70, size * 0.74, size * 0.76)
    yield self.face(outer, self.coat * 0.95, round=0.30)
    yield self.face(inner, self.pink, material="skin", round=0.5, ink=0.4, cast=0, cel=0.6)


def _head(self: Animal) -> Iterator[Part]:
    a, b = self.a, self.b
    side, _ = mirrored(a, 0.0)
    if self.species is CAT:
        cheek = polygon(side, b, [(0.30, -0.10), (1.16, 0.34), (0.40, 0.72)], 0.25)
        skull = smooth_min(ellipse(a, b, 0.98, 0.82), cheek, 0.25)
    else:
        skull = smooth_min(ellipse(a, b + 0.06, 0.82, 0.76), ellipse(a, b - 0.42, 0.46, 0.40), 0.30)
    yield self.face(skull, self.coat, round=0.75, cast=0.45, uv=(a * 0.4 + b * side * 0.15, b * 0.35))
    if self.species is CAT:
        mark = torch.minimum(limb(a, b, (0.0, -0.78), (0.0, -0.48), 0.06, 0.02), limb(side, b, (0.24, -0.74), (0.18, -0.50), 0.05, 0.02))
        has = self.scenes.chance("cat tabby", 0.5)
        yield self.face(mark + (1 - has) * 20, self.coat * 0.5, round=0.0, ink=0, cast=0, cel=0, soft=0.03)


def _eyes(self: Animal) -> Iterator[Part]:
    much, cat = self.much, self.species is CAT
    side, sign = mirrored(self.a, 0.40 if cat else 0.34)
    down = self.b + (0.12 if cat else 0.16)
    half, tall = ((0.24, 0.21) if cat else (0.155, 0.175))
    half, tall = half * (1 + 0.15 * much), tall * (1 + (0.60 if cat else 0.85) * much)
    white = ellipse(side, down + 0.05 * much, half, tall)
    green = self.scenes.colour("cat eyes", ((0.72, 0.74, 0.20), (0.40, 0.70, 0.30), (0.85, 0.60, 0.15), (0.45, 0.68, 0.85)))
    dark = rgb(0.03, 0.03, 0.04).to(self.a.device)
    sclera = rgb(0.97, 0.97, 0.93).to(self.a.device)
    base = blend(green, sclera, self.a[:, :1, :1] * 0 + 0.75 * min(much, 1.0)) if cat else (sclera if much else dark)
    yield self.face(white, base, material="wet", round=0.25, ink=0.7, cast=0.2, cel=0)
    gaze = self.scenes.between(f"{self.species.name} gaze", -0.05, 0.05)
    px = side * sign - gaze
    slit = 0.42 if cat and not much else 0.62
    pupil = torch.maximum(ellipse(px, down - 0.02, tall * slit * (0.55 if cat else 0.75), tall * (0.9 if cat and not much else 0.62)), white)
    yield self.face(pupil, dark, material="wet", round=0.0, ink=0, cast=0, cel=0)
    glint = ellipse(px + 0.06, down + 0.07, 0.05 + 0.02 * much, 0.05 + 0.02 * much)
    yield self.face(glint, rgb(1, 1, 1).to(self.a.device), material="flat", round=0.0, ink=0, cast=0, cel=0)


def _muzzle(self: Animal) -> Iterator[Part]:
    a, b, cat = self.a, self.b, self.species is CAT
    side, _ = mirrored(a, 0.0)
    drop, wide = (0.36, 0.25) if cat else (0.44, 0.17)
    pads = smooth_min(ellipse(side - wide * 0.8, b - drop, wide * 1.15, wide * 0.85), ellipse(a, b - drop - 0.18, wide, wide * 0.6), 0.08)
    yield self.face(pads, self.pale, round=0.25, ink=0.35, cast=0.15, cel=0.5)
    smile = self.scenes.between(f"{self.species.name} smile", -0.05, 0.10)
    lip = curve(side - wide * 0.62, b - drop - 0.12, wide * 0.62, smile + 0.03, 0.022, 0.3)
    yield self.face(lip, self.coat * 0.30, material="flat", round=0.0, ink=0, cast=0, cel=0, soft=0.01)
    if not cat:
        yield self.face(polygon(a, b, [(-0.10, drop + 0.16), (0.10, drop + 0.16), (0.08, drop + 0.34), (-0.08, drop + 0.34)], 0.03),
                        rgb(0.98, 0.97, 0.92).to(a.device), material="wet", round=0.0, ink=0.45, cast=0, cel=0)
    nose = polygon(a, b, [(-0.13, drop - 0.22), (0.13, drop - 0.22), (0.0, drop - 0.05)], 0.06) if cat else ellipse(a, b - drop + 0.16, 0.13, 0.11)
    yield self.face(nose, rgb(0.86, 0.44, 0.44).to(a.device), material="wet", round=0.08, ink=0.6, cast=0.1, cel=0)
    hairs = None
    for lean in (-0.10, 0.02, 0.14):
        hair = limb(side, b, (wide * 1.2, drop + lean * 0.4), (wide * 1.2 + (0.95 if cat else 0.60), drop - 0.10 + lean * 2.2), 0.016, 0.006)
        hairs = hair if hairs is None else torch.minimum(hairs, hair)
    yield self.face(hairs, blend(self.coat, rgb(1, 1, 1).to(a.device), a[:, :1, :1] * 0 + 0.75) if not self.much else self.coat * 0.25,
                    material="flat", round=0.0, ink=0, cast=0, cel=0, alpha=0.8, marks=False)
