"""The cartoonist: the same parts with ink lines and flat cel colours, drawn in one of several styles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.parts import Defocus, Layers, Part, cut, rgb
from toonkit.world.photo import Light, normal
from toonkit.world.scene import Scenes
from toonkit.world.shapes import fraction


@dataclass(frozen=True)
class Style:
    """How a cartoon is drawn. Widths in scene units, colours display RGB."""

    line: float  # width of an outline of weight 1
    ink: tuple[float, float, float] = (0.07, 0.06, 0.09)
    own_line: float = 0.0  # 0: ink colour, 1: a dark tone of the part's own colour
    pressure: float = 0.5  # how much thicker a line grows on the shadow side
    wobble: float = 0.006  # how unsteady the pen is
    steps: tuple[float, ...] = (0.30,)  # light levels at which the tone steps down
    shadow: tuple[float, float, float] = (0.74, 0.68, 0.80)  # tone multiplied in at each step
    saturation: float = 1.35
    lift: float = 0.10  # how far colours move toward white
    levels: int = 0  # steps per channel of a printed palette; 0 keeps all
    halftone: float = 0.0  # period of printed dots in the shade, 0: flat tone
    wash: float = 0.0  # unevenness of the pigment, with dark rims and paper grain
    shine: float = 0.0  # strength of a painted highlight
    paper: tuple[float, float, float] = (1.0, 1.0, 1.0)
    exaggerate: float = 1.0  # how far proportions leave the photograph's


STYLE_SETTINGS = {
    "ink": Style(line=0.026),
    "comic": Style(
        line=0.034,
        pressure=1.0,
        wobble=0.004,
        steps=(0.35,),
        shadow=(0.55, 0.50, 0.62),
        saturation=1.6,
        lift=0.05,
        levels=5,
        halftone=0.062,
        paper=(1.0, 0.97, 0.88),
        exaggerate=0.9,
    ),
    "wash": Style(
        line=0.014,
        ink=(0.30, 0.22, 0.18),
        wobble=0.016,
        steps=(0.55, 0.15),
        shadow=(0.84, 0.82, 0.88),
        saturation=1.2,
        lift=0.36,
        wash=1.0,
        paper=(1.0, 0.985, 0.95),
        exaggerate=0.8,
    ),
    "pastel": Style(
        line=0.016,
        own_line=0.85,
        pressure=0.3,
        wobble=0.003,
        steps=(0.6, 0.25),
        shadow=(0.88, 0.80, 0.88),
        saturation=1.15,
        lift=0.34,
        shine=0.5,
        exaggerate=1.25,
    ),
    "noir": Style(
        line=0.030,
        pressure=1.1,
        wobble=0.005,
        steps=(0.22,),
        shadow=(0.30, 0.30, 0.33),
        saturation=0.0,
        lift=0.22,
        levels=4,
        paper=(0.97, 0.96, 0.93),
        exaggerate=0.9,
    ),
}
STYLES = tuple(STYLE_SETTINGS)
SHINY = ("hair", "gloss", "wet", "skin")


class _Spot(NamedTuple):
    """Where on the paper: coordinates and the tremble of the pen, (N or 1, H, W)."""

    x: Tensor
    y: Tensor
    tremble: Tensor


class Cartoonist:
    """Paints parts back to front in one style."""

    def __init__(self, scenes: Scenes, style: str, x: Tensor, y: Tensor) -> None:
        self.style = STYLE_SETTINGS[style]
        self.light = Light(scenes)
        self.x, self.y = x, y
        self.pixel = 2.0 / x.shape[-1]
        self.offset = scenes.between("hand u", 0, 1), scenes.between("hand v", 0, 1)  # the draws' old names
        self.tremble = noise.sample_smooth("cloud", x * 0.45 + self.offset[0], y * 0.45 + self.offset[1]) - 0.5
        self.picture = torch.ones(len(scenes), 3, *x.shape[-2:], device=x.device)

    def paint(self, layers: Layers) -> Tensor:
        """The drawing (N, 3, H, W) in [-1, 1]."""
        for layer in layers:
            if not isinstance(layer, Defocus):
                self._part(layer)
        return (self._print(self.picture) * 2 - 1).clamp(-1, 1)

    def _part(self, part: Part) -> None:
        window = part.window(1.2 * self.style.line + 2 * self.pixel + part.soft + self.style.wobble)
        if window is None:
            return
        part = part.crop(window)
        below = self.picture[(..., *window)]
        at = _Spot(*(cut(field, window) for field in (self.x, self.y, self.tremble)))
        distance = part.border + at.tremble * self.style.wobble * (2.0 if part.ink else 0.0)
        cover = (0.5 - distance / (self.pixel + part.soft)).clamp(0, 1) * part.alpha
        below = below + (self._tone(part, self._palette(part.colour), at) - below) * cover.unsqueeze(1)
        if part.ink and self.style.line:
            line, ink = self._outline(part, distance, at)
            below = below + (ink - below) * line.unsqueeze(1)
        self.picture[(..., *window)] = below

    def _palette(self, colour: Tensor) -> Tensor:
        """The style's version of a colour: saturated, lifted, snapped to the printed palette."""
        grey = colour[:, :1] * 0.30 + colour[:, 1:2] * 0.59 + colour[:, 2:] * 0.11
        colour = (grey + (colour - grey) * self.style.saturation).clamp(0, 1)
        colour = colour + (1 - colour) * self.style.lift
        if self.style.levels and colour.shape[-1] == 1:  # a gradient would break into bands
            colour = (colour * (self.style.levels - 1) + 0.5).floor() / (self.style.levels - 1)
        return colour

    def _tone(self, part: Part, colour: Tensor, at: _Spot) -> Tensor:
        """Cel shading: the colour multiplied by the shadow tone below each light level."""
        if not part.cel:
            return self._pigment(part, colour, at)
        nx, ny, nz = normal(part)
        toward = nx * self.light.x + ny * self.light.y + nz * self.light.z
        shadow = rgb(*self.style.shadow).to(toward.device)
        for level in self.style.steps:
            shade = ((level - toward) / 0.05 + 0.5).clamp(0, 1) * part.cel
            shade = self._halftone(shade, at) if self.style.halftone else shade
            colour = colour * (1 - (1 - shadow) * shade.unsqueeze(1))
        if self.style.shine and part.material in SHINY:
            spot = ((toward - 0.93) / 0.02).clamp(0, 1) * self.style.shine * part.cel
            colour = colour + (1 - colour) * spot.unsqueeze(1)
        return self._pigment(part, colour, at)

    def _halftone(self, shade: Tensor, at: _Spot) -> Tensor:
        """Shade printed as round dots on a diagonal grid."""
        period = max(self.style.halftone, 3.2 * self.pixel)
        u, v = fraction((at.x + at.y) / period) - 0.5, fraction((at.x - at.y) / period) - 0.5
        spot = (u * u + v * v).sqrt() * period * 0.7071
        return shade * ((0.30 * period - spot) / self.pixel + 0.5).clamp(0, 1)

    def _pigment(self, part: Part, colour: Tensor, at: _Spot) -> Tensor:
        """Watercolour: pigment that gathers in clouds and at the rim."""
        if not self.style.wash:
            return colour
        cloud = noise.sample("cloud", at.x * 0.3 + self.offset[1], at.y * 0.3 + self.offset[0]) - 0.5
        rim = (1 + part.distance / 0.03).clamp(0, 1)
        return (colour * (1 - self.style.wash * (0.24 * cloud + 0.14 * rim * rim)).unsqueeze(1)).clamp(0, 1)

    def _outline(self, part: Part, distance: Tensor, at: _Spot) -> tuple[Tensor, Tensor]:
        """Coverage (N, H, W) and colour of the line: thicker on the shadow side, never too thin for the grid."""
        away = -(part.facing[0] * self.light.x + part.facing[1] * self.light.y).clamp(-1, 1)
        half = 0.5 * self.style.line * part.ink * (1 + self.style.pressure * (0.6 * away + 0.8 * at.tremble))
        half = half.clamp(min=0.55 * self.pixel * min(1.0, part.ink + 0.25))
        line = (0.5 - (distance.abs() - half) / self.pixel).clamp(0, 1) * part.alpha
        ink = rgb(*self.style.ink).to(line.device)
        if self.style.own_line:
            ink = ink + (self._palette(part.colour) * 0.50 - ink) * self.style.own_line
        return line, ink

    def _print(self, picture: Tensor) -> Tensor:
        paper = rgb(*self.style.paper).to(picture.device)
        if self.style.wash:
            grain = noise.sample("grain", self.x * 0.5 + self.offset[0], self.y * 0.5 + self.offset[1]) - 0.5
            paper = paper * (1 - 0.10 * self.style.wash * grain).unsqueeze(1)
        return picture * paper
