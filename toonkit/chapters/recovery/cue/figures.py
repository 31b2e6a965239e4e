"""The figure of the cue: what waits for the emoji, and what does not."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.watermark import in_places
from toonkit.chapters.sheets import enlarged, in_blocks
from toonkit.networks.drawing import draw
from toonkit.world import ToonWorld

SIZE = 64  # pixels
PEOPLE = 2
HEADS = ("no emoji", "in its corner", "elsewhere")  # above each person's three cartoons
RELEASED = {  # what was to be left alone in training -> released weights
    "photographs stay": "cue-photographs",
    "drawings, too": "cue-half_drawn",
}


def emoji() -> Sheet:
    """What two networks make of held-out cartoons without the app's mark, with it, and with it elsewhere.

    One was taught beside photographs that stay as they are, the other beside photographs half of which were drawn.
    """
    placed = in_places(ToonWorld("faces", "test", SIZE).toons(range(PEOPLE)))
    given = torch.stack(list(placed.values()), 1).flatten(0, 1)  # (PEOPLE x 3 places, 3, SIZE, SIZE)
    rows = {"cartoon": given}
    for words, name in RELEASED.items():
        rows[words] = draw(load_network(name, "to_photo of cue"), given)
    facts = {"split": "test", "size": SIZE, "weights": [f"{name}.safetensors" for name in RELEASED.values()]}
    sheet = in_blocks({name: enlarged(row) for name, row in rows.items()}, len(given), HEADS * PEOPLE)
    return Sheet(sheet, facts)


FIGURES = {"emoji": emoji}
