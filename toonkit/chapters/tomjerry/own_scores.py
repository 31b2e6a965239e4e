"""Scores of profile `paper`: tables 1 and 2 on the report's own held-out frames, whose truth nobody has."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Scores
from toonkit.chapters.latents.data import REPORT
from toonkit.chapters.own_data import FRECHET, own_labels
from toonkit.chapters.own_scores import BATCH, distances, held_out_own
from toonkit.chapters.tomjerry.recipe import TomJerry
from toonkit.chapters.tomjerry.translating import photographs
from toonkit.metrics.likeness import ms_ssim
from toonkit.metrics.sets import pooled_features
from toonkit.networks.features import features
from toonkit.world import ToonWorld

GROUPS = {"tom": "cat", "jerry": "mouse", "tom and jerry": "both"}  # the rows of tables 1 and 2


def own_photograph_scores(recipe: TomJerry) -> Scores:
    """Photographs of held-out frames beside held-out photographs of the same classes, by class and all together.

    MS-SSIM is of a photograph and its frame: the report does not say what it compared, and frames have no counterpart.
    """
    pictures = {side: held_out_own(REPORT, side, recipe.config.size) for side in ("toon", "photo")}
    labels = {side: own_labels(REPORT, side, "test")[: len(found)] for side, found in pictures.items()}
    drawn = photographs(recipe.model.eval(), recipe.autoencoder, pictures["toon"], labels["toon"])
    space = features(FRECHET)
    real, found = (pooled_features(space, some, BATCH) for some in (pictures["photo"], drawn))
    parts = {}
    for name, who in {**GROUPS, "all": None}.items():
        rows = {side: _of_class(which, who) for side, which in labels.items()}
        beside = ms_ssim(drawn[rows["toon"]], pictures["toon"][rows["toon"]])
        parts[name] = {f"{beside.name} to the frame": beside} | distances(real[rows["photo"]], found[rows["toon"]])
    return parts


def _of_class(labels: torch.Tensor, who: str | None) -> torch.Tensor:
    """Which of labels (N,) are of a class, or all where none is named; (N,) of bool."""
    return torch.ones_like(labels, dtype=torch.bool) if who is None else labels == ToonWorld("duo").classes.index(who)
