"""Scores of trained networks on held-out scenes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor

from toonkit.images.values import as_pictures
from toonkit.metrics.edges import edge_agreement, edge_sharpness
from toonkit.metrics.scores import Score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import attributes_kept, mask_agreement, read, share_recognised, true_error
from toonkit.networks.features import features, toonnet_features
from toonkit.networks.toonnet import ToonNet, joint_attributes, joint_mask
from toonkit.recipes.toonnet import examples
from toonkit.training.batches import chunks
from toonkit.world import FAMILIES, ToonWorld


def score_toonnet(network: ToonNet, per_side: int = 150, split: str = "test") -> dict[str, Score]:
    """Class, hand, attributes and mask of held-out scenes, photographs and every hand together."""
    rows = examples(split, per_side)
    seen = read(network, as_pictures(rows["picture"]))
    out = attributes_kept(seen["attributes"], rows["attributes"])
    out["attributes"] = out.pop("attributes kept")
    out |= {name: share_recognised(name, seen[name], rows[name]) for name in ("class", "style")}
    return out | {"mask mIoU": mask_agreement(seen["mask"], rows["mask"].long())}


@torch.no_grad()
def score_translation(
    translate: Callable[[Tensor], Tensor], network: ToonNet, world: ToonWorld, count: int = 1000
) -> dict[str, Score]:
    """A photo-to-cartoon network on `count` held-out scenes, beside the untranslated photographs.

    FID and KID compare with the cartoons of `count` other scenes; errors, attributes and masks with the true cartoons.
    """
    pairs = _render(world, range(count))
    others = torch.cat([world.toons(list(part)) for part in _shifted(count)])
    drawn = torch.cat([translate(photos) for photos in pairs["photo"].split(50)])
    space = toonnet_features(network)
    real = pooled_features(space, others)
    out = {}
    for label, pictures in (("", drawn), ("photograph ", pairs["photo"])):
        found = pooled_features(space, pictures)
        seen = read(network, pictures)
        kept = attributes_kept(seen["attributes"], pairs["attributes"])["attributes kept"]
        out |= {
            f"{label}FID[toonnet]": fid("toonnet", real, found),
            f"{label}KID[toonnet]": kid("toonnet", real, found),
            f"{label}true error": true_error(pictures, pairs["toon"]),
            f"{label}attributes kept": kept,
            f"{label}mask agreement": mask_agreement(seen["mask"], pairs["toon_mask"]),
            f"{label}edge sharpness": edge_sharpness(pictures),
        }
    out["edge agreement"] = edge_agreement(drawn, pairs["photo"])
    out["cartoon edge agreement"] = edge_agreement(pairs["toon"], pairs["photo"])
    return out | {"cartoon edge sharpness": edge_sharpness(pairs["toon"])}


@torch.no_grad()
def score_photographs(translate: Callable[[Tensor], Tensor], photos: Tensor) -> dict[str, Score]:
    """A generator on real photographs (N, 3, H, W), whose true cartoons nobody knows: beside the photographs.

    KID compares with the ToonWorld cartoons of all families at the same size.
    """
    space, per_family = features("squeezenet"), -(-len(photos) // len(FAMILIES))
    worlds = [ToonWorld(family, "test", photos.shape[-1], count=per_family) for family in FAMILIES]
    real = pooled_features(space, torch.cat([world.toons(range(per_family)) for world in worlds]), 20)
    drawn = torch.cat([translate(part) for part in photos.split(4)])
    out = {}
    for label, pictures in (("", drawn), ("photograph ", photos)):
        found = pooled_features(space, pictures, 20)
        out[f"{label}KID[squeezenet]"] = kid("squeezenet", real, found)
        out[f"{label}edge sharpness"] = edge_sharpness(pictures)
    return out | {"edge agreement": edge_agreement(drawn, photos)}


def _shifted(count: int) -> list[range]:
    """Scenes count to 2 count, in pieces."""
    return [range(part.start + count, part.stop + count) for part in chunks(count)]


@lru_cache(maxsize=1)
def _render(world: ToonWorld, indices: range) -> dict[str, Tensor]:
    """Photographs, cartoons, cartoon masks and attributes of scenes, the last two in toonnet's label spaces."""
    parts = [world.batch(list(part)) for part in chunks(len(indices))]
    out = {name: torch.cat([part[name] for part in parts]) for name in ("photo", "toon")}
    out["toon_mask"] = joint_mask(world, torch.cat([part["toon_mask"] for part in parts]))
    out["attributes"] = joint_attributes(world, torch.cat([part["attributes"] for part in parts]))
    return out
