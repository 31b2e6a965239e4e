"""CartoonGAN as a chapter."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from toonkit.chapters.cartoongan.claims import CLAIMS
from toonkit.chapters.cartoongan.data import OWN, REPORT, STEPS, faces, own, photographs
from toonkit.chapters.cartoongan.figures import ABLATED, FIGURES, GENERATOR, LONGER
from toonkit.chapters.cartoongan.recipe import CartoonGAN, CartoonGANConfig, build
from toonkit.chapters.cartoongan.scores import score_faces, score_real
from toonkit.chapters.cartoongan.untested import UNTESTED
from toonkit.chapters.contract import Chapter, Drawing, Headline, Scores, Variant
from toonkit.chapters.lengths import at_lengths
from toonkit.chapters.loading import load_network, system_of
from toonkit.chapters.own_scores import score_own
from toonkit.chapters.scene_scores import score_scenes
from toonkit.networks.drawing import draw
from toonkit.networks.features import features
from toonkit.project.profiles import Profile
from toonkit.training.batches import Batches

PHOTOGRAPHS = CartoonGANConfig(  # features of a network that knows photographs, and batch norm, which keeps colours
    content="squeezenet",
    layer="fire3",
    omega=0.05,
    colour=20.0,
    rate=2e-4,
    discriminator_rate=2e-4,
    initial_share=0.6,
    norm="batch",
    discriminator_norm="batch",
    size=128,
    photographs="real",
)


PAPER = {  # the authors' own numbers, with the report's instance norm; no loss of ours
    "filters": 64,
    "blocks": 8,
    "discriminator_filters": 32,
    "discriminator_norm": "instance",
    "initial_rate": 2e-4,
    "initial_share": 20 / 220,
    "content": "vgg19",
    "layer": "conv4_4",
    "colour": 0.0,
    "discriminator_rate": 1e-5,
    "rate": 1e-5,
    "size": 256,
}


def _faces(full_steps: int = 1500, paper: Mapping[str, Any] = MappingProxyType({}), **changes: Any) -> Variant:
    """A variant on ToonWorld's faces. Under profile paper it differs from the report's own in the same `changes`."""
    own = {name: value for name, value in PAPER.items() if name not in changes}
    return Variant(CartoonGANConfig(**changes), full_steps, paper_steps=STEPS, paper=own | paper)


def recipe(config: CartoonGANConfig) -> CartoonGAN:
    """The recipe of a configuration, with the perceptual network that it names."""
    return CartoonGAN(features(config.content), config)


def data(config: CartoonGANConfig, profile: Profile, seed: int) -> Batches:
    """Batches of real photographs, of a family of ToonWorld, or of the report's own set."""
    if profile.name == "paper" and not _real(config):
        return own(config, seed)
    return (photographs if _real(config) else faces)(config, profile, seed)


def scores(trained: CartoonGAN, profile: Profile) -> Scores:
    """Scores on what the recipe was trained for."""
    if profile.name == "paper":
        return score_own(trained, REPORT)
    if _real(trained.config):
        return score_real(trained, profile)
    family = trained.config.family
    if family == "faces":
        return score_faces(trained, profile)
    return score_scenes(trained.translate, family, trained.config.size, profile)  # as the semantic report's systems


def _real(config: CartoonGANConfig) -> bool:
    return config.photographs == "real"


def cartoongan() -> Drawing:
    """The released generator for real photographs, by the report's own recipe."""
    return partial(draw, load_network("cartoongan-photo", GENERATOR))


ROWS = {
    "classical": _faces(),  # the report's: instance norm, initialised on classical pairs, three-way loss
    "reconstruction": _faces(initialisation="reconstruction"),
    "none": _faces(initialisation="none"),
    "batch_norm": _faces(norm="batch"),
    "two_way": _faces(smooth_edges=False),
    "resnet": _faces(content="toonnet_residual", paper={"content": "resnet50", "layer": "layer3"}),
    "squeezenet": _faces(content="squeezenet", layer="fire3", omega=0.1),
    # omega: a photograph and its true cartoon are there as far apart as in toonnet's stage 3, with its weight of 10
    "vgg16": _faces(content="vgg16_oxford", layer="conv4_3", omega=0.008),
    "omega_0": _faces(omega=0.0),
    "omega_3": _faces(omega=3.0),
    "omega_30": _faces(omega=30.0),
}
CHAPTER = Chapter(
    name="cartoongan",
    report="image_toonification",
    subject="photographs into cartoons",
    variants=ROWS
    | {
        "faces": _faces(8000),  # as "classical", trained longer and released
        "scenes": _faces(family="scenes"),
        "photographs": Variant(PHOTOGRAPHS, 4500, paper_steps=OWN),
    }
    | at_lengths(ROWS),
    config=CartoonGANConfig,
    build=build,
    recipe=recipe,
    data=data,
    scores=scores,
    needs=("toonnet",),
    shown=("drawn",),
    methods={"reported": cartoongan},
    systems={
        "cartoongan-faces": system_of("cartoongan-faces", GENERATOR, taught_by=("toonnet",)),
        "cartoongan-scenes": system_of("cartoongan-scenes", GENERATOR, family="scenes", taught_by=("toonnet",)),
    },
    figures=FIGURES,
    trained_here=(ABLATED, LONGER),
    claims=CLAIMS,
    untested=UNTESTED,
    headlines=(
        Headline(
            words="CartoonGAN: error of a drawn person to the true cartoon (of 2)",
            record="cartoongan-faces",
            metric="drawn/true error",
            beside="the photograph itself",
            other_metric="photograph/true error",
        ),
        Headline(
            words="... its distance to cartoons of other people, FID[toonnet]",
            record="cartoongan-faces",
            metric="drawn/FID[toonnet]",
            beside="photographs",
            other_metric="photograph/FID[toonnet]",
        ),
    ),
)
