"""What the avatars' recipe learns from: photographs of faces, and one artist's drawn heads, cut alike."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from toonkit.chapters.avatars.recipe import AvatarsConfig
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.random_crops import crops
from toonkit.images.resize import centre_crop
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches

OURS = Missing("the report's pictures were crawled from private people and never released; run profile full")
PICTURES = {"photo": ("caltech101", "Faces_easy"), "toon": ("dicebear", "toon-head")}  # source and folder
OPEN_EYES = ("wide", "happy")  # of the artist's; hardly anybody on the photographs shuts them
FACES = {  # top, left and side of what is cut out, in shares of the middle square: eyes in one place, as far apart
    "photo": (0.01, 0.04, 0.92),
    "toon": (0.175, 0.13, 0.74),
}
SHORTS = (66, 68, 70, 74)  # pixels of the short side from which crops of 64 are cut, every second one mirrored


def batches(config: AvatarsConfig, profile: Profile, seed: int) -> Batches:
    """Unpaired sides, in crops of `config.size` at random places. Raises SourceError where a source is not here."""
    stop = profile.pick(quick=8, full=None, paper=OURS)
    generator = torch.Generator().manual_seed(seed)  # of the places of crops
    groups = [{side: _views(side, config.size, stop, generator)} for side in PICTURES]
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


def read_face(path: Path) -> Tensor:
    """One picture of either side, cut to a square in which both sides have their eyes in one place, (3, H, H)."""
    picture = centre_crop(read_open_picture(path), 1.0)
    given = "toon" if path.parent.name == PICTURES["toon"][1] else "photo"
    top, left, side = (round(share * picture.shape[-1]) for share in FACES[given])
    return picture[:, top : top + side, left : left + side]


def _views(side: str, size: int, stop: int | None, generator: torch.Generator) -> Tensor:
    """All training pictures of a side as bytes (N, 3, size, size)."""
    shorts = tuple(round(short * size / 64) for short in SHORTS)
    found = []
    for path in paths_of(side, "train")[:stop]:
        views = crops(read_face(path), shorts, size, generator, 0.0)  # (4, 3, size, size)
        views[1::2] = views[1::2].flip(-1)
        found.append(views)
    return torch.cat(found)
