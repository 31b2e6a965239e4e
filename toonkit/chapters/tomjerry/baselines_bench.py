"""What a cartoon's photograph is to be seen beside: baselines that tables 1 and 2 of the report lack."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.contract import entries_of
from toonkit.chapters.latents.data import OWN
from toonkit.chapters.latents.networks import FACTOR
from toonkit.chapters.latents.sampling import sample_classes
from toonkit.chapters.loading import load_network
from toonkit.chapters.tomjerry.bench import in_parts
from toonkit.chapters.tomjerry.scores import held_out, photograph_scores
from toonkit.chapters.tomjerry.translating import GUIDANCE, base_autoencoder, base_denoiser, partly_noised
from toonkit.networks.toonnet import READS_AT
from toonkit.project.profiles import Profile
from toonkit.project.threads import threads

STRENGTHS = (0.3, 0.5, 0.7, 0.9)  # of SDEdit
CYCLEGAN = "recovery-duo"  # trained on the same scenes, unpaired


def measure(quick: bool = False) -> dict[str, Any]:
    """Every baseline by the measures of tables 1 and 2, on one thread."""
    profile = Profile("quick" if quick else "full")
    with threads(1):
        truth = held_out(profile.pick(quick=10, full=100, paper=OWN), READS_AT)
        return entries_of(baselines(truth))


def baselines(truth: dict[str, Tensor]) -> dict[str, Any]:
    """The class alone, SDEdit, a CycleGAN, the cartoon as it is, and what the autoencoder keeps, of `held_out`.

    Raises WeightsError where a released network is not here.
    """
    autoencoder, denoiser = base_autoencoder(), base_denoiser()
    side = READS_AT // FACTOR
    rows = torch.arange(len(truth["label"]))
    pictures = {
        "class only": in_parts(
            truth["label"],
            lambda labels, seed: autoencoder.decode(sample_classes(denoiser, labels, side, seed, GUIDANCE)),
        ),
        "the cartoon itself": truth["toon"],
        "the photograph, encoded and decoded": in_parts(
            rows, lambda some, _: autoencoder.decode(autoencoder.encode(truth["photo"][some]))
        ),
    }
    cyclegan = load_network(CYCLEGAN, "to_photo of recovery")
    pictures["a CycleGAN"] = in_parts(rows, lambda some, _: cyclegan(truth["toon"][some]))
    for strength in STRENGTHS:
        pictures[f"partial noising {strength:g}"] = in_parts(
            rows,
            lambda some, seed, strength=strength: partly_noised(
                denoiser, autoencoder, truth["toon"][some], truth["label"][some], strength, seed
            ),
        )
    return {name: photograph_scores(drawn, truth)["all"] for name, drawn in pictures.items()}
