"""Scores of CartoonGAN on held-out people and on real photographs."""

from __future__ import annotations

from toonkit.chapters.cartoongan.data import OWN, READ_AT, held_out_photographs
from toonkit.chapters.cartoongan.recipe import CartoonGAN
from toonkit.chapters.contract import Scores
from toonkit.chapters.scoring import held_out, score_photographs, score_translation
from toonkit.networks.features import load_toonnet
from toonkit.project.profiles import Profile


def score_faces(recipe: CartoonGAN, profile: Profile, style: str = "ink") -> Scores:
    """Drawings of held-out people against the true cartoons of a style."""
    count = profile.pick(quick=50, full=1000, paper=OWN)
    world = held_out("faces", count, recipe.config.size, style)
    return score_translation(recipe.translate, load_toonnet(), world, count)


def score_real(recipe: CartoonGAN, profile: Profile) -> Scores:
    """Drawings of real photographs against the cartoons of ToonWorld."""
    count = profile.pick(quick=20, full=None, paper=OWN)
    return score_photographs(recipe.translate, held_out_photographs(READ_AT * recipe.config.size, count))
