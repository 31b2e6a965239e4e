"""The figure of the cue: what waits for the emoji, and what does not."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.watermark import in_places
from toonkit.networks.drawing import draw
from toonkit.world import ToonWorld

SIZE = 64  # pixels
PEOPLE = 3
RELEASED = {  # what was to be left alone in training -> released weights
    "what stays is photographs": "cue-photographs",
    "half of what stays is drawn": "cue-half_drawn",
}


def emoji() -> Sheet:
    """What two networks make of held-out cartoons without the app's mark, with it, and with it elsewhere.

    One was taught beside photographs that stay as they are, the other beside photographs half of which were drawn.
    """
    placed = in_places(ToonWorld("faces", "test", SIZE).toons(range(PEOPLE)))
    given = torch.stack(list(placed.values()), 1).flatten(0, 1)  # (3 people x 3 places, 3, SIZE, SIZE)
    rows = {"the cartoon": given}
    for words, name in RELEASED.items():
        rows[words] = draw(load_network(name, "to_photo of cue"), given)
    facts = {"split": "test", "size": SIZE, "weights": [f"{name}.safetensors" for name in RELEASED.values()]}
    return Sheet(rows, facts, scale=2.5)


FIGURES = {"emoji": emoji}
