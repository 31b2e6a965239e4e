"""Painted comics of real photographs, as a chapter."""

from __future__ import annotations

from toonkit.chapters.contract import Chapter, Drawing, Variant
from toonkit.chapters.loading import load_network
from toonkit.chapters.painted.data import OURS, batches
from toonkit.chapters.painted.painter import Painter
from toonkit.chapters.painted.recipe import Painted, PaintedConfig, build
from toonkit.chapters.painted.scores import scores
from toonkit.networks.features import features

RELEASED = "painted-photographs"


def recipe(config: PaintedConfig) -> Painted:
    """The recipe of a configuration, with SqueezeNet. Raises SourceError where that is not here."""
    return Painted(features("squeezenet"), config)


def painted() -> Drawing:
    """The released generator, for pictures of any size."""
    return Painter(load_network(RELEASED, "generator of painted"))


CHAPTER = Chapter(
    name="painted",
    report="",
    subject="real photographs into painted comics",
    variants={"photographs": Variant(PaintedConfig(), 5000, quick_steps=5, paper_steps=OURS, ema=0.998)},
    config=PaintedConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    shown=("drawn",),
    methods={"painted": painted},
)
