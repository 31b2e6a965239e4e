"""Cartoons of damaged photographs: error against the true cartoon, inside and outside the holes, by hole size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import torch
from torch import Tensor

from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.generators import load_discriminator, load_generator
from toonkit.project.records import measured
from toonkit.recipes.inpainting import (
    DEFAULT,
    InpaintingConfig,
    LatentBank,
    closest_latent,
    inpaint_first,
    optimise_latent,
)
from toonkit.world import ToonWorld
from toonkit.world.extras import block_masks

AREAS = (5, 10, 20, 30, 40, 50)  # per cent of the picture
SIZE, LONG, LONG_AREA, LONG_PICTURES = 64, 1000, 20, 2  # the source's number of iterations, on a few pictures only
JUDGED, OPPONENTS = ("closest_latent", "optimise_closest"), ("nothing", "inpaint_first")
Networks = tuple[CartoonGenerator, CartoonDiscriminator]
Way = Callable[[Tensor, Tensor], Tensor]  # damaged photographs and masks to cartoons


def networks() -> Networks:
    """The released generator and discriminator for ToonWorld's faces. Raises WeightsError where they are not here."""
    return load_generator("cartoongan-faces"), load_discriminator("cartoongan-faces-discriminator")


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
    error = (drawn - truth).abs().mean(1, keepdim=True)
    return {"inside": error[masks > 0].mean().item(), "outside": error[masks == 0].mean().item()}


def measure(quick: bool = False) -> dict[str, float | str]:
    """Every way at every hole size; each seed has scenes, masks and a bank of its own. Raises WeightsError."""
    both = networks()
    torch.set_num_threads(2)
    seeds, scenes, stored = (2, 2, 20) if quick else (5, 10, 600)
    config = replace(DEFAULT, iterations=3) if quick else DEFAULT
    trials = [_trial(both, seed, scenes, stored, config, 6 if quick else LONG) for seed in range(seeds)]
    facts = {"seeds": seeds, "pictures_a_seed": scenes, "pictures_in_the_bank": stored, "iterations": config.iterations}
    return facts | {name: measured([trial[name] for trial in trials]) for name in trials[0]}


def _trial(both: Networks, seed: int, scenes: int, held: int, config: InpaintingConfig, long: int) -> dict[str, float]:
    """One seed: errors of every way at every hole size, their means over the sizes, and seconds a picture."""
    pairs = ToonWorld("faces", "test", SIZE, count=scenes, seed=seed).batch(range(scenes))
    library = ToonWorld("faces", "train", SIZE, count=held, seed=seed).photos(range(held))
    bank, spent = _timed(lambda: LatentBank.of(both[0], library))
    known, out = ways(*both, bank, config), {"seconds_of_the_bank": spent}
    for area in AREAS:
        masks = block_masks(scenes, SIZE, area / 100, seed)
        damaged = pairs["photo"] * (1 - masks)  # grey holes: black and white ones disturb a drawing more
        drawn = {"undamaged": known["nothing"](pairs["photo"], masks)}
        for name, way in known.items():
            drawn[name], spent = _timed(lambda way=way, pair=(damaged, masks): way(*pair))
            _add(out, f"seconds_{name}", spent / scenes)
        for name, pictures in drawn.items():
            for where, value in errors(pictures, pairs["toon"], masks).items():
                out[f"{where}_{name}_{area}"] = value
                _add(out, f"{where}_{name}", value)
        for way, other in product(JUDGED, OPPONENTS):  # on the same scenes and masks, so the difference is paired
            value = out[f"inside_{way}_{area}"] - out[f"inside_{other}_{area}"]
            out[f"inside_{way}_less_{other}_{area}"] = value
            _add(out, f"inside_{way}_less_{other}", value)
    for steps in (config.iterations, long):
        way = ways(*both, bank, replace(config, iterations=steps))["optimise_closest"]
        out[f"inside_after_{steps}_iterations"] = _few(way, pairs, seed)
    return out


def _add(out: dict[str, float], name: str, value: float) -> None:
    """Add one hole size's value to a mean over all of them."""
    out[name] = out.get(name, 0.0) + value / len(AREAS)


def _few(way: Way, pairs: dict[str, Tensor], seed: int) -> float:
    """The error inside the holes of a few pictures."""
    photos, truth = (pairs[name][:LONG_PICTURES] for name in ("photo", "toon"))
    masks = block_masks(LONG_PICTURES, SIZE, LONG_AREA / 100, seed)
    return errors(way(photos * (1 - masks), masks), truth, masks)["inside"]


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started
