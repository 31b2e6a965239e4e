"""Scores of semantic cartoonisation on what a recipe was trained for."""

from __future__ import annotations

from toonkit.chapters.contract import Scores
from toonkit.chapters.painted.scores import scores as painted_scores
from toonkit.chapters.scene_scores import score_scenes
from toonkit.chapters.semantic.recipe import Semantic
from toonkit.project.profiles import Profile


def scores(recipe: Semantic, profile: Profile) -> Scores:
    """Table 1's distances and every region on ToonWorld; KID and classes kept on open photographs."""
    if recipe.config.pictures == "open":
        return painted_scores(recipe, profile)
    return score_scenes(recipe.translate, recipe.config.family, recipe.config.size, profile)
