"""The vocabulary of a drawing: parts, back to front, that both painters understand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import torch
from torch import Tensor

from toonkit.world import shapes
from toonkit.world.shapes import Number

Window = tuple[slice, slice]
Field = TypeVar("Field", Tensor, float)
SHEET: dict[str, Any] = {"round": 0.0, "cast": 0.0, "cel": 0.0}  # a flat surface: no relief, shadow or shading
DECAL: dict[str, Any] = SHEET | {"ink": 0.0}  # a flat mark, without an outline either


def cut(field: Field, window: Window) -> Field:
    """A field seen through a window; numbers and (..., 1, 1) constants stay as they are."""
    return field[(..., *window)] if isinstance(field, Tensor) and field.shape[-1] > 1 else field


@dataclass
class Part:
    """One painted thing. Fields (N, H, W) or broadcastable; lengths in scene units (the picture is 2 wide).

    The colour follows the distance to its device, so that constants can be written without one.
    """

    kind: str  # the mask class it belongs to
    distance: Tensor  # signed distance, negative inside, (N, H, W)
    colour: Tensor  # display RGB in [0, 1], (N, 3, 1, 1) or (N, 3, H, W)
    material: str = "matte"  # a row of photo.MATERIALS
    round: Number = 0.1  # width over which the border curves away like a pillow; 0 is flat
    ink: float = 1.0  # weight of its outline in a cartoon, 0 draws none
    alpha: Number = 1.0  # opacity
    soft: float = 0.0  # extra softness of its border in a photograph
    cast: float = 0.3  # strength of the contact shadow that it throws on what lies below
    uv: tuple[Tensor, Tensor] | None = None  # texture coordinates; picture coordinates if None
    cel: float = 1.0  # how strongly a cartoon shades it
    marks: bool = True  # whether it counts in the mask

    def __post_init__(self) -> None:
        self.colour = self.colour.to(self.distance.device)

    @cached_property
    def facing(self) -> tuple[Tensor, Tensor]:
        """The direction away from the part, a unit vector (x, y) per pixel, each (N, H, W)."""
        gx, gy, steep = self._slope
        return gx / steep, gy / steep

    @cached_property
    def border(self) -> Tensor:
        """The distance with slopes above 1 (noise, stretched shapes) made gentle, so that lines keep their width."""
        return self.distance / self._slope[2]

    @cached_property
    def _slope(self) -> tuple[Tensor, Tensor, Tensor]:
        gx, gy = shapes.slope(self.distance)
        return gx, gy, (gx * gx + gy * gy + 1e-6).sqrt().clamp(min=1.0)

    def window(self, reach: float) -> Window | None:
        """Rows and columns within `reach` of the part anywhere in the batch, and one more; None if there are none."""
        near = (self.border < reach).any(0)
        rows, columns = near.any(1).nonzero(), near.any(0).nonzero()
        if not len(rows):
            return None
        down, across = (slice(max(int(line[0]) - 1, 0), int(line[-1]) + 2) for line in (rows, columns))
        return down, across

    def crop(self, window: Window) -> Part:
        """The part seen through a window of the picture, with the slopes of the whole."""
        seen = {name: cut(getattr(self, name), window) for name in ("distance", "colour", "alpha")}
        part = replace(self, **seen, uv=self.uv and (cut(self.uv[0], window), cut(self.uv[1], window)))
        part.__dict__["_slope"] = tuple(cut(field, window) for field in self._slope)  # fills the cached property
        return part


@dataclass
class Defocus:
    """Everything painted so far lies behind the plane of focus. `amount` (N, 1, 1) is 0 sharp to 1 strongly blurred."""

    amount: Tensor


Layers = Sequence[Part | Defocus]


def scaled(kind: str, distance: Tensor, colour: Tensor, unit: Number, *, round: Number, **how: Any) -> Part:
    """A part whose distance and rounding are measured in a unit of `unit` scene units: heads, bodies."""
    flat = not isinstance(round, Tensor) and round == 0
    return Part(kind, distance * unit, colour, round=0.0 if flat else round * unit, **how)


def shadow(distance: Tensor, alpha: float, soft: float) -> Part:
    """The shadow that a creature throws on the floor."""
    return Part("floor", distance, rgb(0.05, 0.05, 0.08), "flat", alpha=alpha, soft=soft, marks=False, **DECAL)


def rgb(red: float, green: float, blue: float) -> Tensor:
    """A constant colour, (1, 3, 1, 1)."""
    return torch.tensor([red, green, blue]).view(1, 3, 1, 1)


def only(present: Tensor, distance: Tensor) -> Tensor:
    """The shape where `present` is 1, nothing where it is 0."""
    return distance + (1 - present) * 20.0


def blend(low: Tensor, high: Tensor, weight: Number) -> Tensor:
    """Colour that runs from `low` at weight 0 to `high` at 1; weight a number or (N, H, W), whose device decides."""
    if not isinstance(weight, Tensor):
        return low + (high.to(low.device) - low) * weight
    low, high = low.to(weight.device), high.to(weight.device)
    return low + (high - low) * weight.unsqueeze(1)


def mirrored(x: Tensor, offset: Number, shift: Number = 0.0) -> tuple[Tensor, Tensor]:
    """x measured from the nearer of two places +-offset about `shift` (outward positive), and the side, -1 or 1."""
    centred = x - shift
    side = torch.where(centred < 0, -1.0, 1.0)
    return centred.abs() - offset, side


def everywhere(like: Tensor) -> Tensor:
    """A distance that is inside at every pixel: for backdrops."""
    return torch.full_like(like, -5.0)


def nowhere(like: Tensor) -> Tensor:
    """A distance that is outside at every pixel: for what a pose or a hair style lacks."""
    return torch.full_like(like, 20.0)


def either(choice: Tensor, options: Sequence[Number]) -> Tensor:
    """options[choice] scene by scene; choice holds whole numbers (N, 1, 1)."""
    out = options[0]
    for number, option in enumerate(options[1:], start=1):
        out = torch.where(choice == number, option, out)
    return out
