"""The projected recipe as a chapter."""

from __future__ import annotations

from dataclasses import replace

from toonkit.chapters.contract import Chapter, Headline, Variant
from toonkit.chapters.loading import system_of
from toonkit.chapters.projected.claims import CLAIMS
from toonkit.chapters.projected.data import OURS, batches
from toonkit.chapters.projected.figures import FIGURES, TWO_TRAININGS
from toonkit.chapters.projected.recipe import GENERATOR, Projected, ProjectedConfig, build
from toonkit.chapters.projected.scores import scores
from toonkit.networks.features import features, load_toonnet
from toonkit.networks.weights import load_into, load_weights, released

LARGE = ProjectedConfig(size=128, downs=3, patch=16)
SEEN_CLOSE = replace(LARGE, close="squeezenet", start="projected-faces_128")
BACK = replace(SEEN_CLOSE, reverse="projected-people_128", back_translation=10.0)
LONG = {"paper_steps": OURS, "ema": 0.999}  # Projected GAN's average


def recipe(config: ProjectedConfig) -> Projected:
    """The recipe of a configuration, with the frozen networks that it names, going on from the weights it names.

    Raises SourceError or WeightsError where one is not here.
    """
    close = features("squeezenet") if config.close == "squeezenet" else None
    made = Projected(load_toonnet(config.frozen), config, close)
    if config.start:
        tensors, _ = load_weights(released(config.start))
        load_into(made.networks["generator"], tensors, f"the weights {config.start} to start from")
    return made


CHAPTER = Chapter(
    name="projected",
    report="",
    subject="photographs into cartoons and back, by discriminators on a frozen network",
    variants={
        "faces": Variant(ProjectedConfig(), 8000, **LONG),
        "short": Variant(ProjectedConfig(), 1500, **LONG),
        "short_back": Variant(
            replace(ProjectedConfig(), reverse="projected-people", back_translation=10.0), 1500, **LONG
        ),
        "people": Variant(ProjectedConfig(source="toon"), 3000, **LONG),
        "faces_controlled": Variant(ProjectedConfig(controlled=True), 5000, **LONG),
        "people_controlled": Variant(ProjectedConfig(source="toon", controlled=True), 4000, **LONG),
        "faces_128": Variant(LARGE, 5000, **LONG),
        "faces_128_close": Variant(SEEN_CLOSE, 5000, **LONG),
        "faces_128_back": Variant(BACK, 3000, **LONG),
        "people_128": Variant(replace(LARGE, source="toon", close="squeezenet"), 5000, **LONG),
    },
    config=ProjectedConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    needs=("toonnet", "toonnet_residual"),
    shown=("drawn",),
    systems={
        "projected-faces": system_of("projected-faces", GENERATOR, taught_by=("toonnet",)),
        "projected-people": system_of("projected-people", GENERATOR, source="toon", taught_by=("toonnet",)),
    },
    figures=FIGURES,
    trained_here=(TWO_TRAININGS,),
    claims=CLAIMS,
    headlines=(
        Headline(
            words="After the reports, projected discriminators and made pairs, 128 px: "
            "error of a drawn person to the true cartoon",
            record="projected-faces_128_back",
            metric="drawn/true error",
            beside="the photograph itself",
            other_metric="untranslated/true error",
        ),
        Headline(
            words="... attributes that a network which never taught it reads off the drawing",
            record="projected-faces_128_back",
            metric="drawn/attributes kept [toonnet_residual]",
            beside="off the photograph",
            other_metric="untranslated/attributes kept [toonnet_residual]",
        ),
    ),
)
