"""The figure of avatars: held-out people with their avatars, and held-out avatars with photographs of them."""

from __future__ import annotations

import torch

from toonkit.chapters.avatars.data import PICTURES, paths_of, read_face
from toonkit.chapters.avatars.recipe import SIDES, AvatarsConfig
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.sheets import evenly
from toonkit.images.listing import contact_sheet
from toonkit.images.resize import fit_picture
from toonkit.networks.drawing import draw

RELEASED = {"toon": "avatars", "photo": "avatars-to_photo"}
COLUMNS = 10


def avatars() -> Sheet:
    """Ten held-out people above their avatars; ten held-out avatars above what is drawn of them."""
    config = AvatarsConfig()
    size = config.size
    rows = []
    for side, given in SIDES.items():
        network = load_network(RELEASED[side], f"to_{side} of avatars")
        pictures = torch.stack(
            [fit_picture(read_face(path, config), size) for path in evenly(paths_of(given, "test"), COLUMNS)]
        )
        rows = [pictures, draw(network, pictures), *rows]
    facts = {"split": "test", "size": size, "weights": [f"{name}.safetensors" for name in RELEASED.values()]}
    return Sheet(contact_sheet(torch.cat(rows), COLUMNS), facts, sources=tuple(name for name, _ in PICTURES.values()))


FIGURES = {"avatars": avatars}
