"""Scores of profile `paper`: drawings of a report's held-out pictures, whose true counterpart nobody knows."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.own_data import FRECHET, SAMPLES, own_pictures
from toonkit.images.values import as_pictures
from toonkit.metrics.scores import Score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import true_error
from toonkit.metrics.two_sample import mmd, nearest_neighbour
from toonkit.networks.features import features

MOST = 1000  # pictures of a side
BATCH = 8


@torch.no_grad()
def score_own(translate: Callable[[Tensor], Tensor], report: str, size: int) -> Scores:
    """Drawings of held-out photographs, and these as they are, beside held-out cartoons; drawings beside photographs.

    FID stands beside KID where there are more pictures than features.
    """
    photos, toons = (held_out_own(report, side, size) for side in ("photo", "toon"))
    space = features(FRECHET)
    drawn = torch.cat([translate(part).clamp(-1, 1) for part in photos.split(BATCH)])
    of = {name: pooled_features(space, part, BATCH) for name, part in (("drawn", drawn), ("photograph", photos))}
    cartoons = pooled_features(space, toons, BATCH)
    return {
        "drawn": _distances(cartoons, of["drawn"]),
        "photograph": _distances(cartoons, of["photograph"]),
        "to photographs": {"drawn": _distances(of["photograph"], of["drawn"])},
    }


@torch.no_grad()
def score_own_pairs(translate: Callable[[Tensor], Tensor], report: str, size: int) -> Scores:
    """Photographs drawn of held-out cartoons beside the true ones: MMD, 1-NN, KID and the error, as of the cartoons."""
    toons, photos = (held_out_own(report, side, size) for side in ("toon", "photo"))
    drawn = torch.cat([translate(part).clamp(-1, 1) for part in toons.split(BATCH)])
    spaces = {name: features(name) for name in (SAMPLES, FRECHET)}
    real = {name: pooled_features(space, photos, BATCH) for name, space in spaces.items()}
    parts = {}
    for name, pictures in (("drawn", drawn), ("untranslated", toons)):
        found = {of: pooled_features(space, pictures, BATCH) for of, space in spaces.items()}
        measures = [measure(SAMPLES, real[SAMPLES], found[SAMPLES]) for measure in (mmd, nearest_neighbour)]
        measures.append(true_error(pictures, photos))
        parts[name] = {score.name: score for score in measures} | _distances(real[FRECHET], found[FRECHET])
    return parts


def held_out_own(report: str, side: str, size: int) -> Tensor:
    """The first pictures of a side that no run of profile `paper` trains on, (N, 3, size, size)."""
    rows = own_pictures(report, side, "test", size)
    return as_pictures(rows[torch.arange(min(len(rows), MOST))])


def _distances(real: Tensor, found: Tensor) -> dict[str, Score]:
    """KID, and where the covariance is not singular FID, of features (N, D)."""
    measures = [kid(FRECHET, real, found)]
    if min(len(real), len(found)) > real.shape[1]:
        measures.append(fid(FRECHET, real, found))
    return {score.name: score for score in measures}
