"""The open pictures that painting learns from, and those that nobody trains on."""

from __future__ import annotations

from pathlib import Path

from toonkit.images.open_pictures import open_pictures

PHOTOGRAPHS = {  # sources, and the short sides (pixels) that crops are cut at: small, as they come, close up
    "caltech101": (160, 232),
    "kodak": (160, 192, 224, 256, 320, 384, 448, 512),
    "coral": (160, 192, 224, 256, 320, 384, 448, 480),
    "coco53": (160, 192, 224, 256, 320, 384),
    "felix": (160, 192, 224, 256, 320, 384),
}
DRAWINGS = {  # sources, the short sides that crops are cut at, and their share of a batch
    "peppercarrot-panels": ((160, 192, 224, 256, 320, 384), 0.5),
    "art4apps": ((144, 192), 0.2),
    "openclipart": ((144, 224), 0.12),
    "fluent-emoji": ((144,), 0.13),
    "dicebear": ((160,), 0.05),
}
MOST = 700  # pictures of a source of drawings, evenly spread
FILLED = 0.5  # the share of a drawing's crop that is not white paper; panels have no paper


def drawing_paths(source: str, split: str) -> list[Path]:
    """At most about MOST drawings of a source, "train" or "test". Raises SourceError where it is not here."""
    chosen = open_pictures(source, split)
    return chosen[:: max(1, len(chosen) // MOST)]
