"""A generator with every style released for it."""

from __future__ import annotations

from functools import partial

from toonkit.chapters.adapters.styles.recipe import FACES
from toonkit.chapters.contract import Drawing, Sheet, System
from toonkit.chapters.loading import load_network
from toonkit.networks.adapters import Adapted
from toonkit.networks.drawing import draw
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError, check_name
from toonkit.world import STYLES, ToonWorld

GENERATOR = "generator of cartoongan"


def load_styles(weights: str = FACES, slot: str = GENERATOR) -> Adapted:
    """A released generator with every style released for it: `.domain` says which one draws, at first STYLES[0].

    `slot` is its name among the networks of its chapter; its `.network` is the generator. Raises WeightsError where a
    file is absent, damaged, of another architecture, or was learnt on another generator.
    """
    generator = Adapted(load_network(weights, slot), first=STYLES[0])
    for style in STYLES[1:]:
        path = released(f"{weights}-{style}")
        if path.is_file():
            tensors, about = load_weights(path)
            if about.get("config", {}).get("base") != digest_of(released(weights)):
                raise WeightsError(f"{path} was not learnt on {released(weights).name}; train {style} again")
            load_into(generator.add_domain(style), tensors, f"the weights in {path}")
    generator.domain = STYLES[0]
    return generator.eval().requires_grad_(False)


def in_style(style: str, weights: str = FACES, slot: str = GENERATOR) -> Drawing:
    """What draws pictures in a style with a released generator. Raises ToonkitError for one that is not released."""
    generator = load_styles(weights, slot)
    generator.domain = check_name("style", style, generator.domains)
    return partial(draw, generator)


def style_system(style: str, weights: str = FACES, slot: str = GENERATOR) -> System:
    """The same for the common benchmark: a generator that toonnet taught, and its adapters for one style."""
    files = (weights, f"{weights}-{style}")
    return System(files, partial(in_style, style, weights, slot), style=style, taught_by=("toonnet",))


def in_every_style(generator: Adapted) -> Sheet:
    """Eight held-out people as a generator draws them in each of its styles, each above the true cartoons."""
    size, scenes = 64, range(8)
    rows = {"photograph": ToonWorld("faces", "test", size).photos(scenes)}
    for style in generator.domains:
        generator.domain = style
        rows[style] = draw(generator, rows["photograph"])
        rows[f"true {style}"] = ToonWorld("faces", "test", size, style).toons(scenes)
    return Sheet(rows, {"split": "test", "size": size, "styles": generator.domains})
