"""Hair in six styles, beard and moustache, and glasses, in head units."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.palettes import FRAMES
from toonkit.world.parts import Part, either, mirrored, nowhere, only, rgb
from toonkit.world.portrait import Face
from toonkit.world.shapes import box, ellipse, intersection, limb, stripes, union


def behind(face: Face) -> Iterator[Part]:
    """Hair that hangs behind the neck."""
    u, v = face.u, face.v
    none = nowhere(face.u)
    curl = ellipse(u, v + 0.28, 1.02, 1.0) + 0.07 * _curls(face)
    bob = box(u, v - 0.02, 0.84 + 0.05 * face.exaggerate, 0.82, 0.5)
    long = box(u, v - 0.30, 0.80 + 0.04 * face.exaggerate, 1.05, 0.5)
    bun = ellipse(u - face.turn * 0.1, v + 1.12, 0.30, 0.28)
    back = either(face.traits["hair_style"], [none, none, curl, bob, long, bun])
    yield face.part("hair", back, face.hair * 0.85, "hair", round=0.35, uv=(u * 2.0, v), cast=0.25)


def hair(face: Face) -> Iterator[Part]:
    """Hair on the head, combed away from a parting."""
    scenes = face.scenes
    v = face.v
    away = face.u - scenes.between("parting", -0.55, 0.55)
    fringe = scenes.between("fringe", -0.78, -0.44) + scenes.between("sweep", 0.15, 0.75) * away * away
    phase = away * scenes.between("locks", 1.5, 4.0) + scenes.between("lock phase", 0, 1)
    line = fringe + scenes.between("spiky", 0.03, 0.16) * (stripes(phase) * 2 - 0.5)
    shape = either(face.traits["hair_style"], _styles(face, fringe, line))
    flow = (away * 1.5 + away.abs() * v * 0.6, v + away.abs())
    yield face.part("hair", shape, face.hair, "hair", round=0.30, uv=flow, cast=0.35, soft=0.01)


def _styles(face: Face, fringe: Tensor, line: Tensor) -> list[Tensor]:
    """The outline of each hair style: `line` is its edge over the forehead, `fringe` the same without its locks."""
    u, v = face.u, face.v
    exaggerate = face.exaggerate
    cap = ellipse(u, v + 0.24, 0.83 + 0.04 * exaggerate, 0.86)
    aside = 0.60 - u.abs()
    short = torch.maximum(cap, v - line)
    crop = union(short, intersection(cap, v - 0.12, aside - (v + 0.2) * 0.1))
    curl = torch.maximum(ellipse(u, v + 0.34, 0.96, 0.80), v - fringe) + 0.06 * _curls(face)
    locks = intersection(box(u, v - 0.12, 0.86, 1.0, 0.5), aside + 0.1 * (v + 0.2), v - 0.85)
    bob = union(short, torch.maximum(locks, v - 0.50))
    side, _ = mirrored(u, 0.70, face.turn * 0.04)
    bald = only(face.elder, ellipse(side, v + 0.10, 0.10 + 0.02 * exaggerate, 0.24))
    return [bald, crop, curl, bob, union(short, locks), crop]


def _curls(face: Face) -> Tensor:
    """Bumps of curly hair, about -1 to 1."""
    at = face.u * 0.16 + face.scenes.between("curls", 0, 1)
    return (noise.sample_smooth("cells", at, face.v * 0.16) - 0.5) * 2


def beard(face: Face) -> Iterator[Part]:
    """A full beard round the mouth, and a moustache."""
    u, v = face.u - face.centre, face.v
    traits = face.traits
    fuzz = 0.03 * (noise.sample("grain", face.u * 0.5, face.v * 0.5) - 0.5) * 2
    above = 0.42 + 0.35 * u * u - v  # the beard's upper edge rises toward the ears
    chin = intersection(face.head - 0.05 - 0.03 * face.exaggerate, above, -ellipse(u, v - 0.60, 0.36, 0.20))
    how = {"round": 0.18, "uv": (face.u * 2, face.v), "cast": 0.2, "soft": 0.02, "ink": 0.8}
    yield face.part("facial_hair", only(traits["beard"], chin + fuzz), face.hair * 0.92, "hair", **how)
    lean, _ = mirrored(u, 0.0)
    tips = limb(lean, v, (0.06, 0.475), (0.31, 0.53), 0.068 + 0.010 * face.exaggerate, 0.020)
    how = {"round": 0.09, "uv": (lean * 0.6 + v, lean), "cast": 0.25, "soft": 0.012, "ink": 0.8}
    yield face.part("facial_hair", only(traits["moustache"], tips + fuzz * 0.5), face.hair * 0.8, "hair", **how)


def glasses(face: Face) -> Iterator[Part]:
    """Square or round glasses."""
    across, _ = mirrored(face.u, 0.31, face.centre)
    down = face.v - face.eye_v - 0.02
    grow = 1 + 0.22 * face.exaggerate
    square = face.scenes.chance("square glasses", 0.5)
    oval = ellipse(across, down, 0.235 * grow, 0.215 * grow)
    lens = square * box(across, down, 0.235 * grow, 0.18 * grow, 0.06) + (1 - square) * oval
    bridge = limb(face.u - face.centre, down, (-0.08, -0.04), (0.08, -0.04), 0.02, 0.02)
    temple = torch.maximum(limb(across, down, (0.22, -0.04), (0.48, -0.06), 0.02, 0.02), face.head - 0.05)
    glass, rim = (only(face.traits["glasses"], shape) for shape in (lens, union(lens.abs() - 0.022, bridge, temple)))
    clear = {"alpha": 0.14, "ink": 0, "cel": 0, "marks": False}
    frame = face.scenes.colour("frame", FRAMES)
    yield face.part("glasses", glass, rgb(0.86, 0.93, 1.0), "gloss", round=0.0, cast=0.2, **clear)
    yield face.part("glasses", rim, frame, "gloss", round=0.03, ink=0.15, cast=0.15, cel=0.4)
