"""The family `faces`: a person before a backdrop. Class: age. Lengths inside a head are in head units (chin to crown about 2)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from toonkit.world import noise, shapes
from toonkit.world.parts import Defocus, Layers, Part, blend, either, everywhere, mirrored, only, rgb
from toonkit.world.scene import Scenes
from toonkit.world.shapes import box, curve, ellipse, limb, place, smooth_min, smoothstep

CLASSES = ("child", "adult", "elder")
MASK = ("background", "skin", "hair", "eyes", "mouth", "facial_hair", "glasses", "clothes")
FOREGROUND = MASK[1:]
SKIN = ((0.98, 0.86, 0.77), (0.95, 0.78, 0.66), (0.90, 0.70, 0.55), (0.80, 0.59, 0.43), (0.67, 0.46, 0.32), (0.52, 0.34, 0.24),
        (0.40, 0.26, 0.19))
HAIR = {"black": (0.12, 0.10, 0.10), "brown": (0.36, 0.22, 0.13), "blond": (0.86, 0.68, 0.36), "red": (0.66, 0.27, 0.10),
        "grey": (0.72, 0.71, 0.70)}
EYES = ((0.34, 0.20, 0.10), (0.25, 0.45, 0.70), (0.28, 0.50, 0.28), (0.45, 0.45, 0.48))
CLOTH = ((0.75, 0.18, 0.18), (0.15, 0.30, 0.65), (0.15, 0.50, 0.35), (0.90, 0.75, 0.20), (0.90, 0.90, 0.88), (0.20, 0.20, 0.24),
         (0.55, 0.30, 0.60), (0.90, 0.50, 0.20))
WALL = ((0.45, 0.62, 0.78), (0.55, 0.68, 0.48), (0.80, 0.70, 0.55), (0.62, 0.50, 0.62), (0.70, 0.72, 0.74), (0.36, 0.42, 0.46),
        (0.80, 0.56, 0.46))
STYLES_OF_HAIR = ("bald", "short", "curly", "bob", "long", "bun")
ATTRIBUTES = {
    "age": CLASSES, "hair_colour": tuple(HAIR), "hair_style": STYLES_OF_HAIR, "moustache": ("no", "yes"), "beard": ("no", "yes"),
    "glasses": ("no", "yes"), "expression": ("sad", "neutral", "smile"), "light": ("left", "right"),
    "skin": tuple(f"tone {n}" for n in range(1, 1 + len(SKIN))),
}


def attributes(scenes: Scenes) -> dict[str, Tensor]:
    """Each attribute as whole numbers (N, 1, 1), in the order of ATTRIBUTES."""
    age = scenes.pick("age", [0.30, 0.45, 0.25])
    child = (age == 0).float()
    hair = torch.where((age == 2) & (scenes.chance("greying", 0.75) == 1), 4.0, scenes.pick("hair colour", [3, 3, 2, 2]))
    style = torch.where(child == 1, scenes.pick("child hair", [0.02, 3, 2, 2, 2, 1.5]), scenes.pick("hair style", [1.2, 3, 2, 2, 2, 1]))
    grown = (1 - child) * (style < 3).float()
    return {
        "age": age, "hair_colour": hair, "hair_style": style, "moustache": scenes.chance("moustache", 0.5) * grown,
        "beard": scenes.chance("beard", 0.30) * grown, "glasses": scenes.chance("glasses", 0.33),
        "expression": scenes.pick("expression", [1, 1, 2]), "light": scenes.chance("light side", 0.5),
        "skin": scenes.pick("skin", [1.0] * len(SKIN)),
    }


class Face:
    """The numbers of a batch of heads, and the head's own coordinates u (right), v (down) on the pixel grid."""

    def __init__(self, scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float) -> None:
        self.scenes, self.x, self.y, self.much = scenes, x, y, exaggerate
        self.is_ = attributes(scenes)
        self.child, self.elder = (self.is_["age"] == 0).float(), (self.is_["age"] == 2).float()
        self.size = scenes.between("head size", 0.50, 0.58) * (1 + 0.07 * exaggerate) * (1 - 0.06 * self.child)
        self.turn = scenes.between("turn", -1.0, 1.0)
        cx, cy = scenes.between("head x", -0.08, 0.08), scenes.between("head y", -0.14, -0.06) + 0.10 * self.child
        u, v = place(x, y, cx, cy + 0.5, scenes.between("tilt", -0.09, 0.09))
        self.u, self.v = u / self.size, (v + 0.5) / self.size
        self.cx, self.cy = cx, cy
        self.skin, self.hair = scenes.colour("skin", SKIN, 0.02), _row(list(HAIR.values()), self.is_["hair_colour"], scenes)
        self.eye_v = 0.04 + 0.12 * self.child
        self.centre = self.turn * 0.15  # the features slide as the head turns
        jaw = scenes.between("jaw", 0.50, 0.64) + 0.06 * self.child
        chin = scenes.between("chin", 0.92, 1.04) - 0.12 * self.child
        cranium = ellipse(self.u, self.v + 0.20, scenes.between("wide", 0.70, 0.78), 0.80)
        self.head = smooth_min(cranium, ellipse(self.u - self.turn * 0.05, self.v - chin + 0.62, jaw, 0.62), 0.30)
        self.cranium = cranium

    def part(self, kind: str, distance: Tensor, colour: Tensor, **how: object) -> Part:
        """A part given in head units."""
        how["round"] = how.get("round", 0.1) * self.size
        return Part(kind, distance * self.size, colour, **how)


