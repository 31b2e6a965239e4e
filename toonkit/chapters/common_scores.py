"""What the common benchmark measures of every system: the same scenes, the same measures, in three feature spaces."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Drawing, System
from toonkit.metrics.likeness import feature_distance, ms_ssim
from toonkit.metrics.lpips import lpips, lpips_ready
from toonkit.metrics.manifold import precision_recall
from toonkit.metrics.scores import Score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import attributes_kept, mask_agreement, read, true_error
from toonkit.metrics.two_sample import mmd, nearest_neighbour
from toonkit.networks.features import features, load_toonnet
from toonkit.training.batches import chunks
from toonkit.world import STYLES, ToonWorld

SIDE = 64  # pixels, for which all systems were trained
TARGETS = {"photo": "toon", "toon": "photo"}
MASKS = {"photo": "mask", "toon": "toon_mask"}
READERS = ("toonnet", "toonnet_residual")
PIXELS = "squeezenet"  # the space of the distance to the true picture
BATCH = 50
BLOCK = 20  # scenes that are drawn at once, so that what is drawn of a block depends on nothing else
SUBSET = 100  # samples of each of KID's 100 subsets


@dataclass(frozen=True, order=True)
class Task:
    """What systems are compared in: given one side of a family's scenes, to draw the other, cartoons in one style."""

    family: str = "faces"
    source: str = "photo"
    style: str = STYLES[0]

    @property
    def target(self) -> str:
        """The side that is drawn."""
        return TARGETS[self.source]

    def __str__(self) -> str:
        style = "" if self.style == STYLES[0] else f" in {self.style}"
        return f"{self.family}, {self.source} to {self.target}{style}"


def task_of(system: System) -> Task:
    """What a system does."""
    return Task(system.family, system.source, system.style)


@lru_cache(maxsize=2)
def scenes_of(family: str, count: int, style: str = STYLES[0]) -> dict[str, Tensor]:
    """The first `count` held-out scenes: photo and toon (N, 3, 64, 64), mask and toon_mask, attributes.

    `other_photo` and `other_toon` are the pictures of as many other scenes.
    """
    world = ToonWorld(family, "test", SIDE, style, count=2 * count)
    parts = [list(part) for part in chunks(count)]
    batches = [world.batch(part) for part in parts]
    names = ("photo", "toon", "mask", "toon_mask", "attributes")
    out = {name: torch.cat([batch[name] for batch in batches]) for name in names}
    shifted = [[k + count for k in part] for part in parts]
    out["other_photo"] = torch.cat([world.photos(part) for part in shifted])
    out["other_toon"] = torch.cat([world.toons(part) for part in shifted])
    return out


@torch.no_grad()
def drawn_and_timed(drawing: Drawing, pictures: Tensor) -> tuple[Tensor, float]:
    """Drawings of pictures (N, 3, H, W), kept in [-1, 1], and how many milliseconds of the processor one takes."""
    parts = []
    milliseconds = []
    for part in pictures.split(BLOCK):
        started = time.process_time()
        parts.append(drawing(part).clamp(-1, 1))
        milliseconds.append(1000 * (time.process_time() - started) / len(part))
    return torch.cat(parts), float(torch.tensor(milliseconds).median())


def common_scores(drawn: Tensor, task: Task, count: int, spaces: Sequence[str]) -> dict[str, dict[str, float]]:
    """Every measure of drawings of the first `count` scenes, as a record keeps them.

    Distances between sets are to the pictures of other scenes; the others are to the true counterparts.
    """
    scenes = scenes_of(task.family, count, task.style)
    measures = [score for space in spaces for score in set_scores(space, drawn, task, count)]
    measures += truth_scores(drawn, scenes, task)
    if PIXELS in spaces:
        measures += likeness_scores(drawn, scenes[task.target])
    return {score.name: score.entry() for score in measures}


def set_scores(space: str, drawn: Tensor, task: Task, count: int) -> list[Score]:
    """What compares a set with a set: drawings (N, 3, H, W) with pictures of other scenes, in one feature space."""
    real = _others(space, task, count)
    found = pooled_features(features(space), drawn, BATCH)
    frechet = [fid(space, real, found)] if count > real.shape[1] else []  # a covariance of fewer samples is singular
    return [
        *frechet,
        kid(space, real, found, size=SUBSET),
        mmd(space, real, found),
        nearest_neighbour(space, real, found),
        precision_recall(space, real, found, "precision"),
        precision_recall(space, real, found, "recall"),
    ]


def likeness_scores(drawn: Tensor, truth: Tensor) -> list[Score]:
    """Distances of each drawing to the truth, (N, 3, H, W) each, in networks' features; LPIPS where its trunk is."""
    learnt = [lpips(drawn, truth)] if lpips_ready() else []
    return [feature_distance(features(PIXELS), drawn, truth), *learnt]


def truth_scores(drawn: Tensor, scenes: Mapping[str, Tensor], task: Task) -> list[Score]:
    """What compares each drawing (N, 3, H, W) with the truth: the picture, the attributes by two readers, the mask."""
    truth = scenes[task.target]
    scores = [true_error(drawn, truth), ms_ssim(drawn, truth)]
    world = ToonWorld(task.family, "test", SIDE)
    for name in READERS:
        network = load_toonnet(name)
        seen = read(network, drawn)
        numbers = network.labels.attribute_numbers(world, scenes["attributes"])
        kept = attributes_kept(seen["attributes"], numbers, network.labels)["attributes kept"]
        mask = mask_agreement(seen["mask"], network.labels.mask_numbers(world, scenes[MASKS[task.target]]))
        scores += [_by(kept, name), _by(mask, name)]
    return scores


def _by(score: Score, reader: str) -> Score:
    return Score(f"{score.name}[{reader}]", score.value, score.n, score.low, score.high)


@lru_cache(maxsize=8)
def _others(space: str, task: Task, count: int) -> Tensor:
    """Features (N, D) of the pictures of other scenes."""
    scenes = scenes_of(task.family, count, task.style)
    return pooled_features(features(space), scenes[f"other_{task.target}"], BATCH)
