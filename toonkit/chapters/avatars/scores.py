"""Scores of avatars on people and drawings that no run saw: beside the pictures as they are, there and back."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.chapters.avatars.data import OURS, paths_of, read_face
from toonkit.chapters.avatars.recipe import SIDES, Avatars, AvatarsConfig
from toonkit.chapters.contract import Scores
from toonkit.images.caltech101 import person_of, picture_number
from toonkit.images.resize import fit_picture
from toonkit.metrics.edges import edge_sharpness
from toonkit.metrics.people import person_known
from toonkit.metrics.scores import Score, mean_score
from toonkit.metrics.sets import kid, pooled_features
from toonkit.networks.features import Features, features
from toonkit.project.profiles import Profile


@torch.no_grad()
def scores(recipe: Avatars, profile: Profile) -> Scores:
    """For each side what is drawn of the other one, beside the other one as it is.

    KID compares with pictures of that side, which no run saw; what an avatar keeps is whether its person is known.
    """
    stop = profile.pick(quick=12, full=None, paper=OURS)
    space = features("squeezenet")
    pictures = {side: held_out(side, recipe.config, stop) for side in SIDES}
    people = torch.tensor([person_of(picture_number(path)) for path in paths_of("photo", "test")[:stop]])  # (N,)
    parts: dict[str, dict[str, Score]] = {}
    for side, given in SIDES.items():
        drawn = _draw(recipe, side, pictures[given])
        returned = _draw(recipe, given, drawn)
        real = pooled_features(space, pictures[side], 20)
        words = "avatars of photographs" if side == "toon" else "photographs of avatars"
        known = people if side == "toon" else None
        parts[words] = _beside(space, drawn, real, pictures[given], known)
        parts[words]["error there and back"] = mean_score(
            "error there and back", (returned - pictures[given]).abs().flatten(1).mean(1)
        )
        parts["photographs" if side == "toon" else "avatars"] = _beside(
            space, pictures[given], real, pictures[given], known
        )
    return parts


def held_out(side: str, config: AvatarsConfig, stop: int | None = None) -> Tensor:
    """Pictures of a side that no run saw, (N, 3, size, size)."""
    return torch.stack([fit_picture(read_face(path, config), config.size) for path in paths_of(side, "test")[:stop]])


def _draw(recipe: Avatars, side: str, pictures: Tensor) -> Tensor:
    network = recipe.networks[f"to_{side}"]
    return torch.cat([network(part) for part in pictures.split(20)]).clamp(-1, 1)


def _beside(space: Features, pictures: Tensor, real: Tensor, given: Tensor, people: Tensor | None) -> dict[str, Score]:
    """Pictures (N, 3, H, W) beside features (M, D) of true ones, and beside those they were drawn of."""
    found = pooled_features(space, pictures, 20)
    scores = {"KID[squeezenet]": kid("squeezenet", real, found), "edge sharpness": edge_sharpness(pictures)}
    if people is not None:
        scores["person known"] = person_known(found, pooled_features(space, given, 20), people)
    return scores
