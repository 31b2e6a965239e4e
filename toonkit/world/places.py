"""Where scenes are set: a room and a garden, seen from the floor, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.palettes import BRIGHT, CROWN, FLOWERS, GRASS, HEDGE, PAPER, SKY, WOOD
from toonkit.world.parts import DECAL, SHEET, Defocus, Part, blend, everywhere, only, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import Number, box, ellipse, limb, smooth_min, smoothstep, stripes


def room(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Iterator[Part | Defocus]:
    """Wall, skirting board, window, picture and a boarded floor that begins at y = floor (N, 1, 1)."""
    paper = scenes.colour("paper", PAPER)
    wood = scenes.colour("wood", WOOD)
    band = smoothstep(0.20, 0.26, stripes(x * scenes.between("paper stripes", 2.0, 5.0)))
    striped = blend(paper, paper * 0.86, band * scenes.chance("striped paper", 0.6))
    yield Part("wall", everywhere(x), striped, **DECAL)
    window_x, window_y = scenes.between("window x", -0.75, 0.75), scenes.between("window y", 0.85, 1.05)
    yield from window(scenes, x - window_x, y - (floor - window_y))
    yield from picture(scenes, x + window_x * 0.8, y - floor + 0.80, wood * 0.8)
    skirting = (y - floor + 0.05).abs() - 0.05
    yield Part("wall", skirting, paper * 0.4 + 0.55, "matte", 0.03, ink=0.55, cast=0.2, cel=0.3)
    yield from floorboards(x, y, floor, wood)
    yield Defocus(scenes.between("room defocus", 0.10, 0.45))


def window(scenes: Scenes, u: Tensor, v: Tensor) -> Iterator[Part]:
    """A window with a cross bar and curtains, sky behind it; u, v from its centre."""
    has = scenes.chance("window", 0.75)
    white = rgb(0.93, 0.92, 0.88)
    frame = only(has, box(u, v, 0.34, 0.42))
    yield Part("object", frame, white, "matte", 0.04, cast=0.25, ink=0.8)
    pale = blend(rgb(0.62, 0.80, 0.96), rgb(0.93, 0.97, 1.0), smoothstep(-0.4, 0.4, v))
    yield Part("object", frame + 0.05, pale, "flat", ink=0.4, **SHEET)
    bars = torch.minimum(u.abs(), v.abs()) - 0.018
    yield Part("object", torch.maximum(bars, frame + 0.03), white, "matte", 0.03, ink=0.3, cast=0.1, cel=0.3)
    fold = 0.85 + 0.15 * smoothstep(0.1, 0.4, stripes(u * 9))
    sides = only(has * scenes.chance("curtains", 0.7), box(u.abs() - 0.40, v - 0.04, 0.12, 0.52))
    yield Part("object", sides, scenes.colour("curtain", BRIGHT) * fold.unsqueeze(1), "cloth", 0.10, cast=0.3, ink=0.8)


def picture(scenes: Scenes, u: Tensor, v: Tensor, frame: Tensor) -> Iterator[Part]:
    """A framed view of hills; u, v from its centre, `frame` its colour."""
    wide, tall = scenes.between("picture w", 0.14, 0.24), scenes.between("picture h", 0.12, 0.20)
    has = scenes.chance("picture", 0.6)
    framed = box(u, v, wide, tall)
    yield Part("object", only(has, framed), frame, "wood", 0.03, cast=0.35, ink=0.8)
    above = smoothstep(-0.05, 0.02, -v + 0.05 * noise.sample("cloud", u, u * 0))
    view = blend(scenes.colour("view", BRIGHT), rgb(0.75, 0.86, 0.93), above)
    yield Part("object", only(has, framed + 0.035), view, "gloss", ink=0.35, **SHEET)


def floorboards(x: Tensor, y: Tensor, floor: Tensor, wood: Tensor) -> Iterator[Part]:
    """Boards that run toward the viewer in perspective."""
    depth = (y - floor).clamp(min=0) + 0.35
    across = x / depth
    seam = smoothstep(0.44, 0.48, stripes(across * 1.4))
    board = 0.90 + 0.2 * (noise.sample("cloud", (across * 1.4).floor() * 0.137, y * 0) - 0.5)
    colour = blend(wood, wood * 0.55, seam) * board.unsqueeze(1)
    uv = (across * 6, 0.6 / depth)
    yield Part("floor", floor - y, colour, "wood", ink=0.7, uv=uv, **SHEET)


def garden(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Iterator[Part | Defocus]:
    """Sky with clouds, a hedge, perhaps a fence, a tree, and a lawn that begins at y = floor (N, 1, 1)."""
    yield from sky(scenes, x, y)
    edge = floor - scenes.between("hedge", 0.15, 0.40)
    bumps = 0.10 * (noise.sample_smooth("cloud", x * 0.25 + scenes.between("hedge u", 0, 1), y * 0) - 0.5)
    leaf = scenes.colour("leaf", HEDGE)
    yield Part("plant", edge + bumps - y, leaf * 0.85, "leaf", 0.2, ink=0.7, cast=0.2, cel=0.5)
    tree_x = scenes.between("tree x", 0.35, 0.95) * (2 * scenes.chance("tree side", 0.5) - 1)
    yield from tree(scenes, "tree", x, y, tree_x, floor, 1.25)
    yield _fence(scenes, x, y, floor)
    yield Defocus(scenes.between("garden defocus", 0.15, 0.6))
    yield from lawn(scenes, x, y, floor)


def _fence(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Part:
    """Pointed pickets on a rail."""
    aside = stripes(x * 4.5)
    pickets = torch.maximum(aside / 4.5 - 0.075, floor - 0.42 + aside * 0.35 - y)
    rail = (y - floor + 0.25).abs() - 0.03
    fence = torch.maximum(torch.minimum(pickets, rail), y - floor - 0.04)
    has = scenes.chance("fence", 0.5)
    return Part("object", only(has, fence), rgb(0.92, 0.90, 0.85), "wood", 0.04, ink=0.7, cast=0.2, cel=0.5)


def sky(scenes: Scenes, x: Tensor, y: Tensor) -> Iterator[Part]:
    """A sky that pales toward the horizon, with clouds."""
    high = scenes.colour("sky", SKY)
    yield Part("sky", everywhere(x), blend(high, high * 0.35 + 0.62, smoothstep(-1.0, 0.4, y)), "sky", **DECAL)
    drift = scenes.between("cloud u", 0, 1)
    overcast = scenes.between("clouds", 0.40, 0.60)
    clouds = (overcast - noise.sample_smooth("cloud", x * 0.16 + drift, y * 0.38 + drift)) * 0.8
    yield Part("sky", clouds, rgb(0.98, 0.98, 0.98), "sky", 0.15, ink=0, cast=0, cel=0.2, soft=0.08, alpha=0.85)


def lawn(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Iterator[Part]:
    """Grass with a few flowers."""
    grass = scenes.colour("grass", GRASS)
    depth = (y - floor).clamp(min=0) + 0.3
    blades = 0.015 * (noise.sample("grain", x * 0.6, y * 0) - 0.5)
    green = blend(grass * 1.05, grass * 0.78, smoothstep(0.0, 0.8, y - floor)).clamp(0, 1)
    yield Part("floor", floor + blades - y, green, "grass", ink=0.6, uv=(x / depth * 0.7, 0.5 / depth), **SHEET)
    for number in range(4):
        name = f"flower {number}"
        px = x - scenes.between(name + " x", -0.95, 0.95)
        py = y - floor - scenes.between(name + " y", 0.04, 0.5)
        aside = ellipse(px.abs() - 0.035, py, 0.035, 0.026)
        above = ellipse(px, py.abs() - 0.03, 0.028, 0.033)
        petals = smooth_min(aside, above, 0.01)
        colour = scenes.colour(name, FLOWERS)
        yield Part("plant", petals, colour, "cloth", 0.04, ink=0.5, cast=0.15, cel=0)
        yield Part("plant", ellipse(px, py, 0.018, 0.016), rgb(0.95, 0.75, 0.15), "cloth", **DECAL)


def tree(scenes: Scenes, name: str, x: Tensor, y: Tensor, cx: Number, foot: Number, height: float) -> Iterator[Part]:
    """A trunk and a crown of leaves, about `height` scene units high."""
    u, v = x - cx, y - foot
    h = height * scenes.between(name + " height", 0.8, 1.15)
    trunk = limb(u, v, (0.0, 0.02), (0.0, -0.55 * height), 0.07 * height, 0.045 * height)
    yield Part("plant", trunk, rgb(0.40, 0.28, 0.20), "wood", 0.07, uv=(v, u * 3))
    puff = 0.14 * (noise.sample_smooth("cells", x * 0.14 + scenes.between(name + " u", 0, 1), y * 0.14) - 0.5)
    low = ellipse(u.abs() - 0.20 * h, v + 0.58 * h, 0.22 * h, 0.20 * h)
    crown = smooth_min(ellipse(u, v + 0.72 * h, 0.34 * h, 0.30 * h), low, 0.08) + puff * h
    yield Part("plant", crown, scenes.colour(name + " leaf", CROWN), "leaf", 0.25, cast=0.35)
