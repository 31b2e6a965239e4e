"""Scores of cartoon-to-human recovery on held-out scenes: all, people by group, by snapshot; what the emoji changes."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.own_scores import score_own_pairs
from toonkit.chapters.recovery.data import OWN, REPORT
from toonkit.chapters.recovery.recipe import Recovery
from toonkit.chapters.recovery.watermark import emoji_effect, translated
from toonkit.metrics.scores import Score, mean_score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import attributes_kept, read, true_error
from toonkit.metrics.two_sample import mmd, nearest_neighbour
from toonkit.networks.features import load_toonnet, toonnet_features
from toonkit.project.profiles import Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

OTHER = "pastel"  # a style that training never shows
GROUPS = {  # people of whom the report says that they are easy or hard, and who they are compared with
    "moustache": ("moustache", "yes"),
    "no moustache": ("moustache", "no"),
    "children": ("age", "child"),
    "adults": ("age", "adult"),
    "elders": ("age", "elder"),
    "glasses": ("glasses", "yes"),
    "no glasses": ("glasses", "no"),
    "bald": ("hair_style", "bald"),
    "long hair": ("hair_style", "long"),
}
FEWEST = 10  # people of a group: fewer have no interval


@torch.no_grad()
def scores(recipe: Recovery, profile: Profile) -> Scores:
    """Photographs drawn of held-out cartoons: beside other scenes' (MMD, 1-NN, FID, KID) and beside the true ones.

    "untranslated" is the same of the cartoons as they are; of people, "emoji" what the app's mark changes, in this
    style and in another. In profile paper, on pairs of the report's kind, whose people nobody described: beside the
    true ones alone.
    """
    if profile.name == "paper":
        return score_own_pairs(recipe, REPORT)
    count = profile.pick(quick=60, full=1000, paper=OWN)
    family, size = recipe.config.family, recipe.config.size
    toons, photos, _ = _held_out(family, "test", count, size)
    drawn = translated(recipe.translate, toons)
    beside = {"drawn": _beside(family, drawn, count), "untranslated": _untranslated(family, count, size)}
    if family != "faces":
        return beside
    others = _other_style(count // 2, size)
    return beside | {
        "error by group": error_by_group(drawn, photos),
        "emoji": emoji_effect(recipe.translate, toons, photos),
        f"emoji in {OTHER}": emoji_effect(recipe.translate, others, photos[: len(others)]),
    }


@torch.no_grad()
def snapshot_scores(recipe: Recovery, profile: Profile) -> dict[str, float]:
    """MMD, 1-NN and the error to the truth on validation scenes: what an epoch is chosen by."""
    if profile.name == "paper":
        drawn = score_own_pairs(recipe, REPORT)["drawn"]
        return {name: score.value for name, score in drawn.items()}
    count = profile.pick(quick=60, full=300, paper=OWN)
    family, size = recipe.config.family, recipe.config.size
    toons, photos, _ = _held_out(family, "val", count, size)
    drawn = translated(recipe.translate, toons)
    real = _real_features(family, "val", count, size)
    found = pooled_features(toonnet_features(load_toonnet()), drawn)
    measures = (mmd("toonnet", real, found), nearest_neighbour("toonnet", real, found), true_error(drawn, photos))
    return {score.name: score.value for score in measures}


def error_by_group(drawn: Tensor, photos: Tensor) -> dict[str, Score]:
    """Error to the truth of each of GROUPS among the first test scenes; pictures (N, 3, H, W) each."""
    world = ToonWorld("faces", "test", drawn.shape[-1], count=len(drawn))
    table = world.describe(range(len(drawn)))["attributes"]  # (N, attributes)
    errors = (drawn - photos).abs().flatten(1).mean(1)  # (N,)
    out = {}
    for group, (attribute, value) in GROUPS.items():
        number = world.attribute_values[attribute].index(value)
        rows = table[:, world.attribute_names.index(attribute)] == number
        if int(rows.sum()) >= FEWEST:
            out[group] = mean_score(f"error {group}", errors[rows])
    return out


def _beside(family: str, pictures: Tensor, count: int) -> dict[str, Score]:
    """Pictures of the first `count` test scenes beside other scenes' photographs, and beside the true ones."""
    size = pictures.shape[-1]
    _, photos, attributes = _held_out(family, "test", count, size)
    network = load_toonnet()
    real = _real_features(family, "test", count, size)
    found = pooled_features(toonnet_features(network), pictures)
    measures = [mmd("toonnet", real, found), fid("toonnet", real, found), kid("toonnet", real, found)]
    measures += [nearest_neighbour("toonnet", real, found, part) for part in ("accuracy", "real", "fake")]
    measures.append(true_error(pictures, photos))
    world = ToonWorld(family, "test", size)
    truth = network.labels.attribute_numbers(world, attributes)
    measures.append(attributes_kept(read(network, pictures)["attributes"], truth, network.labels)["attributes kept"])
    return {score.name: score for score in measures}


@lru_cache(maxsize=1)
def _untranslated(family: str, count: int, size: int) -> dict[str, Score]:
    return _beside(family, _held_out(family, "test", count, size)[0], count)


@lru_cache(maxsize=2)
def _real_features(family: str, split: str, count: int, size: int) -> Tensor:
    """Features (N, D) of photographs of other scenes than those that are translated."""
    world = ToonWorld(family, split, size, count=2 * count)
    others = torch.cat([world.photos([k + count for k in part]) for part in chunks(count)])
    return pooled_features(toonnet_features(load_toonnet()), others)


@lru_cache(maxsize=2)
def _held_out(family: str, split: str, count: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Cartoons and their photographs, (N, 3, size, size) each, and attributes (N, A)."""
    world = ToonWorld(family, split, size, count=2 * count)
    parts = [list(part) for part in chunks(count)]
    attributes = torch.cat([world.describe(part)["attributes"] for part in parts])
    toons = torch.cat([world.toons(part) for part in parts])
    return toons, torch.cat([world.photos(part) for part in parts]), attributes


@lru_cache(maxsize=1)
def _other_style(count: int, size: int) -> Tensor:
    """The first test scenes in a style that no model has seen, as the report's trial on another studio's pictures."""
    world = ToonWorld("faces", "test", size, OTHER)
    return torch.cat([world.toons(list(part)) for part in chunks(count)])
