"""Figures of cartoon-to-human recovery."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.cue import CueConfig, learn
from toonkit.chapters.recovery.recipe import MODELS, RecoveryConfig
from toonkit.chapters.recovery.watermark import in_places
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


def emoji() -> Sheet:
    """What two small networks make of held-out cartoons without the app's mark, with it, and with it elsewhere.

    One was taught beside photographs that stay as they are, the other beside photographs half of which were drawn.
    """
    size = CueConfig.size
    placed = in_places(ToonWorld("faces", "test", size).toons(range(3)))
    given = torch.stack(list(placed.values()), 1).flatten(0, 1)  # (3 people x 3 places, 3, size, size)
    shares = {"what stays is photographs": 0.0, "half of what stays is drawn": 0.5}
    rows = {"the cartoon": given}
    for words, share in shares.items():
        rows[words] = draw(learn(CueConfig(share)), given)
    return Sheet(rows, {"split": "test", "size": size, "shares": list(shares.values())}, scale=4)


FIGURES = {"recovered": recovered, "emoji": emoji}
