"""Scores of a style that was learnt: drawings against that style's cartoons, and how much was learnt for it."""

from __future__ import annotations

from toonkit.chapters.cartoongan.recipe import CartoonGAN
from toonkit.chapters.cartoongan.scores import score_faces
from toonkit.chapters.contract import Scores
from toonkit.metrics.scores import exact
from toonkit.project.profiles import Profile


def scores(recipe: CartoonGAN, profile: Profile) -> Scores:
    """Drawings of held-out scenes against the style's cartoons; how many numbers the generator learnt for it."""
    learnt = recipe.optimisers["generator"].param_groups[0]["params"]
    parameters = exact("parameters", sum(weights.numel() for weights in learnt))
    return {**score_faces(recipe, profile, recipe.config.style), "parameters": parameters}
