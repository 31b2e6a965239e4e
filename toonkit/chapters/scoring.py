"""Scores of a translation from photograph to cartoon that several chapters share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.metrics.edges import edge_agreement, edge_sharpness
from toonkit.metrics.scores import Score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import attributes_kept, mask_agreement, read, true_error
from toonkit.networks.features import Features, features, toonnet_features
from toonkit.networks.toonnet import ToonNet
from toonkit.training.batches import chunks
from toonkit.world import FAMILIES, ToonWorld

Translate = Callable[[Tensor], Tensor]  # (N, 3, H, W) to the same


@lru_cache(maxsize=1)
def held_out(family: str, count: int, size: int, style: str = "ink") -> ToonWorld:
    """The test split, with `count` scenes to draw and as many others to compare with."""
    return ToonWorld(family, "test", size, style, 2 * count)


@torch.no_grad()
def score_translation(translate: Translate, network: ToonNet, world: ToonWorld, count: int = 1000) -> Scores:
    """A photo-to-cartoon network on `count` held-out scenes, beside the untranslated photographs.

    FID and KID compare with the cartoons of `count` other scenes; errors, attributes and masks with the true cartoons.
    """
    pairs = _read_by(network, world, count)
    drawn = torch.cat([translate(photos) for photos in pairs["photo"].split(50)])
    space = toonnet_features(network)
    real = pooled_features(space, pairs["others"])
    return {
        "drawn": _beside(network, space, drawn, pairs, real)
        | {"edge agreement": edge_agreement(drawn, pairs["photo"])},
        "photograph": _beside(network, space, pairs["photo"], pairs, real),
        "cartoon": {
            "edge agreement": edge_agreement(pairs["toon"], pairs["photo"]),
            "edge sharpness": edge_sharpness(pairs["toon"]),
        },
    }


def _beside(
    network: ToonNet, space: Features, pictures: Tensor, pairs: dict[str, Tensor], real: Tensor
) -> dict[str, Score]:
    """Pictures (N, 3, H, W) beside other scenes' cartoons (their features `real`) and beside the true ones."""
    found = pooled_features(space, pictures)
    seen = read(network, pictures)
    return {
        "FID[toonnet]": fid("toonnet", real, found),
        "KID[toonnet]": kid("toonnet", real, found),
        "true error": true_error(pictures, pairs["toon"]),
        "attributes kept": attributes_kept(seen["attributes"], pairs["attributes"], network.labels)["attributes kept"],
        "mask agreement": mask_agreement(seen["mask"], pairs["toon_mask"]),
        "edge sharpness": edge_sharpness(pictures),
    }


@torch.no_grad()
def to_photographs(translate: Translate, world: ToonWorld, count: int) -> Scores:
    """How far drawings of the first `count` scenes are from photographs of as many others: content, for table 1's sake.

    Beside them the photographs of the same scenes, which are as near as may be.
    """
    pairs = _rendered(world, count)
    space = features()
    shifted = [range(part.start + count, part.stop + count) for part in chunks(count)]
    real = pooled_features(space, torch.cat([world.photos(list(part)) for part in shifted]))
    drawn = torch.cat([translate(photos) for photos in pairs["photo"].split(50)])
    parts = {}
    for name, pictures in (("drawn", drawn), ("photograph", pairs["photo"])):
        found = pooled_features(space, pictures)
        parts[name] = {"FID[toonnet]": fid("toonnet", real, found), "KID[toonnet]": kid("toonnet", real, found)}
    return parts


@torch.no_grad()
def score_photographs(translate: Translate, photos: Tensor) -> Scores:
    """A generator on real photographs (N, 3, H, W), whose true cartoons nobody knows: beside the photographs.

    KID compares with the ToonWorld cartoons of all families at the same size.
    """
    space = features("squeezenet")
    per_family = -(-len(photos) // len(FAMILIES))
    worlds = [ToonWorld(family, "test", photos.shape[-1], count=per_family) for family in FAMILIES]
    real = pooled_features(space, torch.cat([world.toons(range(per_family)) for world in worlds]), 20)
    drawn = torch.cat([translate(part) for part in photos.split(4)])
    parts = {}
    for name, pictures in (("drawn", drawn), ("photograph", photos)):
        parts[name] = {
            "KID[squeezenet]": kid("squeezenet", real, pooled_features(space, pictures, 20)),
            "edge sharpness": edge_sharpness(pictures),
        }
    parts["drawn"]["edge agreement"] = edge_agreement(drawn, photos)
    return parts


def _read_by(network: ToonNet, world: ToonWorld, count: int) -> dict[str, Tensor]:
    """The scenes of `_rendered`, their masks and attributes as numbers of the network's labels."""
    out = dict(_rendered(world, count))
    out["toon_mask"] = network.labels.mask_numbers(world, out["toon_mask"])
    out["attributes"] = network.labels.attribute_numbers(world, out["attributes"])
    return out


@lru_cache(maxsize=1)
def _rendered(world: ToonWorld, count: int) -> dict[str, Tensor]:
    """The first `count` scenes: photographs, cartoons, masks of these, attributes; the cartoons of as many `others`."""
    parts = [world.batch(list(part)) for part in chunks(count)]
    out = {name: torch.cat([part[name] for part in parts]) for name in ("photo", "toon", "toon_mask", "attributes")}
    shifted = [range(part.start + count, part.stop + count) for part in chunks(count)]
    out["others"] = torch.cat([world.toons(list(part)) for part in shifted])
    return out
