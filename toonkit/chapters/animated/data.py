"""What animated variants learn from: photographs, cartoons of others, and these with their edges smoothed."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from toonkit.chapters.animated.recipe import AnimatedConfig
from toonkit.chapters.own_data import own_sides
from toonkit.chapters.sides import painted, with_smooth_edges
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.random_crops import crops
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.world import ToonWorld

OWN = Missing("no report has this variant, which is ours; run profile full")
REPORT = "animated_variants_gan"
PEOPLE = 1200  # of ToonWorld on each side; the report has 6,000
FACES = "caltech101"  # photographs
FACE_SIDES = (136, 152, 176)  # pixels of the short side from which a face's crops of 128 are cut
DRAWINGS = {  # sources, the short sides from which crops of 128 are cut, and how many pictures of it at most
    "peppercarrot-panels": ((160, 224), 400),
    "art4apps": ((144,), 300),
    "dicebear": ((144,), 300),
}


def own(config: AnimatedConfig, seed: int) -> Batches:
    """The report's own set: faces of CelebA, drawings of Danbooru. Raises ToonkitError where it is not built."""
    return Batches(own_sides(REPORT, config.size), config.batch, seed)


def people(config: AnimatedConfig, profile: Profile, seed: int, style: str = "ink") -> Batches:
    """People of ToonWorld; the third set, of smoothed cartoons, is made once."""
    count = profile.pick(quick=32, full=PEOPLE, paper=OWN)
    world = ToonWorld("faces", "train", config.size, style, count, seed)
    groups = [{"photo": painted(world, "photo")}, with_smooth_edges(painted(world, "toon"))]
    return Batches(groups, config.batch, seed)


def portraits(config: AnimatedConfig, profile: Profile, seed: int) -> Batches:
    """Faces that a camera took, and panels and people that artists drew, in crops of `config.size`."""
    stop = profile.pick(quick=8, full=None, paper=OWN)
    generator = torch.Generator().manual_seed(seed)  # of the places of crops
    photos = [_crops(path, FACE_SIDES, config.size, generator) for path in faces("train")[:stop]]
    toons = []
    for source, (sides, most) in DRAWINGS.items():
        paths = open_pictures(source, "train")
        for path in paths[:: max(1, len(paths) // most)][:stop]:
            toons.append(_crops(path, sides, config.size, generator))
    groups = [{"photo": torch.cat(photos)}, with_smooth_edges(torch.cat(toons))]
    return Batches(groups, config.batch, seed)


def faces(split: str) -> list[Path]:
    """Open photographs of one face each, no person in two splits. Raises SourceError where they are not here."""
    return [path for path in open_pictures(FACES, split) if path.parent.name == "Faces_easy"]


def _crops(path: Path, sides: tuple[int, ...], size: int, generator: torch.Generator) -> Tensor:
    scaled = tuple(round(side * size / 128) for side in sides)
    return crops(read_open_picture(path), scaled, size, generator, 0.0)
