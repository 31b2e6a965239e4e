"""Measure every method of `toonify` on photographs that no run saw, beside drawings that no run saw."""

from __future__ import annotations

import time
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.contract import Drawing, entries_of
from toonkit.chapters.drawing_choice import methods
from toonkit.chapters.painted.scores import class_kept, held_out_drawings, held_out_photographs, known_classes
from toonkit.metrics.edges import edge_agreement
from toonkit.metrics.scores import Score, exact
from toonkit.metrics.sets import kid, pooled_features
from toonkit.networks.features import features
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.project.threads import threads

TAUGHT = "squeezenet"  # what painted and semantic learnt from
OTHER = "vgg16_oxford"  # what taught none of them
NOT_FOR_PHOTOGRAPHS = ("tomjerry",)
EVERY = 2  # of the pictures, for the slower network


def measure(quick: bool = False) -> dict[str, Any]:
    """KID by both networks, classes kept, edges and seconds a picture of each method, and of the photographs.

    A method whose weights are not here is left out, and named. Raises SourceError where pictures are not here.
    """
    profile = Profile("quick" if quick else "full")
    with threads(1), torch.no_grad():
        photos, classes = held_out_photographs(3 if quick else None)
        drawings = held_out_drawings(5 if quick else None)
        judge = _Judge(profile, photos, classes, drawings)
        found: dict[str, Any] = {"photograph": judge(photos)}
        absent = []
        for name, make in methods().items():
            if name in NOT_FOR_PHOTOGRAPHS:
                continue
            try:
                draw = make()
            except ToonkitError:
                absent.append(name)
                continue
            found[name] = _drawn(draw, photos, judge)
    return entries_of(found) | {"absent": ", ".join(absent) or "none"}


def _drawn(draw: Drawing, photos: Tensor, judge: _Judge) -> dict[str, Score]:
    started = time.process_time()
    drawn = torch.cat([draw(photo[None]) for photo in photos])
    seconds = (time.process_time() - started) / len(photos)
    return judge(drawn) | {"seconds a picture": exact("seconds a picture", seconds)}


class _Judge:
    """Measures pictures (N, 3, H, W) made of the same photographs."""

    def __init__(self, profile: Profile, photos: Tensor, classes: Tensor, drawings: Tensor) -> None:
        self.photos, self.classes = photos, classes
        self.spaces = {TAUGHT: features(TAUGHT), OTHER: features(OTHER)}
        self.real = {
            name: pooled_features(space, drawings[:: self._every(name)], 10) for name, space in self.spaces.items()
        }
        self.known = known_classes(self.spaces[TAUGHT], profile)

    def __call__(self, pictures: Tensor) -> dict[str, Score]:
        found = {
            name: pooled_features(space, pictures[:: self._every(name)], 10) for name, space in self.spaces.items()
        }
        distances = {f"KID[{name}]": kid(name, self.real[name], found[name]) for name in self.spaces}
        return distances | {
            "class kept": class_kept(found[TAUGHT], self.classes, *self.known),
            "edge agreement": edge_agreement(pictures, self.photos),
        }

    def _every(self, name: str) -> int:
        return EVERY if name == OTHER and len(self.photos) > 20 * EVERY else 1
