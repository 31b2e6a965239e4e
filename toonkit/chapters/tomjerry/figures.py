"""Figures: held-out cartoons, what the released model draws of them, and the true photographs."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.latents.data import DECODER
from toonkit.chapters.sheets import enlarged, in_blocks
from toonkit.chapters.tomjerry.scores import held_out
from toonkit.chapters.tomjerry.translating import RELEASED, photographs, released_model
from toonkit.networks.toonnet import READS_AT

EACH = 4  # cartoons of a class
COLUMNS = 6


def tomjerry_sheet() -> Sheet:
    """Twelve held-out cartoons, four of each class: the first that the test split has, none chosen; enlarged twice.

    Two blocks of three rows: cartoons, drawn, true photographs.
    """
    truth = held_out(10, READS_AT)
    rows = torch.cat([torch.arange(EACH) + 10 * label for label in range(3)])  # (12,)
    drawn = photographs(*released_model(), truth["toon"][rows], truth["label"][rows])
    shown = {"cartoon": truth["toon"][rows], "drawn": drawn, "true photograph": truth["photo"][rows]}
    sheet = in_blocks({name: enlarged(pictures) for name, pictures in shown.items()}, COLUMNS)
    weights = [f"{name}.safetensors" for name in (RELEASED, DECODER)]
    return Sheet(sheet, {"split": "test", "size": READS_AT, "weights": weights})


FIGURES = {"tomjerry": tomjerry_sheet}
