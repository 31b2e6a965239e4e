"""Captions as a chapter."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from toonkit.chapters.captions.claims import CLAIMS
from toonkit.chapters.captions.data import batches
from toonkit.chapters.captions.recipe import Captions, CaptionsConfig, build
from toonkit.chapters.captions.scores import block_scores, scores
from toonkit.chapters.contract import Chapter, Headline, Variant, Verified

REPORTED = CaptionsConfig()
RELEASED = "captions-both"


PAPER_STEPS = 5 * 960 // 4  # BLIP's five epochs, of 80 % of the report's 1,200 captions; it says 15 hours
PAPER = {"network": "base", "rate": 1e-5, "batch": 4, "length": 20, "size": 384}  # BLIP base, fine-tuned


def _variant(steps: int = 9000, **changes: Any) -> Variant:
    return Variant(replace(REPORTED, **changes), steps, paper_steps=PAPER_STEPS, ema=0.995, paper=PAPER)


CHAPTER = Chapter(
    name="captions",
    report="tom_and_jerry_diffusion",
    subject="captions of photographs and cartoons, by BLIP",
    variants={
        "both": _variant(),
        "photos": _variant(sides=("photo",)),
        "names": _variant(names=True),
        "base": _variant(network="base", rate=1e-5, batch=4, size=384),
    },
    config=CaptionsConfig,
    build=build,
    recipe=Captions,
    data=batches,
    scores=scores,
    verified={RELEASED: Verified((RELEASED,), partial(block_scores, RELEASED), {"said rightly": 0.017})},  # 2 of 120
    shown=("photo", "toon"),
    claims=CLAIMS,
    headlines=(
        Headline(
            words="Captions of held-out cartoons: BLEU",
            record="captions-both",
            metric="toon/BLEU",
            beside="of photographs",
            other_metric="photo/BLEU",
        ),
    ),
)
