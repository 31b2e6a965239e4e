"""A cat or a mouse as numbers. Lengths in body units: the feet are at v = 0, the head's centre is near v = -0.75."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from toonkit.world import noise
from toonkit.world.palettes import Palette
from toonkit.world.parts import Part, blend, either, rgb, scaled
from toonkit.world.scene import Scenes
from toonkit.world.shapes import Number, place, smoothstep, stripes

POSES = ("sit", "stand", "walk")
COATS = {"cat": ("grey", "ginger", "black", "cream", "brown"), "mouse": ("brown", "grey", "white", "dark")}
HEAD_U = (0.0, 0.0, 0.31)
HEAD_V = (-0.72, -0.76, -0.56)  # where each pose holds its head


@dataclass(frozen=True)
class Species:
    """What tells a cat from a mouse."""

    name: str
    coats: Palette  # in the order of COATS
    head: float  # radius of the head
    fat: float  # width of the trunk
    limb: float  # width of the limbs
    tail: float  # width of the tail
    bare: bool  # pink ears, feet and tail, without fur


CAT = Species(
    name="cat",
    head=0.260,
    fat=1.0,
    limb=1.0,
    tail=0.046,
    bare=False,
    coats=((0.50, 0.54, 0.60), (0.87, 0.52, 0.20), (0.17, 0.17, 0.19), (0.86, 0.78, 0.64), (0.48, 0.36, 0.24)),
)
MOUSE = Species(
    name="mouse",
    head=0.250,
    fat=1.12,
    limb=0.70,
    tail=0.017,
    bare=True,
    coats=((0.62, 0.40, 0.22), (0.58, 0.57, 0.57), (0.90, 0.88, 0.86), (0.45, 0.30, 0.22)),
)


class Animal:
    """The numbers and coordinates of a batch of one species standing at (cx, cy); draws are named after the species."""

    def __init__(
        self,
        species: Species,
        scenes: Scenes,
        x: Tensor,
        y: Tensor,
        cx: Number,
        cy: Number,
        scale: Number,
        exaggerate: float,
    ) -> None:
        self.species = species
        self.scenes = scenes
        self.exaggerate = exaggerate
        self.scale = scale
        self.is_cat = species is CAT
        self.pose = scenes.pick(f"{species.name} pose", [1, 1, 1])
        side = 2 * scenes.chance(f"{species.name} side", 0.5) - 1
        self.u, self.v = (x - cx) / scale * side, (y - cy) / scale
        self.coat = scenes.colour(f"{species.name} coat", species.coats, 0.04)
        self.pink = rgb(0.93, 0.66, 0.62)
        self.pale = blend(self.coat, rgb(0.97, 0.94, 0.90), 0.72)
        self.head = species.head * (1 + 0.20 * exaggerate)
        head_u, head_v = either(self.pose, HEAD_U), either(self.pose, [v - 0.05 * exaggerate for v in HEAD_V])
        a, b = place(self.u, self.v, head_u, head_v, scenes.between(f"{species.name} nod", -0.10, 0.10))
        self.a, self.b = a / self.head, b / self.head  # head units: the head's radius is 1

    def part(self, distance: Tensor, colour: Tensor, material: str = "fur", *, round: float, **how: Any) -> Part:
        """A part given in body units."""
        how.setdefault("uv", (self.u * 1.2, self.v))
        return scaled(self.species.name, distance, colour, self.scale, material=material, round=round, **how)

    def face(self, distance: Tensor, colour: Tensor, material: str = "fur", *, round: float, **how: Any) -> Part:
        """A part given in head units."""
        return self.part(distance * self.head, colour, material, round=round * self.head, **how)

    def striped(self) -> Tensor:
        """The coat with the stripes of a tabby, for those cats that have them."""
        wave = noise.sample("cloud", self.u * 0.3, self.v * 0.3) * 0.35
        band = smoothstep(0.28, 0.40, stripes(self.v * 7 + wave * 4 + self.u.abs() * 1.5))
        return blend(self.coat, self.coat * 0.55, band * self.tabby())

    def tabby(self) -> Tensor:
        """1 for a cat with stripes, (N, 1, 1)."""
        return self.scenes.chance(f"{self.species.name} tabby", 0.5 if self.is_cat else 0.0)
