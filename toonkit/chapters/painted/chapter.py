"""Painted comics of real photographs, as a chapter."""

from __future__ import annotations

from functools import partial

from toonkit.chapters.contract import Chapter, Headline, Variant, Verified
from toonkit.chapters.painted.data import OURS, batches
from toonkit.chapters.painted.figures import FIGURES, RELEASED, painter
from toonkit.chapters.painted.recipe import Painted, PaintedConfig, build
from toonkit.chapters.painted.scores import TOLERANCES, VERIFIED, block_scores, scores
from toonkit.networks.features import features


def recipe(config: PaintedConfig) -> Painted:
    """The recipe of a configuration, with SqueezeNet. Raises SourceError where that is not here."""
    return Painted(features("squeezenet"), config)


CHAPTER = Chapter(
    name="painted",
    report="",
    subject="real photographs into painted comics",
    variants={"photographs": Variant(PaintedConfig(), 1500, quick_steps=5, paper_steps=OURS, ema=0.995)},
    config=PaintedConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    verified={RELEASED: Verified((RELEASED,), partial(block_scores, painter), TOLERANCES, (VERIFIED,))},
    shown=("drawn",),
    methods={"cartoongan": painter},
    figures=FIGURES,
    headlines=(
        Headline(
            words="Real photographs, painted: distance to held-out drawings, by a network that taught nothing, "
            "KID[vgg16_oxford]",
            record="photographs",
            metric="cartoongan/KID[vgg16_oxford]",
            beside="the photographs themselves",
            other_metric="photograph/KID[vgg16_oxford]",
        ),
        Headline(
            words="... what the photograph shows, read off the painting by the same network",
            record="photographs",
            metric="cartoongan/class kept[vgg16_oxford]",
            beside="off the photograph",
            other_metric="photograph/class kept[vgg16_oxford]",
        ),
    ),
)
