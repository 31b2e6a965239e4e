"""The head of a cat or a mouse, in head units: the head's radius is 1."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world.creature import Animal
from toonkit.world.palettes import CAT_EYES
from toonkit.world.parts import DECAL, SHEET, Part, blend, mirrored, only, rgb
from toonkit.world.shapes import curve, ellipse, limb, polygon, smooth_min, union


def ears(creature: Animal) -> Iterator[Part]:
    """Pointed ears, or the round ears of a mouse."""
    b = creature.b
    side, _ = mirrored(creature.a, 0.0)
    if creature.is_cat:
        outer = polygon(side, b, [(0.16, -0.66), (0.74, -1.52), (0.99, -0.30)], 0.12)
        inner = polygon(side, b, [(0.36, -0.72), (0.70, -1.26), (0.86, -0.52)], 0.10)
        yield creature.face(outer, creature.coat * 0.92, round=0.35)
        yield creature.face(inner, creature.pink * 0.88, "skin", soft=0.02, **DECAL)
        return
    size = 0.62 * (1 + 0.12 * creature.exaggerate)
    yield creature.face(ellipse(side - 0.86, b + 0.74, size, size * 1.02), creature.coat * 0.95, round=0.30)
    inner = ellipse(side - 0.86, b + 0.70, size * 0.74, size * 0.76)
    yield creature.face(inner, creature.pink, "skin", round=0.5, ink=0.4, cast=0, cel=0.6)


def head(creature: Animal) -> Iterator[Part]:
    """The skull, and the mark on the forehead of a tabby."""
    a, b = creature.a, creature.b
    side, _ = mirrored(a, 0.0)
    if creature.is_cat:
        cheek = polygon(side, b, [(0.30, -0.10), (1.16, 0.34), (0.40, 0.72)], 0.25)
        skull = smooth_min(ellipse(a, b, 0.98, 0.82), cheek, 0.25)
    else:
        skull = smooth_min(ellipse(a, b + 0.06, 0.82, 0.76), ellipse(a, b - 0.42, 0.46, 0.40), 0.30)
    yield creature.face(skull, creature.coat, round=0.75, cast=0.45, uv=(a * 0.4 + b * side * 0.15, b * 0.35))
    if creature.is_cat:
        mark = union(
            limb(a, b, (0.0, -0.78), (0.0, -0.48), 0.06, 0.02), limb(side, b, (0.24, -0.74), (0.18, -0.50), 0.05, 0.02)
        )
        yield creature.face(only(creature.tabby(), mark), creature.coat * 0.5, soft=0.03, **DECAL)


def eyes(creature: Animal) -> Iterator[Part]:
    """A cat's eyes are green with a slit, a mouse's black; in a cartoon both show a large white."""
    exaggerate = creature.exaggerate
    cat = creature.is_cat
    side, sign = mirrored(creature.a, 0.40 if cat else 0.34)
    down = creature.b + (0.12 if cat else 0.16)
    half, tall = (0.24, 0.21 * (1 + 0.60 * exaggerate)) if cat else (0.155, 0.175 * (1 + 0.85 * exaggerate))
    white = ellipse(side, down + 0.05 * exaggerate, half * (1 + 0.15 * exaggerate), tall)
    yield creature.face(white, _eye_colour(creature), "wet", round=0.25, ink=0.7, cast=0.2, cel=0)
    px = side * sign - creature.scenes.between(f"{creature.species.name} gaze", -0.05, 0.05)
    slit = cat and not exaggerate
    wide = (0.42 if slit else 0.62), (0.55 if cat else 0.75)
    pupil = ellipse(px, down - 0.02, tall * wide[0] * wide[1], tall * (0.9 if slit else 0.62))
    yield creature.face(torch.maximum(pupil, white), rgb(0.03, 0.03, 0.04), "wet", **DECAL)
    glint = 0.05 + 0.02 * exaggerate
    yield creature.face(ellipse(px + 0.06, down + 0.07, glint, glint), rgb(1, 1, 1), "flat", **DECAL)


def _eye_colour(creature: Animal) -> Tensor:
    white = rgb(0.97, 0.97, 0.93)
    if creature.is_cat:
        return blend(creature.scenes.colour("cat eyes", CAT_EYES), white, 0.75 * min(creature.exaggerate, 1.0))
    return white if creature.exaggerate else rgb(0.03, 0.03, 0.04)


def muzzle(creature: Animal) -> Iterator[Part]:
    """Pads, a smile, the teeth of a mouse, the nose and whiskers."""
    a, b = creature.a, creature.b
    cat = creature.is_cat
    side, _ = mirrored(a, 0.0)
    drop, wide = (0.36, 0.25) if cat else (0.44, 0.17)
    pads = smooth_min(
        ellipse(side - wide * 0.8, b - drop, wide * 1.15, wide * 0.85),
        ellipse(a, b - drop - 0.18, wide, wide * 0.6),
        0.08,
    )
    yield creature.face(pads, creature.pale, round=0.25, ink=0.35, cast=0.15, cel=0.5)
    smile = creature.scenes.between(f"{creature.species.name} smile", -0.05, 0.10) + 0.03
    lip = curve(side - wide * 0.62, b - drop - 0.12, wide * 0.62, smile, 0.022, 0.3)
    yield creature.face(lip, creature.coat * 0.30, "flat", soft=0.01, **DECAL)
    if cat:
        nose = polygon(a, b, [(-0.13, drop - 0.22), (0.13, drop - 0.22), (0.0, drop - 0.05)], 0.06)
    else:
        top, tip = drop + 0.16, drop + 0.34
        teeth = polygon(a, b, [(-0.10, top), (0.10, top), (0.08, tip), (-0.08, tip)], 0.03)
        yield creature.face(teeth, rgb(0.98, 0.97, 0.92), "wet", ink=0.45, **SHEET)
        nose = ellipse(a, b - drop + 0.16, 0.13, 0.11)
    yield creature.face(nose, rgb(0.86, 0.44, 0.44), "wet", round=0.08, ink=0.6, cast=0.1, cel=0)
    yield _whiskers(creature, side, drop, wide * 1.2)


def _whiskers(creature: Animal, side: Tensor, drop: float, root: float) -> Part:
    tip = root + (0.95 if creature.is_cat else 0.60)
    ends = [((root, drop + lean * 0.4), (tip, drop - 0.10 + lean * 2.2)) for lean in (-0.10, 0.02, 0.14)]
    hairs = union(*(limb(side, creature.b, start, end, 0.016, 0.006) for start, end in ends))
    colour = creature.coat * 0.25 if creature.exaggerate else blend(creature.coat, rgb(1, 1, 1), 0.75)
    return creature.face(hairs, colour, "flat", alpha=0.8, marks=False, **DECAL)
