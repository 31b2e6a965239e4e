"""Figures: held-out cartoons, what the released model draws of them, and the true photographs."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.tomjerry.model import SourceDenoiser
from toonkit.chapters.tomjerry.scores import held_out
from toonkit.chapters.tomjerry.translating import RELEASED, base_autoencoder, base_denoiser, photographs
from toonkit.networks.toonnet import READS_AT

EACH = 4  # cartoons of a class


def tomjerry_sheet() -> Sheet:
    """Twelve held-out cartoons, four of each class: the first that the test split has, none chosen."""
    truth = held_out(10, READS_AT)
    rows = torch.cat([torch.arange(EACH) + 10 * label for label in range(3)])  # (12,)
    model = SourceDenoiser(base_denoiser(), load_network(RELEASED, "parts of tomjerry")).eval()
    drawn = photographs(model, base_autoencoder(), truth["toon"][rows], truth["label"][rows])
    pictures = {"cartoon": truth["toon"][rows], "drawn": drawn, "true photograph": truth["photo"][rows]}
    return Sheet(pictures, {"split": "test", "size": READS_AT, "weights": f"{RELEASED}.safetensors"})


FIGURES = {"tomjerry": tomjerry_sheet}
