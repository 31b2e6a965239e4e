"""Scores of painting on photographs that no run saw, beside drawings that no run saw."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Drawing, Scores
from toonkit.chapters.painted.data import OURS
from toonkit.chapters.painted.pictures import (
    DRAWINGS,
    PHOTOGRAPHS,
    drawing_paths,
)
from toonkit.chapters.painted.recipe import Painted
from toonkit.images.listing import evenly
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.metrics.edges import edge_agreement, edge_sharpness, ink_agreement, strong_edges
from toonkit.metrics.scores import Score, exact, mean_score
from toonkit.metrics.sets import kid, pooled_features
from toonkit.networks.features import Features, features
from toonkit.project.profiles import Profile

SIDE = 256  # pixels
FEWEST = 10  # pictures for an interval
NAMED = "caltech101"  # photographs whose folder says what they show
VERIFIED = "felix"  # of whose held-out photographs each is a block
TOLERANCES = {"change": 1e-4, "edges kept": 0.02}  # absolute, of `block_scores`


@torch.no_grad()
def scores(recipe: Painted, profile: Profile) -> Scores:
    """KID to drawings, what is still recognised, edges; of the paintings and of the photographs themselves."""
    photos, classes = held_out_photographs(profile.pick(quick=3, full=None, paper=OURS))
    drawings = held_out_drawings(profile.pick(quick=4, full=None, paper=OURS))
    drawn = torch.cat([recipe.translate(part) for part in photos.split(4)])
    space = features("squeezenet")
    real = pooled_features(space, drawings, 20)
    parts = {}
    for name, pictures in (("drawn", drawn), ("photograph", photos)):
        found = pooled_features(space, pictures, 20)
        parts[name] = {
            "KID[squeezenet]": kid("squeezenet", real, found),
            "class kept": class_kept(found, classes, *known_classes(space, profile)),
            "edge sharpness": edge_sharpness(pictures),
        }
    parts["drawn"]["edge agreement"] = edge_agreement(drawn, photos)
    return parts


def held_out_photographs(stop: int | None = None) -> tuple[Tensor, Tensor]:
    """Photographs of every source that no run saw, (N, 3, SIDE, SIDE), and numbers of what they show, -1 unknown."""
    pictures, classes = [], []
    names = class_names()
    for source in PHOTOGRAPHS:
        for path in open_pictures(source, "test")[:stop]:
            pictures.append(fit_picture(read_open_picture(path), SIDE))
            classes.append(names.index(path.parent.name) if source == NAMED else -1)
    return torch.stack(pictures), torch.tensor(classes)


def other_photographs(count: int) -> Tensor:
    """`count` training photographs of the same sources, evenly spread, (count, 3, SIDE, SIDE), or all."""
    paths = [path for source in PHOTOGRAPHS for path in open_pictures(source, "train")]
    return torch.stack([fit_picture(read_open_picture(path), SIDE) for path in evenly(paths, count)])


def held_out_drawings(stop: int | None = None, sources: Collection[str] = DRAWINGS) -> Tensor:
    """Drawings of every source that no run saw, (M, 3, SIDE, SIDE)."""
    paths = [path for source in sources for path in drawing_paths(source, "test")[:stop]]
    return torch.stack([fit_picture(read_open_picture(path), SIDE) for path in paths])


def class_names() -> list[str]:
    """What the named photographs show."""
    return sorted({path.parent.name for split in ("train", "test") for path in open_pictures(NAMED, split)})


@lru_cache(maxsize=1)
def known_classes(space: Features, profile: Profile) -> tuple[Tensor, Tensor]:
    """Features (M, D) of named training photographs and what they show (M,)."""
    names = class_names()
    step = profile.pick(quick=20, full=1, paper=OURS)
    paths = open_pictures(NAMED, "train")[::step]
    found = [pooled_features(space, fit_picture(read_open_picture(path), SIDE)[None]) for path in paths]
    return torch.cat(found), torch.tensor([names.index(path.parent.name) for path in paths])


def class_kept(found: Tensor, classes: Tensor, known: Tensor, known_numbers: Tensor) -> Score:
    """The share of pictures whose nearest known photograph (cosine of features) shows what they should show."""
    named = classes >= 0
    directions = torch.nn.functional.normalize(found[named], dim=1)  # (N, D)
    nearest = (directions @ torch.nn.functional.normalize(known, dim=1).T).argmax(1)  # (N,)
    hits = (known_numbers[nearest] == classes[named]).double()
    if len(hits) < FEWEST:
        return exact("class kept", float(hits.mean()))
    return mean_score("class kept", hits)


def block_scores(make: Callable[[], Drawing], number: int) -> dict[str, float]:
    """How far a drawing is from one held-out photograph, of 2, and whether edges are where they were."""
    path = open_pictures(VERIFIED, "test")[number]
    photo = fit_picture(read_open_picture(path), SIDE)  # (3, SIDE, SIDE)
    drawn = make()(photo[None])[0].clamp(-1, 1)
    return {
        "change": float((drawn - photo).abs().mean()),
        "edges kept": ink_agreement(strong_edges(drawn), strong_edges(photo)),
    }
