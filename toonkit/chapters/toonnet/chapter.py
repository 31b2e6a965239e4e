"""toonnet as a chapter."""

from __future__ import annotations

from functools import partial

from toonkit.chapters.contract import Chapter, Headline, Variant, Verified
from toonkit.chapters.toonnet.data import OURS, batches
from toonkit.chapters.toonnet.recipe import ToonNetConfig, ToonNetRecipe, build
from toonkit.chapters.toonnet.scores import block_scores, scores

STEPS = {"quick_steps": 10, "full_steps": 4500, "paper_steps": OURS, "ema": 0.995}
READ = {"attributes read": 0.006, "pixels read": 1e-3}  # of the first, 2 of some 400 answers


def _verified(weights: str) -> Verified:
    return Verified((weights,), partial(block_scores, weights), READ)


CHAPTER = Chapter(
    name="toonnet",
    report="",
    subject="the perceptual network trained on ToonWorld",
    variants={
        "plain": Variant(ToonNetConfig(), **STEPS),
        "residual": Variant(ToonNetConfig(residual=True), **STEPS),
    },
    config=ToonNetConfig,
    build=build,
    recipe=ToonNetRecipe,
    data=batches,
    scores=scores,
    verified={"toonnet-plain": _verified("toonnet"), "toonnet-residual": _verified("toonnet_residual")},
    headlines=(
        Headline(
            words="toonnet: attributes read off held-out scenes, balanced accuracy",
            record="toonnet-plain",
            metric="attributes mean",
            beside="its residual sibling",
            other_metric="attributes mean",
            other_record="toonnet-residual",
        ),
    ),
)
