"""Things on the floor: a ball of wool, a cheese, a bowl, a flower pot. Coordinates u, v from where they stand."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world.palettes import BRIGHT, FLOWERS
from toonkit.world.parts import SHEET, Part, blend, only, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import ellipse, limb, polygon, smooth_min, smoothstep, stripes, union

PROPS = ("none", "wool", "cheese", "bowl", "flower pot")


def prop(scenes: Scenes, u: Tensor, v: Tensor, choice: Tensor) -> Iterator[Part]:
    """The thing with the number `choice` (N, 1, 1) in PROPS."""
    colour = scenes.colour("prop", BRIGHT)
    wool, cheese, bowl, pot = ((choice == number).float() for number in range(1, len(PROPS)))
    yield _wool(wool, u, v, colour)
    yield from _cheese(cheese, u, v)
    yield from _bowl(bowl, u, v, colour)
    yield from flower_pot(scenes, pot, u, v)


def _wool(has: Tensor, u: Tensor, v: Tensor, colour: Tensor) -> Part:
    thread = smoothstep(0.25, 0.4, stripes((u * 1.2 + v + u * v * 6) * 14))
    ball = only(has, ellipse(u, v + 0.12, 0.13, 0.13))
    return Part("object", ball, blend(colour, colour * 0.6, thread), "cloth", 0.13)


def _cheese(has: Tensor, u: Tensor, v: Tensor) -> Iterator[Part]:
    wedge = only(has, polygon(u, v, [(-0.17, 0.0), (-0.17, -0.10), (0.15, -0.20), (0.17, 0.0)], 0.02))
    holes = union(ellipse(u + 0.06, v + 0.05, 0.03, 0.025), ellipse(u - 0.08, v + 0.09, 0.035, 0.03))
    yield Part("object", wedge, rgb(0.97, 0.78, 0.25), "matte", 0.06)
    yield Part("object", torch.maximum(wedge, holes), rgb(0.80, 0.58, 0.15), "matte", ink=0.4, **SHEET)


def _bowl(has: Tensor, u: Tensor, v: Tensor, colour: Tensor) -> Iterator[Part]:
    bowl = polygon(u, v, [(-0.17, -0.12), (0.17, -0.12), (0.12, 0.0), (-0.12, 0.0)], 0.03)
    yield Part("object", only(has, bowl), colour, "gloss", 0.07)
    yield Part("object", only(has, ellipse(u, v + 0.12, 0.15, 0.035)), rgb(0.45, 0.28, 0.18), "fur", 0.05, ink=0.6)


def flower_pot(scenes: Scenes, has: Tensor, u: Tensor, v: Tensor) -> Iterator[Part]:
    """A flower in a pot, where `has` (N, 1, 1) is 1."""
    pot = polygon(u, v, [(-0.10, -0.16), (0.10, -0.16), (0.07, 0.0), (-0.07, 0.0)], 0.02)
    stem = limb(u, v, (0.0, -0.15), (0.02, -0.36), 0.012, 0.010)
    bloom = smooth_min(
        ellipse((u - 0.02).abs() - 0.05, v + 0.40, 0.05, 0.035),
        ellipse(u - 0.02, (v + 0.40).abs() - 0.045, 0.036, 0.045),
        0.02,
    )
    yield Part("object", only(has, stem), rgb(0.25, 0.48, 0.22), "matte", 0.01, ink=0.6)
    yield Part("object", only(has, pot), rgb(0.76, 0.42, 0.26), "stone", 0.07)
    yield Part("object", only(has, bloom), scenes.colour("bloom", FLOWERS), "cloth", 0.05)