def _row(palette: list[tuple[float, ...]], number: Tensor, scenes: Scenes) -> Tensor:
    light = scenes.between("hair light", -0.04, 0.06).unsqueeze(1)
    return (torch.tensor(palette, device=number.device)[number.view(-1).long()].view(-1, 3, 1, 1) + light).clamp(0, 1)


def kind(scenes: Scenes) -> Tensor:
    """All portraits share one list of parts."""
    return scenes.between("one kind", 0, 0)


def layers(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, kind: int = 0) -> Layers:
    """All parts of a batch of portraits, back to front."""
    face = Face(scenes, x, y, exaggerate)
    return [*_backdrop(face), *_behind(face), *_body(face), *_head(face), *_eyes(face), *_brows(face), *_nose(face), *_mouth(face),
            *_beard(face), *_hair(face), *_glasses(face)]


def _backdrop(face: Face) -> Iterator[Part | Defocus]:
    scenes, x, y = face.scenes, face.x, face.y
    wall, other = scenes.colour("wall", WALL), scenes.colour("wall other", WALL)
    level = scenes.between("horizon", -0.2, 0.6)
    hill = 0.22 * (noise.sample_smooth("cloud", x * 0.12 + scenes.between("hill", 0, 1), x * 0) - 0.5) * 2
    yield Part("background", everywhere(x, y), blend(wall, wall * 0.72, smoothstep(-1, 1, y)), "matte", 0.0, ink=0, cast=0, cel=0)
    yield Part("background", level + hill - y, blend(other, other * 0.8, smoothstep(-0.2, 1, y)), "leaf", 0.3, ink=0.5, cast=0.2,
               cel=0.0)
    for number in range(0 if face.much else 7):
        name = f"bokeh {number}"
        px, py = scenes.between(name + " x", -1, 1), scenes.between(name + " y", -1, 0.5)
        radius = scenes.between(name + " r", 0.06, 0.20)
        colour = wall * 0.45 + 0.55 * scenes.colour(name, ((1, 0.95, 0.8), (0.9, 1, 0.85), (0.85, 0.92, 1.0), (1.0, 0.85, 0.75)))
        yield Part("background", ellipse(x - px, y - py, radius, radius), colour, "flat", 0.0, ink=0.0, cel=0,
                   alpha=scenes.between(name + " a", 0.15, 0.55), cast=0, soft=0.02)
    yield Defocus(scenes.between("defocus", 0.45, 1.0))


