"""The photographer: the same parts under a lamp and a sky, with texture, contact shadows, a lens and a sensor."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from toonkit.world import noise
from toonkit.world.parts import Defocus, Layers, Part, Window, cut, rgb
from toonkit.world.scene import Scenes

CAST_REACH = 0.22  # how far a contact shadow reaches, scene units


@dataclass(frozen=True)
class Material:
    """How a surface answers light: texture (kind, periods per scene unit across and along, depth), bump and gloss."""

    texture: str = "cloud"
    across: float = 0.6
    along: float = 0.6
    depth: float = 0.25
    bump: float = 0.0
    gloss: float = 0.05
    wrap: float = 0.15  # light that reaches round the terminator
    blood: float = 0.0  # red scattered at the terminator (skin)


MATERIALS = {
    "matte": Material(),
    "skin": Material("grain", 0.9, 0.9, 0.10, 0.10, 0.14, 0.35, 0.16),
    "hair": Material("grain", 1.1, 0.07, 0.85, 0.7, 0.28, 0.30),
    "fur": Material("grain", 0.9, 0.25, 0.50, 0.6, 0.06, 0.30),
    "cloth": Material("grain", 1.1, 1.1, 0.35, 0.5, 0.02, 0.20),
    "gloss": Material("cloud", 0.3, 0.3, 0.06, 0.0, 0.75, 0.15),
    "wet": Material("cloud", 0.3, 0.3, 0.05, 0.0, 0.55, 0.30),
    "wood": Material("grain", 0.05, 0.9, 0.45, 0.2, 0.10, 0.15),
    "stone": Material("cloud", 1.1, 1.1, 0.45, 0.6, 0.02, 0.15),
    "leaf": Material("cells", 0.35, 0.35, 0.95, 1.1, 0.05, 0.30),
    "grass": Material("grain", 0.8, 0.18, 0.95, 0.5, 0.02, 0.30),
    "water": Material("cloud", 0.15, 1.3, 0.35, 0.7, 0.40, 0.20),
    "sky": Material("cloud", 0.2, 0.3, 0.0, 0.0, 0.0, 0.0),
    "flat": Material("cloud", 0.5, 0.5, 0.0, 0.0, 0.0, 0.0),
}


class Light:
    """The light of a scene: key direction and colour, ambient from above and below, all (N, 1, 1) or (N, 3, 1, 1)."""

    def __init__(self, scenes: Scenes) -> None:
        side = 2 * scenes.chance("light side", 0.5) - 1
        self.x, self.y = side * scenes.between("light across", 0.35, 0.75), -scenes.between("light above", 0.25, 0.65)
        self.z = (1 - 0.8 * (self.x * self.x + self.y * self.y)).clamp(min=0.1).sqrt()
        warmth = scenes.between("warmth", -0.6, 1.0).unsqueeze(1)
        lamp, sky = rgb(0.16, 0.02, -0.18).to(warmth.device), rgb(0.12, 0.0, -0.14).to(warmth.device)
        self.key = (1 + warmth * lamp) * 0.95
        self.fill = scenes.between("fill", 0.22, 0.45).unsqueeze(1) * (1 - warmth * sky)


def normal(part: Part) -> tuple[Tensor, Tensor, Tensor]:
    """The unit normal (x, y, z toward the viewer) of a part whose border curves away over `part.round`."""
    if isinstance(part.round, float) and part.round == 0.0:
        flat = torch.zeros_like(part.distance)
        return flat, flat, torch.ones_like(flat)
    lean = (1 + part.distance / part.round).clamp(0, 1) * 0.96
    nx, ny = part.facing[0] * lean, part.facing[1] * lean
    return nx, ny, (1 - nx * nx - ny * ny).clamp(min=0.02).sqrt()


class Photographer:
    """Paints parts back to front in linear light (display value squared), then develops the picture."""

    def __init__(self, scenes: Scenes, x: Tensor, y: Tensor) -> None:
        self.scenes = scenes
        self.light = Light(scenes)
        self.x, self.y = x, y
        self.size = x.shape[-1]
        self.pixel = 2.0 / self.size
        self.picture = torch.zeros(len(scenes), 3, self.size, self.size, device=x.device)
        self.offset = scenes.between("texture u", 0, 1), scenes.between("texture v", 0, 1)

    def paint(self, layers: Layers) -> Tensor:
        """The developed photograph (N, 3, H, W) in [-1, 1]."""
        for layer in layers:
            if isinstance(layer, Defocus):
                self._defocus(layer.amount)
            else:
                self._part(layer)
        return self._develop()

    def _part(self, part: Part) -> None:
        window = part.window(CAST_REACH + part.soft)
        if window is None:
            return
        part = part.crop(window)
        below = self.picture[(..., *window)]
        cover = (0.5 - part.border / (1.4 * self.pixel + part.soft)).clamp(0, 1) * part.alpha
        if part.cast:
            below = below * (1 - self._contact_shadow(part)).unsqueeze(1)
        self.picture[(..., *window)] = below + (self._shade(part, window) - below) * cover.unsqueeze(1)

    def _contact_shadow(self, part: Part) -> Tensor:
        """Soft darkening around the part, deeper on the side away from the key light, (N, H, W)."""
        near = (1 - part.border / CAST_REACH).clamp(0, 1)
        away = (0.45 - 0.55 * (part.facing[0] * self.light.x + part.facing[1] * self.light.y)).clamp(0, 1)
        return part.cast * part.alpha * near * near * away

    def _shade(self, part: Part, window: Window) -> Tensor:
        material = MATERIALS[part.material]
        nx, ny, nz = normal(part)
        grain, nx, ny = self._texture(part, material, nx, ny, window)
        toward = nx * self.light.x + ny * self.light.y + nz * self.light.z
        lit = ((toward + material.wrap) / (1 + material.wrap)).clamp(min=0)
        light = self.light.key * lit.unsqueeze(1) + self.light.fill * (1 - 0.45 * ny).unsqueeze(1)
        if material.blood:
            edge = (1 - (toward - 0.1).abs() * 2.2).clamp(min=0) * material.blood
            light = light + edge.unsqueeze(1) * rgb(1.0, 0.25, 0.12).to(edge.device)
        shine = (0.72 * toward + 0.62 * nz - 0.30).clamp(0, 1)  # near the half vector
        square = shine * shine
        gloss = square * square * material.gloss
        albedo = part.colour * part.colour * grain.unsqueeze(1)
        return albedo * light + gloss.unsqueeze(1) * self.light.key

    def _texture(
        self, part: Part, material: Material, nx: Tensor, ny: Tensor, window: Window
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The tone of the surface about 1, and its normal roughened."""
        if not material.depth:
            return torch.ones_like(nx), nx, ny
        u, v = part.uv or (cut(self.x, window), cut(self.y, window))
        u, v = u * material.across + self.offset[0], v * material.along + self.offset[1]
        value = noise.sample(material.texture, u, v) - 0.5
        if material.bump:
            across = torch.cat([value[..., 1:] - value[..., :-1], torch.zeros_like(value[..., :1])], -1)
            nx, ny = nx - material.bump * across * 0.6, ny - material.bump * value * 0.15
        return (1 + material.depth * value).clamp(min=0.05), nx, ny

    def _defocus(self, amount: Tensor) -> None:
        """Blur by repeated binomial filters with growing steps; `amount` says how far along the chain a scene goes."""
        reach = amount.unsqueeze(1) * 6.0
        picture = self.picture
        for level, wide in enumerate((1, 1, 2, 3, 4, 6)):
            step = wide * self.size / 256  # pixels; below one pixel the blur is weakened instead
            blurred = _blur(picture, max(1, round(step)))
            picture = picture + (blurred - picture) * min(1.0, step * step)
            self.picture = self.picture + (picture - self.picture) * (reach - level).clamp(0, 1)

    def _develop(self) -> Tensor:
        """Lens, vignette, film and sensor: linear light to a picture in [-1, 1]."""
        scenes = self.scenes
        lens = min(0.45, self.size / 512)
        picture = _blur(self.picture, 1) * lens + self.picture * (1 - lens)
        falloff = 1 - scenes.between("vignette", 0.10, 0.30) * (self.x * self.x + self.y * self.y) * 0.6
        picture = picture * (falloff * scenes.between("exposure", 0.85, 1.3)).unsqueeze(1)
        picture = picture * (1 + picture * 0.25) / (1 + 0.75 * picture)  # shoulder of the film (extended Reinhard)
        display = (picture.clamp(0, 1) + 1e-4).sqrt()
        display = display * 0.7 + 0.3 * display * display * (3 - 2 * display)  # a little contrast
        return ((display + self._grain() * (1.1 - 0.6 * display)) * 2 - 1).clamp(-1, 1)

    def _grain(self) -> Tensor:
        """Sensor noise, partly shared by the channels, (N, 3, H, W)."""
        keys = noise.mix(self.scenes.keys ^ noise.key("sensor"))
        grain = noise.pixel_noise(keys, self.size, 3, self.x.device)
        return (grain[:, :1] * 0.7 + grain * 0.5) * self.scenes.between("iso", 0.006, 0.022).unsqueeze(1)


def _blur(picture: Tensor, step: int) -> Tensor:
    """The binomial filter along both axes."""
    return _binomial(_binomial(picture, step, -1), step, -2)


def _binomial(picture: Tensor, step: int, axis: int) -> Tensor:
    """The filter [1 2 1] / 4 along an axis with taps `step` apart; the border repeats."""
    size = picture.shape[axis]
    index = torch.arange(size, device=picture.device)
    before = picture.index_select(axis, (index - step).clamp(min=0))
    after = picture.index_select(axis, (index + step).clamp(max=size - 1))
    return (before + after) * 0.25 + picture * 0.5
