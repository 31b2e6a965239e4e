"""Scores of the projected recipe on held-out scenes, by networks that taught it and by others that did not."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.projected.data import OURS
from toonkit.chapters.projected.recipe import Projected, ProjectedConfig
from toonkit.metrics.edges import edge_sharpness
from toonkit.metrics.scores import Score
from toonkit.metrics.sets import fid, kid, pooled_features
from toonkit.metrics.truth import attributes_kept, mask_agreement, read, true_error
from toonkit.networks.features import features, load_toonnet
from toonkit.networks.toonnet import READS_AT, at_reading_size
from toonkit.project.profiles import Profile
from toonkit.training.batches import chunks
from toonkit.world import ToonWorld

SPACES = ("toonnet", "squeezenet")  # the second taught only where `close` names it
READERS = ("toonnet", "toonnet_residual")  # the second never taught


@torch.no_grad()
def scores(recipe: Projected, profile: Profile) -> Scores:
    """Translations of held-out scenes beside other scenes' pictures of that side, and beside the true ones."""
    config = recipe.config
    count = profile.pick(quick=50, full=1000, paper=OURS)
    spaces = profile.pick(quick=SPACES[:1], full=SPACES, paper=OURS)
    scenes = _rendered(config.family, count, config.size, config.style)
    given = scenes[config.source]
    drawn = torch.cat([recipe.translate(part) for part in given.split(50)])
    return {"drawn": _beside(drawn, scenes, config, spaces), "untranslated": _beside(given, scenes, config, spaces)}


def _beside(
    pictures: Tensor, scenes: dict[str, Tensor], config: ProjectedConfig, spaces: tuple[str, ...]
) -> dict[str, Score | dict[str, Score]]:
    """Pictures (N, 3, H, W) beside the true ones of the target side, and beside those of other scenes."""
    target = config.target
    truth = scenes[target]
    out: dict[str, Score] = {"true error": true_error(pictures, truth)}
    for name in READERS:
        network = load_toonnet(name)
        world = ToonWorld(config.family, "test", READS_AT)
        seen = read(network, at_reading_size(pictures))
        numbers = network.labels.attribute_numbers(world, scenes["attributes"])
        kept = attributes_kept(seen["attributes"], numbers, network.labels)["attributes kept"]
        out["attributes kept" if name == READERS[0] else f"attributes kept [{name}]"] = kept
        if name == READERS[0]:
            mask = network.labels.mask_numbers(world, scenes[f"{target}_mask"])
            out["mask agreement"] = mask_agreement(seen["mask"], mask)
    for name in spaces:
        space = features(name)
        real, found = (pooled_features(space, sides, 50) for sides in (scenes[f"other_{target}"], pictures))
        out[f"FID[{name}]"] = fid(name, real, found)
        out[f"KID[{name}]"] = kid(name, real, found)
    return out | {"edge sharpness": edge_sharpness(pictures)}


@lru_cache(maxsize=1)
def _rendered(family: str, count: int, size: int, style: str) -> dict[str, Tensor]:
    """The first `count` test scenes as photo and toon, masks at READS_AT pixels, attributes; other scenes'."""
    world = ToonWorld(family, "test", size, style, count=2 * count)
    small = ToonWorld(family, "test", READS_AT, style, count=2 * count)
    parts = [list(part) for part in chunks(count)]
    batches = [small.batch(part) for part in parts]
    masks = {"photo_mask": "mask", "toon_mask": "toon_mask"}
    out = {name: torch.cat([batch[key] for batch in batches]) for name, key in masks.items()}
    out["attributes"] = torch.cat([batch["attributes"] for batch in batches])
    for side, paint in (("photo", world.photos), ("toon", world.toons)):
        out[side] = torch.cat([paint(part) for part in parts])
        out[f"other_{side}"] = torch.cat([paint([k + count for k in part]) for part in parts])
    return out
