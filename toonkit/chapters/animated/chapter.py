"""Animated variants as a chapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from toonkit.chapters.animated.claims import CLAIMS
from toonkit.chapters.animated.data import OWN, own, people, portraits
from toonkit.chapters.animated.drawing import GENERATOR, animated
from toonkit.chapters.animated.figures import EPOCH_BY_EPOCH, FIGURES
from toonkit.chapters.animated.recipe import Animated, AnimatedConfig, build
from toonkit.chapters.animated.scores import scores, snapshot_scores
from toonkit.chapters.animated.untested import UNTESTED
from toonkit.chapters.contract import Chapter, Headline, Variant
from toonkit.chapters.loading import system_of
from toonkit.networks.features import features
from toonkit.project.profiles import Profile
from toonkit.training.batches import Batches

SNAPSHOTS = 10  # of a run, for the curves of how fast it learns
RELEASED = ("skips", "long")  # rows for the common benchmark, as far as their weights are here
REPORTED = AnimatedConfig()
STEADY = {"discriminator_norm": "spectral", "omega_e": 1.0}  # ours: a discriminator that does not win
PORTRAITS = AnimatedConfig(  # features of a network that knows photographs, and what the future work asks for
    content="squeezenet",
    layer="fire4",
    omega_f=0.05,
    omega_e=1.0,
    discriminator_norm="spectral",
    colour=20.0,
    shading=20.0,
    saturation=5.0,
    patch=45,
    noise=0,
    batch=4,
    size=128,
    pictures="open",
)


# Section 5.2: 30 epochs (50 and 100 in two captions) of 6,000 pictures at batch 1, rate 1e-4; 5.1: 256 pixels.
PAPER_STEPS = 30 * 6000
PAPER = {  # the report's own numbers, and no loss of ours
    "content": "vgg16",
    "layer": "conv5_3",
    "content_side": 224,
    "colour": 0.0,
    "rate": 1e-4,
    "batch": 1,
    "size": 256,
}


def _variant(steps: int = 1500, paper: Mapping[str, Any] = MappingProxyType({}), **changes: Any) -> Variant:
    """A row of the table. Under profile paper it differs from the report's own in the same `changes`."""
    own = {name: value for name, value in PAPER.items() if name not in changes}
    config = replace(REPORTED, **changes)
    return Variant(config, steps, paper_steps=PAPER_STEPS, snapshots=SNAPSHOTS, paper=own | paper)


def recipe(config: AnimatedConfig) -> Animated:
    """The recipe of a configuration, with the perceptual network that it names."""
    return Animated(features(config.content), config)


def data(config: AnimatedConfig, profile: Profile, seed: int) -> Batches:
    """Batches of people of ToonWorld, of open portraits and drawings, or of the report's own set."""
    if profile.name == "paper" and config.pictures == "toonworld":
        return own(config, seed)
    return (portraits if config.pictures == "open" else people)(config, profile, seed)


CHAPTER = Chapter(
    name="animated",
    report="animated_variants_gan",
    subject="photographs into animated variants",
    variants={
        "skips": _variant(),
        "no_skips": _variant(skips=False),
        "no_fine": _variant(omega_e=0.0),
        "fine_as_printed": _variant(printed_sign=True),
        "patch_1": _variant(patch=1),
        "patch_9": _variant(patch=9),
        "patch_45": _variant(patch=45),
        "patch_64": _variant(patch=64, paper={"patch": 256}),  # the whole picture
        "no_noise": _variant(noise=0),
        "minimax": _variant(game="minimax"),
        # weights by which a photograph and its true cartoon are about as far apart as in toonnet's stage 3
        "squeezenet": _variant(content="squeezenet", layer="fire5", omega_f=0.1),
        "vgg16": _variant(content="vgg16_oxford", layer="conv5_3", content_side=224, omega_f=0.1),  # the report's
        "no_colour": _variant(colour=0.0),
        "batch_1": _variant(12000, batch=1, rate=1e-4),
        "shading": _variant(shading=30.0),
        "contrast": _variant(contrast=10.0),
        "saturation": _variant(saturation=10.0),
        "steady": _variant(**STEADY),
        "long": _variant(15000),
        "portraits": Variant(PORTRAITS, 3000, paper_steps=OWN, ema=0.995),
    },
    config=AnimatedConfig,
    build=build,
    recipe=recipe,
    data=data,
    scores=scores,
    snapshot_scores=snapshot_scores,
    needs=("toonnet",),
    shown=("drawn", "surfaces/drawn", "noise", "epochs/lowest"),
    methods={"animated": animated},
    systems={f"animated-{row}": system_of(f"animated-{row}", GENERATOR, taught_by=("toonnet",)) for row in RELEASED},
    figures=FIGURES,
    trained_here=(EPOCH_BY_EPOCH,),
    claims=CLAIMS,
    untested=UNTESTED,
    headlines=(
        Headline(
            words="Animated variants (U-Net GAN): error of a drawn person to the true cartoon",
            record="animated-long",
            metric="drawn/true error",
            beside="the photograph itself",
            other_metric="photograph/true error",
        ),
    ),
)
