"""The family `faces`: a person before a backdrop. Class: age."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.world import features, hair, portrait
from toonkit.world.palettes import HAIR, SKIN
from toonkit.world.parts import Layers
from toonkit.world.portrait import Face
from toonkit.world.scene import Scenes

CLASSES = ("child", "adult", "elder")
MASK = ("background", "skin", "hair", "eyes", "mouth", "facial_hair", "glasses", "clothes")
FOREGROUND = MASK[1:]
ATTRIBUTES = {
    "age": CLASSES,
    "hair_colour": tuple(HAIR),
    "hair_style": ("bald", "short", "curly", "bob", "long", "bun"),
    "moustache": ("no", "yes"),
    "beard": ("no", "yes"),
    "glasses": ("no", "yes"),
    "expression": ("sad", "neutral", "smile"),
    "light": ("left", "right"),
    "skin": ("light", "medium", "dark"),
}


def attributes(scenes: Scenes) -> dict[str, Tensor]:
    """Each attribute as whole numbers (N, 1, 1), in the order of ATTRIBUTES."""
    age = scenes.pick("age", [0.30, 0.45, 0.25])
    child = age == 0
    greying = (age == 2) & (scenes.chance("greying", 0.85) == 1)
    child_style = scenes.pick("child hair", [0.02, 3, 2, 2, 2, 1.5])
    style = torch.where(child, child_style, scenes.pick("hair style", [1.2, 3, 2, 2, 2, 1]))
    grown = (~child & (style < 3)).float()  # with short hair or none: who may wear a moustache
    return {
        "age": age,
        "hair_colour": torch.where(greying, 4.0, scenes.pick("hair colour", [3, 3, 2, 2])),
        "hair_style": style,
        "moustache": scenes.chance("moustache", 0.5) * grown,
        "beard": scenes.chance("beard", 0.30) * grown,
        "glasses": scenes.chance("glasses", 0.33),
        "expression": scenes.pick("expression", [1, 1, 2]),
        "light": scenes.chance("light side", 0.5),
        "skin": (scenes.pick("skin", [1.0] * len(SKIN)) / 2).floor(),
    }


def kind(scenes: Scenes) -> Tensor:
    """All portraits share one list of parts."""
    return torch.zeros(len(scenes), 1, 1, device=scenes.device)


def layers(scenes: Scenes, x: Tensor, y: Tensor, exaggerate: float, kind: int = 0) -> Layers:
    """All parts of a batch of portraits, back to front."""
    face = Face(scenes, attributes(scenes), x, y, exaggerate)
    back = [*portrait.backdrop(face), *hair.behind(face), *portrait.body(face), *portrait.head(face)]
    front = [*features.eyes(face), *features.brows(face), *features.nose(face), *features.mouth(face)]
    return [*back, *front, *hair.beard(face), *hair.hair(face), *hair.glasses(face)]
