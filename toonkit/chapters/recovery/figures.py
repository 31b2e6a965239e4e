"""Figures of cartoon-to-human recovery."""

from __future__ import annotations

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.recipe import MODELS, RecoveryConfig
from toonkit.networks.drawing import draw
from toonkit.world import ToonWorld

GENERATOR = "to_photo of recovery"


def recovered() -> Sheet:
    """Held-out cartoons, what each of the report's seven models makes of them, and the true photographs."""
    size = RecoveryConfig.size
    pairs = ToonWorld("faces", "test", size).batch(range(8))
    rows = {"cartoon": pairs["toon"]}
    for model in MODELS:
        rows[model.replace("_", " ")] = draw(load_network(f"recovery-{model}", GENERATOR), pairs["toon"])
    return Sheet(rows | {"true photograph": pairs["photo"]}, {"split": "test", "size": size})


FIGURES = {"recovered": recovered}
