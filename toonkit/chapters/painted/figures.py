"""Figures of painting: real photographs, beside the classical filter and the report's recipe."""

from __future__ import annotations

from functools import partial

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_configured
from toonkit.chapters.painted.painter import Painter
from toonkit.filters.flat import with_flat
from toonkit.images.listing import contact_sheet
from toonkit.images.open_pictures import SAMPLES_NAME
from toonkit.images.resize import fit_picture
from toonkit.images.samples import SAMPLES, sample_photo

RELEASED = "painted-photographs"
SIDE = 320  # pixels


def painter() -> Painter:
    """The released painter. Raises WeightsError where it is not here."""
    generator, config = load_configured(RELEASED, "generator of painted")
    return Painter(generator, partial(with_flat, strength=config.strength))


def painted() -> Sheet:
    """Four photographs above their paintings."""
    paint = painter()
    photos = torch.stack([fit_picture(sample_photo(name), SIDE) for name in SAMPLES])
    drawn = torch.cat([paint(photo[None]) for photo in photos])
    facts = {"photographs": tuple(SAMPLES), "size": SIDE, "weights": f"{RELEASED}.safetensors"}
    return Sheet(contact_sheet(torch.cat([photos, drawn]), len(SAMPLES)), facts, sources=(SAMPLES_NAME,))


FIGURES = {"painted": painted}