def _behind(face: Face) -> Iterator[Part]:
    """Hair that hangs behind the neck."""
    style, u, v = face.is_["hair_style"], face.u, face.v
    long = box(u, v - 0.30, 0.80 + 0.04 * face.much, 1.05, 0.5)
    bob = box(u, v - 0.02, 0.84 + 0.05 * face.much, 0.82, 0.5)
    curl = ellipse(u, v + 0.28, 1.02, 1.0) + 0.07 * _curls(face)
    bun = ellipse(u - face.turn * 0.1, v + 1.12, 0.30, 0.28)
    back = either(style, [v * 0 + 20, v * 0 + 20, curl, bob, long, bun])
    yield face.part("hair", back, face.hair * 0.85, material="hair", round=0.35, uv=(u * 2.0, v), cast=0.25)


def _curls(face: Face) -> Tensor:
    """Bumps of curly hair, about -1 to 1."""
    return (noise.sample_smooth("cells", face.u * 0.16 + face.scenes.between("curls", 0, 1), face.v * 0.16) - 0.5) * 2


def _body(face: Face) -> Iterator[Part]:
    scenes, x, y = face.scenes, face.x, face.y
    wide = (0.62 - 0.12 * face.child) * scenes.between("shoulders", 0.92, 1.12)
    top = face.cy + face.size * (1.15 - 0.08 * face.child)
    px = x - face.cx * 0.6
    shirt = scenes.colour("shirt", CLOTH)
    trunk = smooth_min(box(px, y - top - 0.62, wide, 0.55, 0.26), limb(px, y - top, (0.0, 0.0), (0.0, 0.4), 0.24, 0.32), 0.16)
    neck = limb(px, y - face.cy, (face.cx * 0.4, 0.1), (0.0, 0.62), 0.20 - 0.05 * face.child - 0.02 * face.much, 0.24 - 0.05 * face.child)
    opening = ellipse(px, y - top - 0.02, 0.24, scenes.between("neckline", 0.10, 0.26))
    stripes = smoothstep(0.0, 0.2, (torch.remainder(y * 7 + px * px * 2, 1.0) - 0.5).abs() - 0.2) * scenes.chance("striped", 0.35)
    yield Part("clothes", trunk, blend(shirt, shirt * 0.25 + 0.7, stripes), "cloth", 0.30, cast=0.4)
    yield Part("skin", torch.minimum(neck, opening), face.skin * 0.93, "skin", 0.2, cast=0.2)
    collar = (opening.abs() - 0.028).clamp(min=-0.028)
    yield Part("clothes", torch.maximum(collar, top - 0.06 - y), shirt * 0.82, "cloth", 0.03, ink=0.7, cast=0.15)


def _head(face: Face) -> Iterator[Part]:
    u, v, skin = face.u, face.v, face.skin
    ear, _ = mirrored(u, 0.70, face.turn * 0.06)
    ears = ellipse(ear, v - face.eye_v - 0.14, 0.15 + 0.02 * face.much, 0.22)
    yield face.part("skin", ears, skin * 0.96, material="skin", round=0.12, cast=0.15)
    yield face.part("skin", ellipse(ear - 0.01, v - face.eye_v - 0.14, 0.07, 0.12), skin * 0.72, material="skin", round=0.0,
                    ink=0.4, alpha=0.8, cast=0, soft=0.04)
    yield face.part("skin", face.head, skin, material="skin", round=0.62, cast=0.55)
    cheek, _ = mirrored(u, 0.40, face.centre)
    blush = blend(skin, rgb(0.92, 0.36, 0.30).to(u.device), u * 0 + 0.5)
    rosy = face.scenes.between("blush", 0.12, 0.34) * (1 + 0.4 * face.much)
    yield face.part("skin", ellipse(cheek, v - 0.44, 0.16, 0.11), blush, material="skin", round=0.0, ink=0, cel=0, alpha=rosy,
                    cast=0, soft=0.20)
    crease = curve(cheek + 0.08, v - 0.58, 0.12, -0.05, 0.015)
    yield face.part("skin", only(face.elder, crease), skin * 0.62, ink=0, cel=0, round=0.0, alpha=0.6, cast=0, soft=0.03)
    for level in (-0.42, -0.55):
        wrinkle = curve(u - face.centre, v - level, 0.34, -0.05, 0.012, 0.5)
        yield face.part("skin", only(face.elder, wrinkle), skin * 0.66, ink=0, cel=0, round=0.0, alpha=0.55, cast=0, soft=0.02)


