"""More styles for the projected generator, as a chapter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from toonkit.chapters.adapters.projected_styles.figures import FIGURES, in_style
from toonkit.chapters.adapters.projected_styles.recipe import (
    FACES,
    ProjectedStyle,
    ProjectedStyleConfig,
    base_tensors,
    build,
)
from toonkit.chapters.adapters.styles.figures import style_system
from toonkit.chapters.adapters.styles.recipe import BASE
from toonkit.chapters.contract import Chapter, Scores, Variant
from toonkit.chapters.projected.data import OURS, batches
from toonkit.chapters.projected.recipe import GENERATOR
from toonkit.chapters.projected.scores import scores as projected_scores
from toonkit.metrics.scores import exact
from toonkit.networks.features import load_toonnet
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.profiles import Profile
from toonkit.world import STYLES

STEPS = 1500


def recipe(config: ProjectedStyleConfig) -> ProjectedStyle:
    """One more style for the released generator. Raises WeightsError as `base_tensors` does."""
    base_tensors(config)
    return ProjectedStyle(load_toonnet(config.frozen), replace(config, base=digest_of(released(FACES))))


def scores(trained: ProjectedStyle, profile: Profile) -> Scores:
    """The projected recipe's scores against the style's cartoons; how many numbers were learnt for the style."""
    learnt: list[Any] = trained.optimisers["generator"].param_groups[0]["params"]
    parameters = exact("parameters", sum(weights.numel() for weights in learnt))
    return {**projected_scores(trained, profile), "parameters": parameters}


CHAPTER = Chapter(
    name="projected_styles",
    report="",
    subject="more styles for the projected generator, by residual adapters",
    variants={
        style: Variant(ProjectedStyleConfig(style=style), STEPS, quick_steps=10, paper_steps=OURS, ema=0.995)
        for style in STYLES
        if style != BASE
    },
    config=ProjectedStyleConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    needs=("toonnet", "toonnet_residual", FACES),
    shown=("drawn", "parameters"),
    styles=in_style,
    systems={f"projected_styles-{style}": style_system(style, FACES, GENERATOR) for style in STYLES if style != BASE},
    figures=FIGURES,
)
