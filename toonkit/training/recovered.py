"""What runs of cartoon-to-human recovery need: pairs, with the emoji or not; scores, by group and by epoch."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.images.values import as_bytes
from toonkit.metrics.scores import Score, mean_score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import attributes_kept, read, true_error
from toonkit.metrics.two_sample import mmd, nearest_neighbour
from toonkit.networks.features import load_toonnet, toonnet_features
from toonkit.networks.toonnet import joint_attributes
from toonkit.recipes.recovery import Recovery, RecoveryConfig
from toonkit.training.batches import Batches, chunks
from toonkit.training.emoji import emoji_effect, mark_toons, translated
from toonkit.world import ToonWorld

OTHER = "pastel"  # a hand that training never shows
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


@lru_cache(maxsize=1)
def recovery_batches(profile: str, seed: int, emoji: str = "none") -> Batches:
    """Cartoon and photograph of the same scenes of ToonWorld's faces, the cartoons marked as `emoji` says; 64 px."""
    toons, photos = _painted(profile, seed)
    pictures = {"toon": as_bytes(mark_toons(toons, emoji)), "photo": as_bytes(photos)}
    return Batches([pictures], RecoveryConfig.batch, seed)


@lru_cache(maxsize=1)
def _painted(profile: str, seed: int) -> tuple[Tensor, Tensor]:
    world = ToonWorld("faces", "train", 64, count={"quick": 32, "full": 1200, "paper": 5000}[profile], seed=seed)
    sides = [[paint(list(part)) for part in chunks(len(world))] for paint in (world.toons, world.photos)]
    return torch.cat(sides[0]), torch.cat(sides[1])


@torch.no_grad()
def score_recovery(recipe: Recovery, profile: str) -> dict[str, Score]:
    """Photographs drawn of held-out cartoons: beside other people's (MMD, 1-NN, FID, KID) and beside the true ones.

    "cartoon ..." is the same of the untranslated cartoons, "error GROUP" the error to the truth of one group of people,
    "emoji ..." what the app's mark changes, in this hand and in another.
    """
    count = 60 if profile == "quick" else 1000
    toons, photos, _, _ = _held_out("test", count)
    drawn = translated(recipe.translate, toons)
    found = {score.name: score for score in _beside(drawn, count)}
    found |= {f"cartoon {score.name}": score for score in _untranslated(count)}
    found |= _by_group(drawn, photos) | emoji_effect(recipe.translate, toons, photos, "emoji")
    others = _other_hand(count // 2)
    return found | emoji_effect(recipe.translate, others, photos[: len(others)], f"{OTHER} emoji")


@torch.no_grad()
def score_epoch(recipe: Recovery, profile: str) -> dict[str, float]:
    """MMD, 1-NN and the error to the truth on validation scenes: what an epoch is chosen by."""
    count = 60 if profile == "quick" else 300
    toons, photos, _, _ = _held_out("val", count)
    drawn = translated(recipe.translate, toons)
    real, found = _real_features("val", count), pooled_features(toonnet_features(load_toonnet()), drawn)
    scores = (mmd("toonnet", real, found), nearest_neighbour("toonnet", real, found), true_error(drawn, photos))
    return {score.name: score.value for score in scores}


def _beside(pictures: Tensor, count: int) -> list[Score]:
    """Pictures of the first `count` test scenes beside other people's photographs, and beside the true ones."""
    _, photos, _, attributes = _held_out("test", count)
    network, real = load_toonnet(), _real_features("test", count)
    found = pooled_features(toonnet_features(network), pictures)
    scores = [mmd("toonnet", real, found), fid("toonnet", real, found), kid("toonnet", real, found)]
    scores += [nearest_neighbour("toonnet", real, found, part) for part in ("accuracy", "real", "fake")]
    kept = attributes_kept(read(network, pictures)["attributes"], attributes)["attributes kept"]
    return [*scores, true_error(pictures, photos), kept]


@lru_cache(maxsize=1)
def _untranslated(count: int) -> list[Score]:
    return _beside(_held_out("test", count)[0], count)


@lru_cache(maxsize=2)
def _real_features(split: str, count: int) -> Tensor:
    return pooled_features(toonnet_features(load_toonnet()), _held_out(split, count)[2])


@lru_cache(maxsize=2)
def _held_out(split: str, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Cartoons, their photographs, photographs of other scenes, and attributes in toonnet's label space."""
    world, parts = ToonWorld("faces", split, 64, count=2 * count), [list(part) for part in chunks(count)]
    others = torch.cat([world.photos([k + count for k in part]) for part in parts])
    attributes = torch.cat([world.describe(part)["attributes"] for part in parts])
    toons, photos = (torch.cat([paint(part) for part in parts]) for paint in (world.toons, world.photos))
    return toons, photos, others, joint_attributes(world, attributes)


def _by_group(drawn: Tensor, photos: Tensor) -> dict[str, Score]:
    world = ToonWorld("faces", "test", 64, count=len(drawn))
    table, errors = world.describe(range(len(drawn)))["attributes"], (drawn - photos).abs().flatten(1).mean(1)
    out = {}
    for group, (attribute, value) in GROUPS.items():
        number = world.attribute_values[attribute].index(value)
        rows = table[:, world.attribute_names.index(attribute)] == number
        if int(rows.sum()) >= 10:  # fewer have no interval, in a quick run
            out[f"error {group}"] = mean_score(f"error {group}", errors[rows])
    return out


@lru_cache(maxsize=1)
def _other_hand(count: int) -> Tensor:
    """The first test scenes in a hand that no model has seen, as the report's trial on another studio's pictures."""
    world = ToonWorld("faces", "test", 64, OTHER)
    return torch.cat([world.toons(list(part)) for part in chunks(count)])
