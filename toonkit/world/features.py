"""The features of a face, in head units: eyes, brows, nose and mouth."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world.palettes import EYES
from toonkit.world.parts import DECAL, SHEET, Part, blend, either, mirrored, only, rgb
from toonkit.world.portrait import Face
from toonkit.world.shapes import Number, curve, ellipse, limb, smooth_min


def eyes(face: Face) -> Iterator[Part]:
    """Sockets, eyeballs and lashes; a cartoon's eyes are larger and rounder."""
    exaggerate = face.exaggerate
    down = face.v - face.eye_v
    across, side = mirrored(face.u, 0.31, face.centre)
    grow = (1 + 0.16 * face.child) * (1 + 0.42 * exaggerate)
    half = 0.165 * grow * (1 - 0.08 * exaggerate)
    tall = (0.085 + 0.085 * exaggerate) * grow * face.scenes.between("eye open", 0.85, 1.15)
    socket = ellipse(across, down, half * 1.35, tall * 1.5 + 0.05)
    shade = 0.35 * (1 - 0.8 * exaggerate)
    yield face.part("skin", socket, face.skin * 0.72, "skin", alpha=shade, soft=0.10, **DECAL)
    white = torch.maximum(ellipse(across, down, half, tall * 1.12), -down - tall * (1.0 + 0.1 * exaggerate))
    yield face.part("eyes", white, rgb(0.93, 0.92, 0.91), "wet", round=0.25, cast=0.15, cel=0.25, ink=0.75)
    yield from _iris(face, across * side, down, white, grow)
    lash = curve(across, down + tall * 0.25, half * 1.05, -tall * 0.85, 0.016 + 0.012 * exaggerate, 0.5)
    yield face.part("eyes", lash, face.hair * 0.3, "flat", alpha=0.85, soft=0.01, marks=False, **DECAL)


def _iris(face: Face, across: Tensor, down: Tensor, white: Tensor, grow: Number) -> Iterator[Part]:
    """Iris, pupil and the glint of the light inside the white; `across` points right in both eyes."""
    exaggerate = face.exaggerate
    iris = face.scenes.colour("eyes", EYES, 0.04)
    px, py = across - face.scenes.between("gaze", -0.045, 0.045), down + 0.01
    radius = (0.082 + 0.012 * exaggerate) * grow
    inside = torch.maximum(ellipse(px, py, radius, radius * (1 + 0.12 * exaggerate)), white)
    yield face.part("eyes", inside, iris, "wet", ink=0.5, **SHEET)
    pupil = torch.maximum(ellipse(px, py, radius * 0.52, radius * 0.58), white)
    yield face.part("eyes", pupil, rgb(0.03, 0.03, 0.04), "flat", **DECAL)
    spot = (0.022 + 0.014 * exaggerate) * grow
    aside = 0.030 * (1 + exaggerate) * (1 - 2 * face.traits["light"])
    glint = ellipse(px + aside, py + 0.035 * grow, spot, spot)
    yield face.part("eyes", glint, rgb(1, 1, 1), "flat", alpha=0.9, **DECAL)


def brows(face: Face) -> Iterator[Part]:
    """Brows that lean with the mood."""
    across, _ = mirrored(face.u, 0.32, face.centre)
    lean = either(face.traits["expression"], [0.16, 0.0, -0.05]) * (1 + 0.6 * face.exaggerate)
    down = face.v - face.eye_v + 0.26 + 0.10 * face.exaggerate + across * lean
    thick = face.scenes.between("brow", 0.026, 0.052) * (1 - 0.3 * face.child)
    brow = curve(across, down, 0.19, -0.055, thick, 0.6)
    uv = (across * 2, down * 4)
    yield face.part("hair", brow, face.hair * 0.8, "hair", round=0.06, ink=0.35, cast=0.1, soft=0.012, uv=uv, cel=0.3)


def nose(face: Face) -> Iterator[Part]:
    """A ridge and nostrils; in a cartoon a round rosy tip."""
    u, v = face.u - face.centre * 1.25, face.v - 0.06 * face.child
    skin = face.skin
    wide = face.scenes.between("nose", 0.10, 0.15) * (1 - 0.2 * face.child)
    if face.exaggerate:
        rosy = blend(skin, rgb(0.95, 0.45, 0.38), torch.full_like(u, 0.22))
        tip = ellipse(u, v - 0.34, wide * 0.85, wide * 0.72)
        yield face.part("skin", tip, rosy, "skin", round=0.12, ink=0.7, cast=0)
        return
    ridge = smooth_min(limb(u, v, (0.0, 0.02), (0.0, 0.30), 0.035, 0.07), ellipse(u, v - 0.34, wide, 0.085), 0.08)
    yield face.part("skin", ridge, skin * 1.02, "skin", round=0.10, ink=0, cast=0.22, soft=0.06, alpha=0.85)
    nostril, _ = mirrored(u, wide * 0.45)
    hole = ellipse(nostril, v - 0.39, 0.028, 0.016)
    yield face.part("skin", hole, skin * 0.35, "flat", soft=0.03, alpha=0.8, **DECAL)


def mouth(face: Face) -> Iterator[Part]:
    """Lips bent by the mood; a smile may open and show teeth."""
    scenes = face.scenes
    mood = face.traits["expression"]
    exaggerate = face.exaggerate
    half = scenes.between("mouth", 0.20, 0.28) * (1 - 0.15 * face.child) * (1 + 0.18 * exaggerate)
    bend = either(mood, [-0.10, 0.015, 0.13]) * (1 + 0.35 * exaggerate)
    u, v = face.u - face.centre, face.v - 0.64 + 0.02 * face.child + bend * 0.5
    lips = blend(face.skin, rgb(0.72, 0.22, 0.22), scenes.between("lips", 0.30, 0.75).expand_as(u))
    full = curve(u, v, half, bend, scenes.between("full", 0.030, 0.055), 0.75)
    how = {"ink": 0.45 if exaggerate else 0.0, "cast": 0.12, "soft": 0.012, "cel": 0.3}
    yield face.part("mouth", full, lips, "wet", round=0.05, **how)
    opened = (mood == 2).float() * scenes.chance("open", 0.6)
    bow = 1 - (u / half) * (u / half)
    gape = curve(u, v, half * 0.92, bend * 1.35, 0.085 * (1 + 0.4 * exaggerate), 1.0)
    gap = only(opened, torch.maximum(gape, bend * 0.35 * bow - 0.02 - v))
    yield face.part("mouth", gap, rgb(0.32, 0.08, 0.09), "wet", ink=0.6, **SHEET)
    teeth = torch.maximum(gap + 0.012, v - bend * bow - 0.015)
    yield face.part("mouth", teeth, rgb(0.95, 0.94, 0.90), "wet", **DECAL)
    line = only(1 - opened, curve(u, v, half, bend, 0.012, 0.6))
    yield face.part("mouth", line, lips * 0.42, "flat", soft=0.012, **DECAL)
