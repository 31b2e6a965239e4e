"""The figure of avatars: held-out people with their avatars, and held-out avatars with photographs of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from toonkit.chapters.avatars.data import PICTURES, in_proportion, paths_of, read_face
from toonkit.chapters.avatars.recipe import SIDES
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_configured
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.sheets import in_blocks
from toonkit.images.listing import evenly
from toonkit.images.resize import fit_picture
from toonkit.networks.drawing import draw
from toonkit.project.environment import project_root

RELEASED = {"toon": "avatars", "photo": "avatars-to_photo"}
SAID = {"photo": "photograph", "toon": "avatar"}
EYES = "avatars_eyes"
COLUMNS = 10
SHOWN = 120  # pixels of a picture's width


def avatars() -> Sheet:
    """Held-out people above their avatars, and held-out avatars above what is drawn of them, by the released networks.

    Raises WeightsError where they are not here, SourceError where pictures are not.
    """
    return _both_ways(RELEASED, {"weights": [f"{name}.safetensors" for name in RELEASED.values()]})


def avatars_eyes() -> Sheet:
    """The same by the run whose sides had only their eyes in one place. Raises WeightsError where it is not here."""
    folder = project_root() / run_folder("avatars", "both_ways", "full", 0)
    weights = {side: folder / f"to_{side}.safetensors" for side in SIDES}
    return _both_ways(weights, {"trained_by": "toonkit train avatars both_ways"})


def _both_ways(weights: Mapping[str, str | Path], facts: Mapping[str, Any]) -> Sheet:
    """Each picture has the proportions that it had before it was cut for the networks."""
    rows = {}
    for side, given in reversed(SIDES.items()):
        network, config = load_configured(weights[side], f"to_{side} of avatars")
        paths = evenly(paths_of(given, "test"), COLUMNS)
        pictures = torch.stack([fit_picture(read_face(path, config), config.size) for path in paths])
        for name, shown, kind in (
            (SAID[given], pictures, given),
            (f"as {SAID[side]}", draw(network, pictures), side),
        ):
            rows[name] = in_proportion(fit_picture(shown, SHOWN), kind, config)
    sources = tuple(name for name, _ in PICTURES.values())
    return Sheet(in_blocks(rows, COLUMNS), {"split": "test", "size": config.size, **facts}, sources=sources)


FIGURES = {"avatars": avatars, EYES: avatars_eyes}
