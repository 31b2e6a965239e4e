"""Tom and Jerry in real life as a chapter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from toonkit.chapters.contract import Chapter, Headline, System, Variant
from toonkit.chapters.tomjerry.claims import CLAIMS
from toonkit.chapters.tomjerry.data import batches
from toonkit.chapters.tomjerry.figures import FIGURES
from toonkit.chapters.tomjerry.recipe import TomJerry, TomJerryConfig, build
from toonkit.chapters.tomjerry.reported_tables import HEADS, REPORTED
from toonkit.chapters.tomjerry.scores import scores
from toonkit.chapters.tomjerry.translating import (
    DRAWS_WITH,
    OURS,
    base_autoencoder,
    base_captioner,
    base_denoiser,
    tomjerry,
)
from toonkit.chapters.tomjerry.untested import UNTESTED
from toonkit.project.profiles import Missing

PRINTED = {"query": "source", "diffusion": 0.0}  # eq. 5 as printed, and eq. 7 as the only loss
PLACED = {"placed": True, "heads": 4}  # a head of one channel, as 64 heads have, cannot tell 64 places apart
CONCAT = {"conditioning": "concat", "blip": 0.0, "rate": 5e-4}
STEPS = 1000
PAPER_STEPS = 80_000  # ours, as latents has 200,000 for its 20 hours: the report says 8 hours on A40s
# section 4.2 and appendix 6.1
PAPER = {"space": "stable_diffusion", "decoder": "first", "token": 32, "batch": 4, "size": 512}
LACKING = {
    "counterpart": Missing("no photograph is a frame's true counterpart; run profile full"),
    "itself": Missing("the open segmentation networks know no mouse; run profile full"),
}


def _variant(steps: int = STEPS, **changes: Any) -> Variant:
    config = replace(OURS, **changes)
    return Variant(config, steps, paper_steps=LACKING.get(config.target, PAPER_STEPS), ema=0.99, paper=PAPER)


def recipe(config: TomJerryConfig) -> TomJerry:
    """The recipe of a configuration, on the released networks. Raises WeightsError where one is not there."""
    captioner = base_captioner(config) if config.blip else None
    return TomJerry(base_denoiser(config), base_autoencoder(config), captioner, config)


CHAPTER = Chapter(
    name="tomjerry",
    report="tom_and_jerry_diffusion",
    subject="cartoons of a cat and a mouse into photographs",
    variants={
        "reported": _variant(**PRINTED),
        "latent_query": _variant(diffusion=0.0),  # as "reported", with latent diffusion's own cross-attention
        "source_query": _variant(query="source"),  # eq. 5 as printed, with the diffusion loss too
        **{f"heads_{heads}": _variant(heads=heads) for heads in HEADS},
        **{f"head_channels_{heads}": _variant(heads=heads, meaning="channels") for heads in HEADS},
        "no_blip": _variant(blip=0.0),
        "segmentation": _variant(source="masks", target="itself", blip=0.0),
        "paired": _variant(target="counterpart"),
        "paired_source_query": _variant(target="counterpart", query="source"),
        "placed": _variant(3000, target="counterpart", **PLACED),
        "placed_no_blip": _variant(3000, target="counterpart", blip=0.0, **PLACED),
        "unplaced_no_blip": _variant(3000, target="counterpart", blip=0.0, heads=PLACED["heads"]),  # its control
        "concat": _variant(4000, target="counterpart", **CONCAT),
        "concat_long": _variant(12000, target="counterpart", decoder="sharp", scenes=6000, **CONCAT),
        "concat_segmentation": _variant(4000, source="masks", target="itself", **CONCAT),
        "placed_segmentation": _variant(3000, source="masks", target="itself", blip=0.0, **PLACED),
    },
    config=TomJerryConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    needs=("toonnet", "latents", "captions"),
    shown=("all",),
    methods={"tomjerry": tomjerry},
    systems={
        "tomjerry-concat_long": System(DRAWS_WITH, tomjerry, source="toon", family="duo", taught_by=("toonnet",)),
    },
    reported=REPORTED,
    figures=FIGURES,
    claims=CLAIMS,
    untested=UNTESTED,
    headlines=(
        Headline(
            words="A cartoon's animals in their places on the photograph (overlap with the truth), learnt from pairs",
            record="tomjerry-concat_long",
            metric="all, first decoder/pose agreement",
            beside="without pairs, nothing trained on cartoons: the cartoon noised in part, denoised as a photograph",
            other_metric="partial noising 0.3/pose agreement",
            other_record="baselines",
        ),
    ),
    benches={
        "tomjerry": "toonkit.chapters.tomjerry.bench",
        "baselines": "toonkit.chapters.tomjerry.baselines_bench",
        "sampling": "toonkit.chapters.tomjerry.sampling_bench",
    },
    pipelines={"tomjerry": "toonkit.chapters.tomjerry.pipeline"},
)
