"""Scores of profile `paper`: photographs out of noise beside the report's own held-out ones.

Nobody has a reader of these classes that was trained on other pictures, so whether a class is right is not measured.
"""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Scores
from toonkit.chapters.latents.data import REPORT, autoencoder_of
from toonkit.chapters.latents.recipe import ClassDiffusion
from toonkit.chapters.latents.sampling import GUIDANCES, sample_classes
from toonkit.chapters.own_data import FRECHET, own_labels
from toonkit.chapters.own_scores import BATCH, distances, held_out_own
from toonkit.metrics.sets import pooled_features
from toonkit.networks.features import features


@torch.no_grad()
def own_class_scores(recipe: ClassDiffusion) -> Scores:
    """As many photographs out of noise as are held out, of the same classes, by guidance."""
    config, denoiser = recipe.config, recipe.networks["denoiser"]
    autoencoder = autoencoder_of(config.autoencoder).to(recipe.device)
    space = features(FRECHET)
    photos = held_out_own(REPORT, "photo", config.size)
    real = pooled_features(space, photos, BATCH)
    labels = own_labels(REPORT, "photo", "test")[: len(photos)]
    side, parts = config.size // autoencoder.multiple, {}
    for guidance in GUIDANCES:
        found = []
        for number, some in enumerate(labels.to(recipe.device).split(BATCH)):
            drawn = autoencoder.decode(sample_classes(denoiser, some, side, number, guidance)).clamp(-1, 1)
            found.append(pooled_features(space, drawn.cpu(), BATCH))
        parts[f"guidance {guidance:g}"] = distances(real, torch.cat(found))
    return parts
