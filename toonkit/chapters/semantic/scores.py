"""Scores of semantic cartoonisation on what a recipe was trained for."""

from __future__ import annotations

from functools import partial

from toonkit.chapters.contract import Scores
from toonkit.chapters.own_scores import score_own
from toonkit.chapters.painted.scores import scores as painted_scores
from toonkit.chapters.scene_scores import score_drawn, score_scenes
from toonkit.chapters.semantic.config import SETTINGS
from toonkit.chapters.semantic.data import REPORT
from toonkit.chapters.semantic.recipe import Semantic
from toonkit.project.profiles import Profile


def scores(recipe: Semantic, profile: Profile) -> Scores:
    """Table 1's distances and every region on ToonWorld; KID and classes kept on open photographs.

    A controlled generator is measured at SETTINGS too. In profile paper: table 1's distances on the report's own set.
    """
    if profile.name == "paper":
        return score_own(recipe, REPORT)
    if recipe.config.pictures == "open":
        return painted_scores(recipe, profile)
    family, size = recipe.config.family, recipe.config.size
    parts = score_scenes(recipe.translate, family, size, profile)
    for name, factors in SETTINGS.items() if recipe.config.controlled else ():
        told = partial(recipe.translate, factors=factors)
        parts[f"at {name}"] = {"drawn": score_drawn(told, family, size, profile)}
    return parts
