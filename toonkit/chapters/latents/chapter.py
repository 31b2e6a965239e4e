"""Latent diffusion as a chapter."""

from __future__ import annotations

from dataclasses import replace

from toonkit.chapters.contract import Chapter, Scores, Variant
from toonkit.chapters.latents.data import autoencoder_of, batches
from toonkit.chapters.latents.decoder import DecoderRecipe
from toonkit.chapters.latents.recipe import PAPER, AutoencoderRecipe, ClassDiffusion, LatentsConfig, build
from toonkit.chapters.latents.scores import autoencoder_scores, class_scores, decoder_scores
from toonkit.networks.features import features
from toonkit.project.profiles import Missing, Profile
from toonkit.training.recipe import Recipe

STEPS = 200_000  # ours, at batch 4; the report says 20 hours on A40s, both parts in them
PUBLISHED = Missing("the autoencoder is Stable Diffusion's published one; train the variant `classes`")
AUTOENCODER = LatentsConfig(part="autoencoder", rate=1e-3, batch=8)
DECODER = LatentsConfig(part="decoder", toons=0.0, rate=4e-4, batch=8)
SCORES = {"autoencoder": autoencoder_scores, "decoder": decoder_scores, "classes": class_scores}


def recipe(config: LatentsConfig) -> Recipe:
    """The recipe of a part of latent diffusion."""
    if config.part == "autoencoder":
        return AutoencoderRecipe(features(config.content), config)
    if config.part == "decoder":
        return DecoderRecipe(features(config.content), autoencoder_of(config.autoencoder), config)
    return ClassDiffusion(config)


def scores(trained: Recipe, profile: Profile) -> Scores:
    """Scores of the part that a recipe trained."""
    return SCORES[trained.config.part](trained, profile)


CHAPTER = Chapter(
    name="latents",
    report="tom_and_jerry_diffusion",
    subject="photographs of cats and mice out of noise, in the latent space of an autoencoder",
    variants={
        "classes": Variant(LatentsConfig(), 9000, paper_steps=STEPS, ema=0.999, paper=PAPER),
        "classes_long": Variant(LatentsConfig(), 17500, paper_steps=STEPS, ema=0.999, paper=PAPER),
        "autoencoder": Variant(AUTOENCODER, 1800, paper_steps=PUBLISHED, ema=0.99),
        "decoder": Variant(DECODER, 8000, paper_steps=PUBLISHED, ema=0.995),
        "decoder_by_error": Variant(replace(DECODER, adversarial=0.0), 3000, paper_steps=PUBLISHED, ema=0.995),
    },
    config=LatentsConfig,
    build=build,
    recipe=recipe,
    data=batches,
    scores=scores,
    needs=("toonnet", "toonnet_residual"),
)
