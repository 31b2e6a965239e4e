"""Avatars as a chapter: the third report's task on open pictures, in both directions."""

from __future__ import annotations

from toonkit.chapters.avatars.data import OURS, batches
from toonkit.chapters.avatars.figures import EYES, FIGURES
from toonkit.chapters.avatars.recipe import Avatars, AvatarsConfig, build
from toonkit.chapters.avatars.scores import scores
from toonkit.chapters.contract import Chapter, Variant
from toonkit.networks.features import features

ALIGNED = AvatarsConfig(cut="eyes_and_mouth", lit=True)


def recipe(config: AvatarsConfig) -> Avatars:
    """The recipe of a configuration, with SqueezeNet. Raises SourceError where that is not here."""
    return Avatars(features("squeezenet"), config)


CHAPTER = Chapter(
    name="avatars",
    report="",
    subject="photographs of faces into drawn avatars and back",
    variants={
        "both_ways": Variant(AvatarsConfig(), 5000, quick_steps=5, paper_steps=OURS, ema=0.995),
        "aligned": Variant(ALIGNED, 5000, quick_steps=5, paper_steps=OURS, ema=0.995),
    },
    config=AvatarsConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    figures=FIGURES,
    trained_here=(EYES,),
)
