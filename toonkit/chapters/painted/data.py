"""What painting learns from: crops of open photographs with their flat abstraction, and of open drawings."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.chapters.painted.pictures import (
    DRAWINGS,
    FILLED,
    PHOTOGRAPHS,
    drawing_paths,
)
from toonkit.chapters.painted.recipe import PaintedConfig
from toonkit.chapters.sides import flattened
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.random_crops import crops
from toonkit.images.values import as_pictures
from toonkit.project.profiles import Missing, Profile
from toonkit.training.recipe import Batch

OURS = Missing("no report has this recipe; run profile full")


class PaintedBatches:
    """Step number -> photo, flat and toon, (batch, 3, size, size) in [-1, 1] each, half of them mirrored.

    A drawing's source is drawn by its share, then one of its crops. What else is known of the photographs, as bytes
    (M, C, h, w), may be added to `photographs` by name. `strength` is that of the flat abstraction; `stop` pictures
    of a source at most.
    """

    def __init__(self, size: int, batch: int, strength: float, stop: int | None, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)  # of the places of crops
        photos = _photographs(size, stop, generator)
        self.photographs = {"photo": photos, "flat": flattened(photos, strength)}  # (M, 3, size, size) bytes each
        self.drawn = {source: _drawings(source, size, stop, generator) for source in DRAWINGS}
        self.shares = torch.tensor([share for _, share in DRAWINGS.values()])
        self.batch, self.seed = batch, seed

    def __call__(self, step: int) -> Batch:
        generator = torch.Generator().manual_seed(1_000_003 * self.seed + step)
        rows = torch.randint(len(self.photographs["photo"]), (self.batch,), generator=generator)
        sources = torch.multinomial(self.shares, self.batch, replacement=True, generator=generator).tolist()
        kinds = [self.drawn[list(DRAWINGS)[number]] for number in sources]
        toons = [kind[int(torch.randint(len(kind), (), generator=generator))] for kind in kinds]
        mirrored = torch.rand(2, generator=generator) < 0.5  # the photographs with their abstraction; the drawings
        out = {name: known[rows] for name, known in self.photographs.items()} | {"toon": torch.stack(toons)}
        return {
            name: as_pictures(pictures.flip(-1) if mirrored[int(name == "toon")] else pictures)
            for name, pictures in out.items()
        }


def batches(config: PaintedConfig, profile: Profile, seed: int) -> PaintedBatches:
    """Batches of all open pictures. Raises SourceError where a source is not here."""
    return PaintedBatches(config.size, config.batch, config.strength, quick_stop(profile), seed)


def quick_stop(profile: Profile) -> int | None:
    """How many pictures of a source a profile reads at most."""
    return profile.pick(quick=3, full=None, paper=OURS)


def _photographs(size: int, stop: int | None, generator: torch.Generator) -> Tensor:
    found = []
    for source, shorts in PHOTOGRAPHS.items():
        for path in open_pictures(source, "train")[:stop]:
            found.append(crops(read_open_picture(path), shorts, size, generator, 0.0))
    return torch.cat(found)


def _drawings(source: str, size: int, stop: int | None, generator: torch.Generator) -> Tensor:
    shorts, _ = DRAWINGS[source]
    filled = 0.0 if source == "peppercarrot-panels" else FILLED
    paths = drawing_paths(source, "train")[:stop]
    return torch.cat([crops(read_open_picture(path), shorts, size, generator, filled) for path in paths])
