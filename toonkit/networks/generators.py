"""Trained generators out of their files, and cartoons of any size drawn with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from toonkit.filters.borders import reflect_pad, tiled
from toonkit.filters.checks import check_pictures
from toonkit.networks.adapters import Adapted
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.cyclegan import ResnetGenerator
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError, WeightsError
from toonkit.world import STYLES

Network = TypeVar("Network", bound=nn.Module)
TILE = 512  # pixels a side, a multiple of 4
SMALLEST = 8  # pixels a side: a quarter of it, where the residual blocks work, can still be reflected by one pixel


def load_generator(weights: str | Path) -> CartoonGenerator:
    """The generator in a weights file, or in the released one that a plain name says; ready to draw, on the CPU.

    Raises WeightsError where the file is absent, damaged, or of another architecture.
    """
    return _load(weights, "cartoongan", "generator", lambda c: CartoonGenerator(c["filters"], c["blocks"], c["norm"]))


def load_discriminator(weights: str | Path) -> CartoonDiscriminator:
    """The discriminator in a weights file or a released one. Raises as `load_generator`."""
    keys = ("discriminator_filters", "discriminator_norm")
    return _load(weights, "cartoongan", "discriminator", lambda c: CartoonDiscriminator(*(c[key] for key in keys)))


def load_recovery(weights: str | Path) -> ResnetGenerator:
    """The network that draws photographs of cartoons. Raises as `load_generator`."""
    return _load(weights, "recovery", "to_photo", lambda c: ResnetGenerator(c["filters"], c["blocks"], c["downs"]))


def load_styles(weights: str) -> Adapted:
    """A released generator with every hand released for it: `.domain` says which one draws, at first STYLES[0].

    Its `.network` is the generator. Raises WeightsError where a file is absent, damaged, of another architecture, or
    was learnt on another generator.
    """
    hands = Adapted(load_generator(weights), first=STYLES[0])
    for style in STYLES[1:]:
        path = released(f"{weights}-{style}")
        if path.is_file():
            tensors, about = load_weights(path)
            if about.get("config", {}).get("base") != digest_of(released(weights)):
                raise WeightsError(f"{path} was not learnt on {released(weights).name}; train {style} again")
            load_into(hands.add_domain(style), tensors, f"the weights in {path}")
    hands.domain = STYLES[0]
    return hands.eval().requires_grad_(False)


@torch.no_grad()
def cartoon(generator: CartoonGenerator | ResnetGenerator, pictures: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1] of any size, drawn by a generator; the same shape.

    The generator wants multiples of 4, so pictures are reflected at the right and bottom and cut back. With batch
    norm a pixel depends on its surroundings only, and large pictures are drawn in tiles, which bounds the memory;
    instance norm looks at a whole picture, and needs about 500 bytes a pixel. Raises ToonkitError for what are no
    pictures.
    """
    padded = check_pictures(pictures)
    height, width = pictures.shape[-2:]
    for axis, side in ((2, height), (3, width)):
        whole = max(SMALLEST, side + -side % 4)
        padded = reflect_pad(padded, whole - side, axis).narrow(axis, whole - side, whole)
    if any(isinstance(module, nn.InstanceNorm2d) for module in generator.modules()):
        return generator(padded)[..., :height, :width]
    reach = 16 + 8 * len(generator.blocks)  # a block's two convolutions see 8 pixels to each side, all the others 12
    return tiled(generator, padded, halo=reach, tile=TILE)[..., :height, :width]


def _load(weights: str | Path, recipe: str, kind: str, build: Callable[[dict], Network]) -> Network:
    """A network as the file's configuration describes it. Raises WeightsError if it describes none of this kind."""
    path = Path(weights)
    if isinstance(weights, str) and path.name == weights.split(".")[0]:
        path = released(weights)
    tensors, about = load_weights(path)
    if about.get("recipe") != recipe or about.get("network") != kind:
        found = " of ".join(str(about[key]) for key in ("network", "recipe") if key in about) or "something else"
        raise WeightsError(f"{path} holds {found}, another architecture than the {kind} of {recipe}")
    try:
        network = build(about["config"])
    except (KeyError, TypeError, ToonkitError) as error:
        raise WeightsError(f"{path} describes no {kind} ({error!r}); use a file that Toonkit wrote") from error
    load_into(network, tensors, f"the weights in {path}")
    return network.eval().requires_grad_(False)