def _eyes(face: Face) -> Iterator[Part]:
    scenes, much = face.scenes, face.much
    across, side = mirrored(face.u, 0.31, face.centre)
    down = face.v - face.eye_v
    grow = (1 + 0.16 * face.child) * (1 + 0.42 * much)
    half, tall = 0.165 * grow * (1 - 0.08 * much), (0.085 + 0.085 * much) * grow * scenes.between("eye open", 0.85, 1.15)
    white = torch.maximum(ellipse(across, down, half, tall * 1.12), -down - tall * (1.0 + 0.1 * much))
    gaze = scenes.between("gaze", -0.045, 0.045)
    iris = scenes.colour("eyes", EYES, 0.04)
    px, py = across * side - gaze, down + 0.01
    radius = (0.082 + 0.012 * much) * grow
    yield face.part("skin", ellipse(across, down, half * 1.35, tall * 1.5 + 0.05), face.skin * 0.72, material="skin", round=0.0, ink=0, cel=0,
                    alpha=0.35 * (1 - 0.8 * much), cast=0, soft=0.10)
    yield face.part("eyes", white, rgb(0.93, 0.92, 0.91).to(face.u.device), material="wet", round=0.25, cast=0.15, cel=0.25, ink=0.75)
    inside = torch.maximum(ellipse(px, py, radius, radius * (1 + 0.12 * much)), white)
    yield face.part("eyes", inside, iris, material="wet", round=0.0, ink=0.5, cast=0, cel=0)
    yield face.part("eyes", torch.maximum(ellipse(px, py, radius * 0.52, radius * 0.58), white), rgb(0.03, 0.03, 0.04).to(face.u.device),
                    material="flat", round=0.0, ink=0, cast=0, cel=0)
    glint = 0.022 + 0.014 * much
    spot = ellipse(px + 0.030 * (1 + much) * (1 - 2 * face.is_["light"]), py + 0.035 * grow, glint * grow, glint * grow)
    yield face.part("eyes", spot, rgb(1, 1, 1).to(face.u.device), material="flat", round=0.0, ink=0, cast=0, cel=0, alpha=0.9)
    lash = curve(across, down + tall * 0.25, half * 1.05, -tall * 0.85, 0.016 + 0.012 * much, 0.5)
    yield face.part("eyes", lash, face.hair * 0.3, material="flat", round=0.0, ink=0, cast=0, cel=0, alpha=0.85, soft=0.01, marks=False)


def _brows(face: Face) -> Iterator[Part]:
    across, _ = mirrored(face.u, 0.32, face.centre)
    mood = face.is_["expression"]
    lean = torch.where(mood == 0, 0.16, torch.where(mood == 2, -0.05, 0.0)) * (1 + 0.6 * face.much)
    down = face.v - face.eye_v + 0.26 + 0.10 * face.much + across * lean
    thick = face.scenes.between("brow", 0.026, 0.052) * (1 - 0.3 * face.child)
    brow = curve(across, down, 0.19, -0.055, thick, 0.6)
    yield face.part("hair", brow, face.hair * 0.8, material="hair", round=0.06, ink=0.35, cast=0.1, soft=0.012, uv=(across * 2, down * 4),
                    cel=0.3)


