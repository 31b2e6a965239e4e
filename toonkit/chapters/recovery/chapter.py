"""Cartoon to human recovery as a chapter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from toonkit.chapters.contract import Chapter, Headline, Variant
from toonkit.chapters.lengths import at_lengths
from toonkit.chapters.loading import system_of
from toonkit.chapters.recovery.claims import CLAIMS
from toonkit.chapters.recovery.data import OWN, batches
from toonkit.chapters.recovery.figures import FIGURES, GENERATOR
from toonkit.chapters.recovery.recipe import MODELS, Recovery, RecoveryConfig, build
from toonkit.chapters.recovery.reported_tables import REPORTED
from toonkit.chapters.recovery.scores import scores, snapshot_scores
from toonkit.chapters.recovery.untested import UNTESTED

COMPARED = (*MODELS, "cyclegan_lsgan")  # in the common benchmark
SNAPSHOTS = 10  # of a run: its epochs, as far as they are measured


# "Dataset": about 5,000 pairs for training; the table of v3 goes to epoch 156, the last that the report names.
PAPER_STEPS = 156 * 5000
PAPER = {  # CycleGAN's own numbers, of which the report says nothing
    "filters": 64,
    "blocks": 9,
    "downs": 2,
    "discriminator_filters": 64,
    "rate": 2e-4,
    "batch": 1,
    "size": 256,
}


def _variant(model: str, **changes: Any) -> Variant:
    config = RecoveryConfig(**MODELS[model] | changes)
    return Variant(config, 1200, quick_steps=10, paper_steps=PAPER_STEPS, snapshots=SNAPSHOTS, paper=PAPER)


def _marked(emoji: str) -> Variant:
    """v3 with a larger view: every pixel sees the corner, and eq. 3 weighs as in CycleGAN."""
    ours = _variant("cyclegan_v3", emoji=emoji, downs=2, blocks=6, identity_weight=5.0)
    return replace(ours, paper_steps=OWN)


ROWS = {model: _variant(model) for model in MODELS}
CHAPTER = Chapter(
    name="recovery",
    report="cartoon_to_human_cyclegan",
    subject="cartoons back into photographs",
    variants=ROWS
    | {
        "cyclegan_lsgan": _variant("cyclegan", adversarial="least_squares"),
        "emoji_in_corner": _marked("corner"),
        "emoji_anywhere": _marked("anywhere"),
        "emoji_nowhere": _marked("none"),
        "duo": replace(_variant("cyclegan", family="duo"), paper_steps=OWN),  # to stand beside chapter tomjerry's
    }
    | at_lengths(ROWS),
    config=RecoveryConfig,
    build=build,
    recipe=Recovery,
    data=batches,
    scores=scores,
    snapshot_scores=snapshot_scores,
    needs=("toonnet",),
    shown=("drawn", "epochs/lowest"),
    systems={f"recovery-{model}": system_of(f"recovery-{model}", GENERATOR, source="toon") for model in COMPARED}
    | {"recovery-duo": system_of("recovery-duo", GENERATOR, source="toon", family="duo")},
    reported=REPORTED,
    figures=FIGURES,
    claims=CLAIMS,
    untested=UNTESTED,
    benches={"recovery": "toonkit.chapters.recovery.bench", "emoji": "toonkit.chapters.recovery.watermark_bench"},
    headlines=(
        Headline(
            words="Cartoons back into people (v3): error to the true photograph",
            record="recovery-cyclegan_v3",
            metric="drawn/true error",
            beside="the cartoon itself",
            other_metric="untranslated/true error",
        ),
        Headline(
            words="... MMD[toonnet] to photographs of other people",
            record="recovery-cyclegan_v3",
            metric="drawn/MMD[toonnet]",
            beside="the base CycleGAN",
            other_metric="drawn/MMD[toonnet]",
            other_record="recovery-cyclegan",
        ),
    ),
)
