"""Cartoons of damaged photographs: error against the true cartoon, inside and outside the holes, by hole size."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.inpainting.recipe import (
    DEFAULT,
    InpaintingConfig,
    LatentBank,
    closest_latent,
    inpaint_first,
    optimise_latent,
)
from toonkit.chapters.loading import load_network
from toonkit.chapters.release import means
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.project.threads import threads
from toonkit.world import ToonWorld
from toonkit.world.extras import block_masks

AREAS = (5, 10, 20, 30, 40, 50)  # per cent of the picture
SIZE = 64  # pixels
LONG = 1000  # the source's number of iterations, on a few pictures only
LONG_AREA = 20  # per cent
LONG_PICTURES = 2
COMPARED = ("closest_latent", "optimise_closest")
OPPONENTS = ("nothing", "inpaint_first")
MEAN = "mean"  # over the areas
Networks = tuple[CartoonGenerator, CartoonDiscriminator]
Way = Callable[[Tensor, Tensor], Tensor]  # damaged photographs and masks to cartoons
Groups = dict[str, dict[str, Any]]


def networks() -> Networks:
    """The released generator and discriminator for ToonWorld's faces. Raises WeightsError where they are not here."""
    generator = load_network("cartoongan-faces", "generator of cartoongan")
    return generator, load_network("cartoongan-faces-discriminator", "discriminator of cartoongan")


def ways(
    generator: CartoonGenerator,
    discriminator: CartoonDiscriminator,
    bank: LatentBank,
    config: InpaintingConfig = DEFAULT,
) -> dict[str, Way]:
    """Every way to draw a damaged photograph: none, the three, and the report's and the optimiser's other readings."""
    whole = replace(config, paste=False)
    return {
        "nothing": torch.no_grad()(lambda photos, masks: generator(photos)),
        "closest_latent": lambda *pair: closest_latent(generator, bank, *pair, config),
        "closest_unpasted": lambda *pair: closest_latent(generator, bank, *pair, whole),
        "optimise_latent": lambda *pair: optimise_latent(generator, discriminator, *pair, config),
        "optimise_closest": lambda *pair: optimise_latent(generator, discriminator, *pair, config, bank),
        "inpaint_first": lambda *pair: inpaint_first(generator, *pair, config),
    }


def errors(drawn: Tensor, truth: Tensor, masks: Tensor) -> dict[str, float]:
    """Mean absolute error of cartoons (N, 3, H, W) in [-1, 1] inside and outside the holes."""
    error = (drawn - truth).abs().mean(1, keepdim=True)  # (N, 1, H, W)
    return {"inside": error[masks > 0].mean().item(), "outside": error[masks == 0].mean().item()}


def measure(quick: bool = False) -> dict[str, Any]:
    """Every way at every hole size; each seed has scenes, masks and a bank of its own. Raises WeightsError."""
    both = networks()
    seeds, scenes, stored = (2, 2, 20) if quick else (5, 10, 600)
    config = replace(DEFAULT, iterations=3) if quick else DEFAULT
    long = 6 if quick else LONG
    with threads(2):
        trials = [_trial(both, seed, scenes, stored, config, long) for seed in range(seeds)]
    facts = {"seeds": seeds, "pictures_a_seed": scenes, "pictures_in_the_bank": stored, "iterations": config.iterations}
    return facts | means(trials)


def _trial(both: Networks, seed: int, scenes: int, stored: int, config: InpaintingConfig, long: int) -> Groups:
    """One seed: errors of every way at every hole size, their means over the sizes, and seconds a picture."""
    pairs = ToonWorld("faces", "test", SIZE, count=scenes, seed=seed).batch(range(scenes))
    library = ToonWorld("faces", "train", SIZE, count=stored, seed=seed).photos(range(stored))
    bank, seconds = _timed(lambda: LatentBank.of(both[0], library))
    known = ways(*both, bank, config)
    groups: Groups = {"seconds": {"the bank": seconds}}
    for area in AREAS:
        masks = block_masks(scenes, SIZE, area / 100, seed)
        _try_area(groups, known, pairs, masks, str(area))
    for steps in (config.iterations, long):
        way = ways(*both, bank, replace(config, iterations=steps))["optimise_closest"]
        groups.setdefault("inside after iterations", {})[str(steps)] = _few(way, pairs, seed)
    return _with_values(groups)


def _try_area(groups: Groups, known: Mapping[str, Way], pairs: Mapping[str, Tensor], masks: Tensor, area: str) -> None:
    """Add the errors of every way at one hole size, and the paired differences between them."""
    damaged = pairs["photo"] * (1 - masks)  # grey holes: black and white ones disturb a drawing more
    drawn = {"undamaged": known["nothing"](pairs["photo"], masks)}
    for name, way in known.items():
        drawn[name], seconds = _timed(lambda way=way: way(damaged, masks))
        groups["seconds"][name] = groups["seconds"].get(name, 0.0) + seconds / len(damaged) / len(AREAS)
    inside = {}
    for name, pictures in drawn.items():
        found = errors(pictures, pairs["toon"], masks)
        inside[name] = found["inside"]
        for where, value in found.items():
            _add(groups, where, name, area, value)
    for way, other in product(COMPARED, OPPONENTS):  # on the same scenes and masks, so the difference is paired
        _add(groups, "inside less", f"{way} less {other}", area, inside[way] - inside[other])


def _add(groups: Groups, group: str, name: str, area: str, value: float) -> None:
    """Keep one hole size's value, and add its share to the mean over all of them."""
    entry = groups.setdefault(group, {}).setdefault(name, {MEAN: 0.0})
    entry[area] = value
    entry[MEAN] += value / len(AREAS)


def _few(way: Way, pairs: Mapping[str, Tensor], seed: int) -> float:
    """The error inside the holes of a few pictures."""
    photos = pairs["photo"][:LONG_PICTURES]
    masks = block_masks(LONG_PICTURES, SIZE, LONG_AREA / 100, seed)
    return errors(way(photos * (1 - masks), masks), pairs["toon"][:LONG_PICTURES], masks)["inside"]


def _with_values(groups: Any) -> Any:
    """Numbers as metrics of one trial, for the mean over trials."""
    if not isinstance(groups, dict):
        return {"value": groups, "n": 1, "spread": 0.0}
    return {name: _with_values(entry) for name, entry in groups.items()}


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started
