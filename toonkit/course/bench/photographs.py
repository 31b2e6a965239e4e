"""Measure every method of `toonify` on photographs that no run saw, beside drawings that no run saw."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.contract import Drawing, entries_of
from toonkit.chapters.drawing_choice import methods
from toonkit.chapters.painted.scores import (
    NAMED,
    SIDE,
    class_kept,
    class_names,
    held_out_drawings,
    held_out_photographs,
    known_classes,
    other_photographs,
)
from toonkit.chapters.segmentation.data import photographs_with_foreground
from toonkit.chapters.systems import systems
from toonkit.filters.flat import flat_cartoon
from toonkit.images.listing import evenly
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.metrics.blemishes import SIDES, colour_error, halo, noise
from toonkit.metrics.edges import edge_agreement
from toonkit.metrics.regions import edge_strength, texture_density
from toonkit.metrics.scores import Score, exact
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.networks.features import Features, features
from toonkit.networks.style_transfer import NAME, PANELS, style_transfer
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.project.threads import threads

TAUGHT = "squeezenet"  # what painted and semantic learnt from
OTHER = "vgg16_oxford"  # what taught no generator of ours
NOT_FOR_PHOTOGRAPHS = ("tomjerry",)
FLAT = "flat abstraction"  # by rule: what `cartoongan` and `semantic` are given beside the photograph
OF_THE_WORLD = ("semantic-ours", "semantic-wang")  # generators that learnt from ToonWorld alone
EVERY = 2  # of the pictures, for the slower network
FEWEST = 12  # panels, and photographs, of a short measurement: an interval wants ten
TAKEN = 20  # training photographs of each class, at most, that its mean is taken of


def rows() -> tuple[str, ...]:
    """What can be measured alone."""
    return tuple(_makers())


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """What each method does to photographs, beside the photographs: see `_Judge`; and its seconds a picture.

    With `only` these methods alone, and not the photographs themselves. A method whose weights are not here is left
    out, and named. Raises SourceError where pictures are not here, ToonkitError for weights of `only` that are not.
    """
    profile = Profile("quick" if quick else "full")
    with threads(1), torch.no_grad():
        photos, classes = held_out_photographs(3 if quick else None)
        real = {
            "": held_out_drawings(5 if quick else None),
            "to panels, ": held_out_drawings(FEWEST if quick else None, (PANELS,)),
            "to photographs, ": other_photographs(FEWEST if quick else len(photos)),
        }
        judge = _Judge(profile, photos, classes, real)
        found: dict[str, Any] = {}
        if not only:
            found["photograph"] = judge(photos) | judge.by_region(lambda photo: photo)
        absent = []
        makers = _makers()
        for name in only or makers:
            try:
                draw = makers[name]()
            except ToonkitError:
                absent.append(name)
                continue
            found[name] = _drawn(draw, photos, judge)
    if only and absent:
        raise ToonkitError(f"what {', '.join(absent)} draws with is not here; `toonkit doctor` says what is")
    return entries_of(found) | ({} if only else {"absent": ", ".join(absent) or "none"})


def _makers() -> dict[str, Callable[[], Drawing]]:
    known = {name: make for name, make in methods().items() if name not in NOT_FOR_PHOTOGRAPHS}
    released = systems()
    ours = known | {name: released[name].draw for name in OF_THE_WORLD}
    public = {NAME: style_transfer}  # its teacher was a VGG16, so OTHER may flatter it
    return ours | {FLAT: lambda: flat_cartoon} | public


def _drawn(draw: Drawing, photos: Tensor, judge: _Judge) -> dict[str, Score]:
    started = time.process_time()
    drawn = torch.cat([draw(photo[None]) for photo in photos])
    seconds = (time.process_time() - started) / len(photos)
    return judge(drawn) | judge.by_region(draw) | {"seconds a picture": exact("seconds a picture", seconds)}


class _Judge:
    """Measures pictures (N, 3, H, W) made of the same photographs: distances, what is kept, blemishes, regions.

    Distances are to all held-out drawings, to the painted panels among them, and to other photographs, which painted
    and semantic learnt from. Texture and edges by region need masks, which few photographs have: those of the training
    split are among them. Classes are read by the network that taught, by the nearest photograph, and by the other, by
    the nearest mean of a class; both know the named training photographs alone.
    """

    def __init__(self, profile: Profile, photos: Tensor, classes: Tensor, real: Mapping[str, Tensor]) -> None:
        self.photos, self.classes = photos, classes
        self.spaces = {TAUGHT: features(TAUGHT), OTHER: features(OTHER)}
        self.real = {
            name: {to: pooled_features(space, _thinned(name, shown), 10) for to, shown in real.items()}
            for name, space in self.spaces.items()
        }
        self.known = {
            TAUGHT: known_classes(self.spaces[TAUGHT], profile),
            OTHER: class_means(self.spaces[OTHER], profile.pick(quick=1, full=TAKEN, paper=TAKEN)),
        }
        self.masked = photographs_with_foreground(SIDE, ("test", "train"))

    def __call__(self, pictures: Tensor) -> dict[str, Score]:
        found = {name: pooled_features(space, _thinned(name, pictures), 10) for name, space in self.spaces.items()}
        distances = {
            f"{to}{score.__name__.upper()}[{name}]": score(name, features, found[name])
            for name in self.spaces
            for to, features in self.real[name].items()
            for score in (fid, kid)
        }
        numbers = _thinned(OTHER, self.classes)
        kept = {
            "class kept": class_kept(found[TAUGHT], self.classes, *self.known[TAUGHT]),
            f"class kept[{OTHER}]": class_kept(found[OTHER], numbers, *self.known[OTHER]),
            "edge agreement": edge_agreement(pictures, self.photos),
            "colour error": colour_error(pictures, self.photos),
        }
        noises = {f"noise in {area} areas": noise(pictures, self.photos, area) for area in ("dark", "flat")}
        return distances | kept | noises | {f"{side} halo": halo(pictures, self.photos, side) for side in SIDES}

    def by_region(self, draw: Drawing) -> dict[str, Score]:
        """Texture and edges in the foreground and in the background of photographs with masks, as drawn."""
        photos, front = self.masked
        drawn = torch.cat([draw(photo[None]) for photo in photos])
        return {
            f"{measure}, {place}": score(drawn, region)
            for measure, score in (("texture density", texture_density), ("edge strength", edge_strength))
            for place, region in (("foreground", front), ("background", ~front))
        }


def _thinned(name: str, pictures: Tensor) -> Tensor:
    """Every second one of many pictures (N, ...) for the slower network, all for the other."""
    return pictures[::EVERY] if name == OTHER and len(pictures) > 20 * EVERY else pictures


def class_means(space: Features, taken: int) -> tuple[Tensor, Tensor]:
    """The mean direction (K, D) of the features of `taken` training photographs of each class, and its number (K,)."""
    paths = open_pictures(NAMED, "train")
    means = []
    for name in class_names():
        chosen = evenly([path for path in paths if path.parent.name == name], taken)
        pictures = torch.stack([fit_picture(read_open_picture(path), SIDE) for path in chosen])
        means.append(F.normalize(pooled_features(space, pictures, 10), dim=1).mean(0))  # (D,)
    return torch.stack(means), torch.arange(len(means))
