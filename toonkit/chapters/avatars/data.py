"""What the avatars' recipe learns from: photographs of faces, and one artist's drawn heads, cut alike."""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch
from torch import Tensor

from toonkit.chapters.avatars.recipe import AvatarsConfig
from toonkit.filters.checks import grey_level
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.random_crops import crops
from toonkit.images.resize import centre_crop, fit_picture
from toonkit.project.errors import check_name
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches

OURS = Missing("the report's pictures were crawled from private people and never released; run profile full")
PICTURES = {"photo": ("caltech101", "Faces_easy"), "toon": ("dicebear", "toon-head")}  # source and folder
OPEN_EYES = ("wide", "happy")  # of the artist's; hardly anybody on the photographs shuts them
FACES = {  # top, left, height and width of what is cut out, in shares of the middle square
    "eyes": {"photo": (0.01, 0.04, 0.92, 0.92), "toon": (0.175, 0.13, 0.74, 0.74)},  # in one place, as far apart
    "eyes_and_mouth": {"photo": (0.0, 0.1, 1.0, 0.79), "toon": (0.29, 0.14, 0.5, 0.72)},  # the chin too
}
LIT, MIDDLE = 0.6, (0.3, 0.8)  # median brightness of a photograph's face, in [0, 1], and where it is, in shares
GAMMA = (0.35, 1.2)  # at least and at most
SHORTS = (66, 68, 70, 74)  # pixels of the short side from which crops of 64 are cut, every second one mirrored


def batches(config: AvatarsConfig, profile: Profile, seed: int) -> Batches:
    """Unpaired sides, in crops of `config.size` at random places. Raises SourceError where a source is not here."""
    stop = profile.pick(quick=8, full=None, paper=OURS)
    generator = torch.Generator().manual_seed(seed)  # of the places of crops
    groups = [{side: _views(side, config, stop, generator)} for side in PICTURES]
    return Batches(groups, config.batch, seed)


def paths_of(side: str, split: str) -> list[Path]:
    """The pictures of a side, "train" or "test", with open eyes; no person in both.

    Raises SourceError where they are not here.
    """
    source, folder = PICTURES[side]
    paths = [path for path in open_pictures(source, split) if path.parent.name == folder]
    if side == "photo":
        return paths
    drawn = json.loads((paths[0].parent / "attributes.json").read_text(encoding="utf-8"))  # as the artist's kit chose
    return [path for path in paths if drawn[path.stem]["eyes"] in OPEN_EYES]


def read_face(path: Path, config: AvatarsConfig) -> Tensor:
    """One picture of either side, cut so that both sides have in one place what `config.cut` names, (3, H, H).

    What is cut out need not be square: `in_proportion` takes the stretch back. A photograph of `config.lit` is
    brightened or darkened first.
    """
    picture = centre_crop(read_open_picture(path), 1.0)
    given = "toon" if path.parent.name == PICTURES["toon"][1] else "photo"
    top, left, height, width = (round(share * picture.shape[-1]) for share in _cut(config)[given])
    face = picture[:, top : top + height, left : left + width]
    if config.lit and given == "photo":
        face = lit(face)
    return fit_picture(face, max(height, width), "stretch")


def lit(face: Tensor) -> Tensor:
    """A photograph (3, H, W) by a power of its values, such that its middle's median brightness is LIT.

    The power stays within GAMMA: what is all but black stays dark.
    """
    height, width = face.shape[-2:]
    begin, end = MIDDLE
    middle = face[:, round(begin * height) : round(end * height), round(begin * width) : round(end * width)]
    median = float(grey_level(middle[None]).median().clamp(0.01, 0.99))
    gamma = min(max(math.log(LIT) / math.log(median), GAMMA[0]), GAMMA[1])
    return ((face + 1) / 2).clamp(0, 1) ** gamma * 2 - 1


def in_proportion(pictures: Tensor, side: str, config: AvatarsConfig) -> Tensor:
    """Pictures of a side (N, 3, H, W) with the proportions that they had before `read_face`, as wide as they are."""
    _, _, height, width = _cut(config)[side]
    return fit_picture(pictures, (round(pictures.shape[-1] * height / width), pictures.shape[-1]), "stretch")


def _cut(config: AvatarsConfig) -> dict[str, tuple[float, float, float, float]]:
    return FACES[check_name("cut", config.cut, tuple(FACES))]


def _views(side: str, config: AvatarsConfig, stop: int | None, generator: torch.Generator) -> Tensor:
    """All training pictures of a side as bytes (N, 3, size, size)."""
    size = config.size
    shorts = tuple(round(short * size / 64) for short in SHORTS)
    found = []
    for path in paths_of(side, "train")[:stop]:
        views = crops(read_face(path, config), shorts, size, generator, 0.0)  # (4, 3, size, size)
        views[1::2] = views[1::2].flip(-1)
        found.append(views)
    return torch.cat(found)