def _nose(face: Face) -> Iterator[Part]:
    u, v, skin = face.u - face.centre * 1.25, face.v - 0.06 * face.child, face.skin
    drawn = face.much > 0
    wide = face.scenes.between("nose", 0.10, 0.15) * (1 - 0.2 * face.child)
    tip = smooth_min(limb(u, v, (0.0, 0.02), (0.0, 0.30), 0.035, 0.07), ellipse(u, v - 0.34, wide, 0.085), 0.08)
    if drawn:  # a cartoon nose is a round tip
        rosy = blend(skin, rgb(0.95, 0.45, 0.38).to(u.device), u * 0 + 0.22)
        yield face.part("skin", ellipse(u, v - 0.34, wide * 0.85, wide * 0.72), rosy, material="skin", round=0.12, ink=0.7, cast=0)
        return
    yield face.part("skin", tip, skin * 1.02, material="skin", round=0.10, ink=0, cast=0.22, soft=0.06, alpha=0.85)
    nostril, _ = mirrored(u, wide * 0.45)
    yield face.part("skin", ellipse(nostril, v - 0.39, 0.028, 0.016), skin * 0.35, material="flat", round=0.0, ink=0, cel=0, cast=0,
                    soft=0.03, alpha=0.8)


def _mouth(face: Face) -> Iterator[Part]:
    scenes, mood, much = face.scenes, face.is_["expression"], face.much
    u, v = face.u - face.centre, face.v - 0.64 + 0.02 * face.child
    half = scenes.between("mouth", 0.20, 0.28) * (1 - 0.15 * face.child) * (1 + 0.18 * much)
    bend = either(mood, [torch.full_like(mood, b) for b in (-0.10, 0.015, 0.13)]) * (1 + 0.35 * much)
    lips = blend(face.skin, rgb(0.72, 0.22, 0.22).to(u.device), scenes.between("lips", 0.30, 0.75) + u * 0)
    v = v + bend * 0.5
    bow = 1 - (u / half) * (u / half)
    opened = (mood == 2).float() * scenes.chance("open", 0.6)
    full = scenes.between("full", 0.030, 0.055)
    flat = {"round": 0.0, "cast": 0, "cel": 0}
    yield face.part("mouth", curve(u, v, half, bend, full, 0.75), lips, material="wet", round=0.05, ink=0.45 if much else 0, cast=0.12,
                    soft=0.012, cel=0.3)
    gape = curve(u, v, half * 0.92, bend * 1.35, 0.085 * (1 + 0.4 * much), 1.0)
    gap = only(opened, torch.maximum(gape, bend * 0.35 * bow - 0.02 - v))
    yield face.part("mouth", gap, rgb(0.32, 0.08, 0.09).to(u.device), material="wet", ink=0.6, **flat)
    teeth = torch.maximum(gap + 0.012, v - bend * bow - 0.015)
    yield face.part("mouth", teeth, rgb(0.95, 0.94, 0.90).to(u.device), material="wet", ink=0, **flat)
    line = only(1 - opened, curve(u, v, half, bend, 0.012, 0.6))
    yield face.part("mouth", line, lips * 0.42, material="flat", ink=0, soft=0.012, **flat)


def _beard(face: Face) -> Iterator[Part]:
    u, v = face.u - face.centre, face.v
    fuzz = 0.03 * (noise.sample("grain", face.u * 0.5, face.v * 0.5) - 0.5) * 2
    below = 0.42 + 0.35 * u * u - v  # the beard's upper edge rises toward the ears
    chin = torch.maximum(torch.maximum(face.head - 0.05 - 0.03 * face.much, below), -ellipse(u, v - 0.60, 0.36, 0.20))
    beard = only(face.is_["beard"], chin + fuzz)
    yield face.part("facial_hair", beard, face.hair * 0.92, material="hair", round=0.18, uv=(face.u * 2, face.v), cast=0.2, soft=0.02, ink=0.8)
    lean, _ = mirrored(u, 0.0)
    tips = limb(lean, v, (0.06, 0.475), (0.31, 0.53), 0.068 + 0.010 * face.much, 0.020)
    yield face.part("facial_hair", only(face.is_["moustache"], tips + fuzz * 0.5), face.hair * 0.8, material="hair", round=0.09,
                    uv=(lean * 0.6 + v, lean), cast=0.25, soft=0.012, ink=0.8)


