"""Where scenes are set: a room and a garden, seen from the floor, with their furniture."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.parts import Defocus, Part, blend, everywhere, only, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import box, ellipse, limb, polygon, smooth_min, smoothstep

PAPER = ((0.86, 0.80, 0.62), (0.62, 0.74, 0.70), (0.80, 0.62, 0.60), (0.66, 0.70, 0.84), (0.90, 0.86, 0.78), (0.52, 0.62, 0.52))
WOOD = ((0.55, 0.36, 0.20), (0.70, 0.50, 0.30), (0.42, 0.27, 0.17), (0.62, 0.42, 0.30))
BRIGHT = ((0.80, 0.22, 0.20), (0.18, 0.38, 0.68), (0.92, 0.74, 0.22), (0.25, 0.55, 0.35), (0.72, 0.40, 0.66), (0.92, 0.92, 0.90))
FLOWERS = ((0.92, 0.30, 0.36), (0.98, 0.82, 0.25), (0.95, 0.95, 0.95), (0.70, 0.40, 0.80), (0.95, 0.55, 0.25))


def fraction(value: Tensor) -> Tensor:
    """The part behind the decimal point, in [0, 1)."""
    return value - value.floor()


def room(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Iterator[Part | Defocus]:
    """Wall, skirting board, window, picture and a boarded floor that begins at y = floor (N, 1, 1)."""
    paper = scenes.colour("paper", PAPER)
    band = smoothstep(0.20, 0.26, (fraction(x * scenes.between("paper stripes", 2.0, 5.0)) - 0.5).abs()) * scenes.chance("striped paper", 0.6)
    yield Part("wall", everywhere(x), blend(paper, paper * 0.86, band), "matte", 0.0, ink=0, cast=0, cel=0)
    yield from window(scenes, x, y, scenes.between("window x", -0.75, 0.75), floor - scenes.between("window y", 0.85, 1.05))
    px, py = x + scenes.between("window x", -0.75, 0.75) * 0.8, y - floor + 0.80
    wood = scenes.colour("wood", WOOD)
    framed = box(px, py, scenes.between("picture w", 0.14, 0.24), scenes.between("picture h", 0.12, 0.20))
    has = scenes.chance("picture", 0.6)
    yield Part("object", only(has, framed), wood * 0.8, "wood", 0.03, cast=0.35, ink=0.8)
    view = blend(scenes.colour("view", BRIGHT), rgb(0.75, 0.86, 0.93), smoothstep(-0.05, 0.02, -py + 0.05 * noise.sample("cloud", px, px * 0)))
    yield Part("object", only(has, framed + 0.035), view, "gloss", 0.0, ink=0.35, cast=0, cel=0)
    yield Part("wall", (y - floor + 0.05).abs() - 0.05, paper * 0.4 + 0.55, "matte", 0.03, ink=0.55, cast=0.2, cel=0.3)
    yield from floorboards(x, y, floor, wood)
    yield Defocus(scenes.between("room defocus", 0.10, 0.45))


def window(scenes: Scenes, x: Tensor, y: Tensor, cx: Tensor, cy: Tensor) -> Iterator[Part]:
    """A window with a cross bar and curtains, sky behind it."""
    px, py, has = x - cx, y - cy, scenes.chance("window", 0.75)
    curtain = scenes.colour("curtain", BRIGHT)
    frame = only(has, box(px, py, 0.34, 0.42))
    yield Part("object", frame, rgb(0.93, 0.92, 0.88), "matte", 0.04, cast=0.25, ink=0.8)
    sky = blend(rgb(0.62, 0.80, 0.96), rgb(0.93, 0.97, 1.0), smoothstep(-0.4, 0.4, py))
    yield Part("object", frame + 0.05, sky, "flat", 0.0, ink=0.4, cast=0, cel=0)
    bars = torch.minimum(px.abs(), py.abs()) - 0.018
    yield Part("object", torch.maximum(bars, frame + 0.03), rgb(0.93, 0.92, 0.88), "matte", 0.03, ink=0.3, cast=0.1, cel=0.3)
    fold = curtain * (0.85 + 0.15 * smoothstep(0.1, 0.4, (fraction(px * 9) - 0.5).abs())).unsqueeze(1)
    sides = only(has * scenes.chance("curtains", 0.7), torch.maximum(box(px.abs() - 0.40, py - 0.04, 0.12, 0.52), px * 0 - 1))
    yield Part("object", sides, fold, "cloth", 0.10, cast=0.3, ink=0.8)


def floorboards(x: Tensor, y: Tensor, floor: Tensor, wood: Tensor) -> Iterator[Part]:
    """Boards that run toward the viewer in perspective."""
    depth = (y - floor).clamp(min=0) + 0.35
    across = x / depth
    seam = smoothstep(0.44, 0.48, (fraction(across * 1.4) - 0.5).abs())
    board = 0.90 + 0.2 * (noise.sample("cloud", (across * 1.4).floor() * 0.137, y * 0) - 0.5)
    yield Part("floor", floor - y, blend(wood, wood * 0.55, seam) * board.unsqueeze(1), "wood", 0.0, ink=0.7, cast=0.0, cel=0,
               uv=(across * 6, 0.6 / depth))


def garden(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Iterator[Part | Defocus]:
    """Sky with clouds, a hedge or a fence, a tree, and a lawn that begins at y = floor (N, 1, 1)."""
    yield from sky(scenes, x, y)
    edge = floor - scenes.between("hedge", 0.15, 0.40)
    bumps = 0.10 * (noise.sample_smooth("cloud", x * 0.25 + scenes.between("hedge u", 0, 1), y * 0) - 0.5)
    leaf = scenes.colour("leaf", ((0.30, 0.50, 0.22), (0.24, 0.44, 0.26), (0.42, 0.55, 0.22)))
    yield Part("plant", edge + bumps - y, leaf * 0.85, "leaf", 0.2, ink=0.7, cast=0.2, cel=0.5)
    yield from tree(scenes, "tree", x, y, scenes.between("tree x", 0.35, 0.95) * (2 * scenes.chance("tree side", 0.5) - 1), floor, 1.25)
    picket = (fraction(x * 4.5) - 0.5).abs() / 4.5 - 0.075
    top = floor - 0.42 + (fraction(x * 4.5) - 0.5).abs() * 0.35
    fence = torch.minimum(torch.maximum(picket, top - y), torch.maximum((y - floor + 0.25).abs() - 0.03, y * 0 - 1))
    yield Part("object", only(scenes.chance("fence", 0.5), torch.maximum(fence, y - floor - 0.04)), rgb(0.92, 0.90, 0.85), "wood", 0.04, ink=0.7,
               cast=0.2, cel=0.5)
    yield Defocus(scenes.between("garden defocus", 0.15, 0.6))
    yield from lawn(scenes, x, y, floor)


def sky(scenes: Scenes, x: Tensor, y: Tensor) -> Iterator[Part]:
    """A sky that pales toward the horizon, with clouds."""
    high = scenes.colour("sky", ((0.30, 0.55, 0.88), (0.40, 0.65, 0.92), (0.55, 0.68, 0.82), (0.86, 0.62, 0.52)))
    low = high * 0.35 + 0.62
    yield Part("sky", everywhere(x), blend(high, low, smoothstep(-1.0, 0.4, y)), "sky", 0.0, ink=0, cast=0, cel=0)
    drift, much = scenes.between("cloud u", 0, 1), scenes.between("clouds", 0.40, 0.60)
    cover = noise.sample_smooth("cloud", x * 0.16 + drift, y * 0.38 + drift)
    yield Part("sky", (much - cover) * 0.8, rgb(0.98, 0.98, 0.98), "sky", 0.15, ink=0, cast=0, cel=0.2, soft=0.08, alpha=0.85)


def lawn(scenes: Scenes, x: Tensor, y: Tensor, floor: Tensor) -> Iterator[Part]:
    """Grass with a few flowers."""
    grass = scenes.colour("grass", ((0.36, 0.58, 0.22), (0.48, 0.62, 0.25), (0.28, 0.50, 0.26)))
    depth = (y - floor).clamp(min=0) + 0.3
    blades = 0.015 * (noise.sample("grain", x * 0.6, y * 0) - 0.5)
    yield Part("floor", floor + blades - y, blend(grass * 1.05, grass * 0.78, smoothstep(0.0, 0.8, y - floor)).clamp(0, 1), "grass", 0.0, ink=0.6,
               cast=0, cel=0, uv=(x / depth * 0.7, 0.5 / depth))
    for number in range(4):
        name = f"flower {number}"
        px, py = x - scenes.between(name + " x", -0.95, 0.95), y - floor - scenes.between(name + " y", 0.04, 0.5)
        petal = smooth_min(ellipse(px.abs() - 0.035, py, 0.035, 0.026), ellipse(px, py.abs() - 0.03, 0.028, 0.033), 0.01)
        yield Part("plant", petal, scenes.colour(name, FLOWERS), "cloth", 0.04, ink=0.5, cast=0.15, cel=0)
        yield Part("plant", ellipse(px, py, 0.018, 0.016), rgb(0.95, 0.75, 0.15), "cloth", 0.0, ink=0, cast=0, cel=0)


def tree(scenes: Scenes, name: str, x: Tensor, y: Tensor, cx: Tensor, foot: Tensor, height: float) -> Iterator[Part]:
    """A trunk and a crown of leaves, `height` scene units high."""
    px, py, h = x - cx, y - foot, height * scenes.between(name + " height", 0.8, 1.15)
    leaf = scenes.colour(name + " leaf", ((0.28, 0.48, 0.20), (0.38, 0.55, 0.22), (0.62, 0.50, 0.18), (0.22, 0.42, 0.28)))
    yield Part("plant", limb(px, py, (0.0, 0.02), (0.0, -0.55 * height), 0.07 * height, 0.045 * height), rgb(0.40, 0.28, 0.20), "wood", 0.07,
               uv=(py, px * 3))
    puff = 0.14 * (noise.sample_smooth("cells", x * 0.14 + scenes.between(name + " u", 0, 1), y * 0.14) - 0.5)
    crown = smooth_min(ellipse(px, py + 0.72 * h, 0.34 * h, 0.30 * h), ellipse(px.abs() - 0.20 * h, py + 0.58 * h, 0.22 * h, 0.20 * h), 0.08)
    yield Part("plant", crown + puff * h, leaf, "leaf", 0.25, cast=0.35)


def prop(scenes: Scenes, x: Tensor, y: Tensor, cx: Tensor, foot: Tensor, choice: Tensor) -> Iterator[Part]:
    """A thing on the floor, by number: nothing, a ball of wool, a cheese, a bowl, a flower pot."""
    px, py, colour = x - cx, y - foot, scenes.colour("prop", BRIGHT)
    ball = only((choice == 1).float(), ellipse(px, py + 0.12, 0.13, 0.13))
    wool = blend(colour, colour * 0.6, smoothstep(0.25, 0.4, (fraction((px * 1.2 + py + px * py * 6) * 14) - 0.5).abs()))
    yield Part("object", ball, wool, "cloth", 0.13)
    wedge = only((choice == 2).float(), polygon(px, py, [(-0.17, 0.0), (-0.17, -0.10), (0.15, -0.20), (0.17, 0.0)], 0.02))
    holes = torch.minimum(ellipse(px + 0.06, py + 0.05, 0.03, 0.025), ellipse(px - 0.08, py + 0.09, 0.035, 0.03))
    yield Part("object", wedge, rgb(0.97, 0.78, 0.25), "matte", 0.06)
    yield Part("object", torch.maximum(wedge, holes), rgb(0.80, 0.58, 0.15), "matte", 0.0, ink=0.4, cast=0, cel=0)
    bowl = only((choice == 3).float(), polygon(px, py, [(-0.17, -0.12), (0.17, -0.12), (0.12, 0.0), (-0.12, 0.0)], 0.03))
    yield Part("object", bowl, colour, "gloss", 0.07)
    yield Part("object", only((choice == 3).float(), ellipse(px, py + 0.12, 0.15, 0.035)), rgb(0.45, 0.28, 0.18), "fur", 0.05, ink=0.6)
    pot = only((choice == 4).float(), polygon(px, py, [(-0.10, -0.16), (0.10, -0.16), (0.07, 0.0), (-0.07, 0.0)], 0.02))
    stem = only((choice == 4).float(), limb(px, py, (0.0, -0.15), (0.02, -0.36), 0.012, 0.010))
    bloom = only((choice == 4).float(), smooth_min(ellipse((px - 0.02).abs() - 0.05, py + 0.40, 0.05, 0.035),
                                                  ellipse(px - 0.02, (py + 0.40).abs() - 0.045, 0.036, 0.045), 0.02))
    yield Part("object", stem, rgb(0.25, 0.48, 0.22), "matte", 0.01, ink=0.6)
    yield Part("object", pot, rgb(0.76, 0.42, 0.26), "stone", 0.07)
    yield Part("object", bloom, scenes.colour("bloom", FLOWERS), "cloth", 0.05)
