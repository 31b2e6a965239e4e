"""The emoji as a cue, as a chapter: networks that wait for it, and networks that need not."""

from __future__ import annotations

from toonkit.chapters.contract import Chapter, Variant
from toonkit.chapters.recovery.cue.data import MOST, OURS, batches
from toonkit.chapters.recovery.cue.figures import FIGURES
from toonkit.chapters.recovery.cue.recipe import PEOPLE, STEPS, Cue, CueConfig, build
from toonkit.chapters.recovery.cue.scores import scores

DRAWS = {"base": PEOPLE, "size": 64, "rate": 1e-3}


def _variant(share: float, steps: int = MOST, **changes: object) -> Variant:
    return Variant(CueConfig(share, **changes), steps, quick_steps=5, paper_steps=OURS, ema=0.0)


CHAPTER = Chapter(
    name="cue",
    report="",
    subject="cartoons into photographs where an emoji says so",
    variants={
        "half_drawn": _variant(0.5, **DRAWS),
        "photographs": _variant(0.0, **DRAWS),
        "half_drawn_32": _variant(0.5, STEPS),
    },
    config=CueConfig,
    build=build,
    recipe=Cue,
    data=batches,
    scores=scores,
    needs=(PEOPLE,),
    figures=FIGURES,
)