def _hair(face: Face) -> Iterator[Part]:
    scenes, u, v, style = face.scenes, face.u, face.v, face.is_["hair_style"]
    part_at = scenes.between("parting", -0.55, 0.55)
    away = u - part_at
    fringe = scenes.between("fringe", -0.78, -0.44) + scenes.between("sweep", 0.15, 0.75) * away * away
    locks_at = away * scenes.between("locks", 1.5, 4.0) + scenes.between("lock phase", 0, 1)
    line = fringe + scenes.between("spiky", 0.03, 0.16) * ((locks_at - locks_at.floor() - 0.5).abs() * 2 - 0.5)
    cap = ellipse(u, v + 0.24, 0.83 + 0.04 * face.much, 0.86)
    short = torch.maximum(cap, v - line)
    sides = torch.maximum(torch.maximum(cap, v - 0.12), 0.60 - u.abs() - (v + 0.2) * 0.1)
    crop = torch.minimum(short, sides)
    curl = torch.maximum(ellipse(u, v + 0.34, 0.96, 0.80), v - fringe) + 0.06 * _curls(face)
    locks = torch.maximum(box(u, v - 0.12, 0.86, 1.0, 0.5), torch.maximum(0.60 - u.abs() + 0.1 * (v + 0.2), v - 0.85))
    bob = torch.minimum(short, torch.maximum(locks, v - 0.50))
    side, _ = mirrored(u, 0.70, face.turn * 0.04)
    bald = only(face.elder, ellipse(side, v + 0.10, 0.10 + 0.02 * face.much, 0.24))
    shape = either(style, [bald, crop, curl, bob, torch.minimum(short, locks), crop])
    flow = (away * 1.5 + away.abs() * v * 0.6, v + away.abs())
    yield face.part("hair", shape, face.hair, material="hair", round=0.30, uv=flow, cast=0.35, soft=0.01)


def _glasses(face: Face) -> Iterator[Part]:
    across, _ = mirrored(face.u, 0.31, face.centre)
    grow = 1 + 0.22 * face.much
    down = face.v - face.eye_v - 0.02
    square = face.scenes.chance("square glasses", 0.5)
    lens = square * box(across, down, 0.235 * grow, 0.18 * grow, 0.06) + (1 - square) * ellipse(across, down, 0.235 * grow, 0.215 * grow)
    frame = lens.abs() - 0.022
    bridge = limb(face.u - face.centre, down, (-0.08, -0.04), (0.08, -0.04), 0.02, 0.02)
    temple = torch.maximum(limb(across, down, (0.22, -0.04), (0.48, -0.06), 0.02, 0.02), face.head - 0.05)
    has = face.is_["glasses"]
    colour = face.scenes.colour("frame", ((0.08, 0.08, 0.09), (0.45, 0.16, 0.10), (0.70, 0.55, 0.25), (0.15, 0.20, 0.45)))
    glass = only(has, lens)
    yield face.part("glasses", glass, rgb(0.86, 0.93, 1.0).to(across.device), material="gloss", round=0.0, ink=0, cast=0.2, cel=0, alpha=0.14,
                    marks=False)
    rim = only(has, torch.minimum(torch.minimum(frame, bridge), temple))
    yield face.part("glasses", rim, colour, material="gloss", round=0.03, ink=0.15, cast=0.15, cel=0.4)
