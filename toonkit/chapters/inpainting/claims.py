"""What Image Toonification claims of cartoons of damaged photographs. It shows pictures only, so the rules are ours."""

from __future__ import annotations

from toonkit.chapters.claims import Claim

CLAIMS = (
    Claim(
        words="the closest latent recreates what is missing (better than doing nothing)",
        place="Cartoon Gan for Inpainting",
        first="inpainting",
        metric="inside less/closest_latent less nothing/mean",
        better="lower",
        second=0.0,
    ),
    Claim(
        words="the closest latent recreates what is missing (than repairing first)",
        place="ours",
        first="inpainting",
        metric="inside less/closest_latent less inpaint_first/mean",
        better="lower",
        second=0.0,
    ),
    Claim(
        words="an optimised latent recreates what is missing (better than doing nothing)",
        place="Cartoon Gan for Inpainting",
        first="inpainting",
        metric="inside less/optimise_closest less nothing/mean",
        better="lower",
        second=0.0,
    ),
    Claim(
        words="an optimised latent recreates what is missing (than repairing first)",
        place="ours",
        first="inpainting",
        metric="inside less/optimise_closest less inpaint_first/mean",
        better="lower",
        second=0.0,
    ),
)
