"""Scores of profile `paper`: drawings of a report's held-out pictures, whose true counterpart nobody knows."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.own_data import FRECHET, SAMPLES, own_pictures
from toonkit.chapters.scoring import Translate
from toonkit.images.values import as_pictures
from toonkit.metrics.scores import Score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import true_error
from toonkit.metrics.two_sample import mmd, nearest_neighbour
from toonkit.networks.features import features

MOST = 1000  # pictures of a side
BATCH = 8


class Translating(Protocol):
    """A recipe whose networks translate pictures (N, 3, H, W) where they are."""

    config: Any

    @property
    def device(self) -> torch.device: ...

    def translate(self, pictures: Tensor) -> Tensor: ...


def score_own(recipe: Translating, report: str) -> Scores:
    """Drawings of held-out photographs, and these as they are, beside held-out cartoons; drawings beside photographs.

    FID stands beside KID where there are more pictures than features.
    """
    size = recipe.config.size
    photos, toons = (held_out_own(report, side, size) for side in ("photo", "toon"))
    space = features(FRECHET)
    drawn = in_parts(recipe.translate, photos, recipe.device)
    of = {name: pooled_features(space, part, BATCH) for name, part in (("drawn", drawn), ("photograph", photos))}
    cartoons = pooled_features(space, toons, BATCH)
    return {
        "drawn": distances(cartoons, of["drawn"]),
        "photograph": distances(cartoons, of["photograph"]),
        "to photographs": {"drawn": distances(of["photograph"], of["drawn"])},
    }


def score_own_pairs(recipe: Translating, report: str) -> Scores:
    """Photographs drawn of held-out cartoons beside the true ones: MMD, 1-NN, KID and the error, as of the cartoons."""
    toons, photos = (held_out_own(report, side, recipe.config.size) for side in ("toon", "photo"))
    drawn = in_parts(recipe.translate, toons, recipe.device)
    spaces = {name: features(name) for name in (SAMPLES, FRECHET)}
    real = {name: pooled_features(space, photos, BATCH) for name, space in spaces.items()}
    parts = {}
    for name, pictures in (("drawn", drawn), ("untranslated", toons)):
        found = {of: pooled_features(space, pictures, BATCH) for of, space in spaces.items()}
        measures = [measure(SAMPLES, real[SAMPLES], found[SAMPLES]) for measure in (mmd, nearest_neighbour)]
        measures.append(true_error(pictures, photos))
        parts[name] = {score.name: score for score in measures} | distances(real[FRECHET], found[FRECHET])
    return parts


def held_out_own(report: str, side: str, size: int) -> Tensor:
    """The first pictures of a side that no run of profile `paper` trains on, (N, 3, size, size)."""
    rows = own_pictures(report, side, "test", size)
    return as_pictures(rows[torch.arange(min(len(rows), MOST))])


@torch.no_grad()
def in_parts(draw: Translate, pictures: Tensor, device: torch.device) -> Tensor:
    """What is drawn of pictures (N, 3, H, W), BATCH of them at a time on a device; (N, 3, H, W) in [-1, 1] here."""
    return torch.cat([draw(part.to(device)).clamp(-1, 1).cpu() for part in pictures.split(BATCH)])


def distances(real: Tensor, found: Tensor) -> dict[str, Score]:
    """KID, and where the covariance is not singular FID, of features (N, D)."""
    measures = [kid(FRECHET, real, found)]
    if min(len(real), len(found)) > real.shape[1]:
        measures.append(fid(FRECHET, real, found))
    return {score.name: score for score in measures}
