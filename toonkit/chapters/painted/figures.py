"""Figures of painting: real photographs, beside the classical filter and the report's recipe."""

from __future__ import annotations

import torch

from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_configured
from toonkit.chapters.painted.painter import Painter
from toonkit.chapters.sheets import drawn_beside, evenly
from toonkit.filters import abstraction
from toonkit.images.listing import contact_sheet
from toonkit.images.open_pictures import SAMPLES_NAME, open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.samples import SAMPLES, sample_photo

RELEASED = "painted-photographs"
SIDE = 320  # pixels
DRAWN_AT = 272  # pixels of a picture of the sheet
SHEET = 104  # pixels at which it is shown there
COLUMNS = 5
SHOWN = {"caltech101": 6, "kodak": 2, "coral": 1, "coco53": 5, "felix": 6}  # photographs of a source on the sheet


def painter() -> Painter:
    """The released painter. Raises WeightsError where it is not here."""
    generator, config = load_configured(RELEASED, "generator of painted")
    return Painter(generator, config.strength)


def painted() -> Sheet:
    """Four photographs above their paintings."""
    paint = painter()
    photos = torch.stack([fit_picture(sample_photo(name), SIDE) for name in SAMPLES])
    drawn = torch.cat([paint(photo[None]) for photo in photos])
    facts = {"photographs": tuple(SAMPLES), "size": SIDE, "weights": f"{RELEASED}.safetensors"}
    return Sheet(contact_sheet(torch.cat([photos, drawn]), len(SAMPLES)), facts, sources=(SAMPLES_NAME,))


def painted_sheet() -> Sheet:
    """Twenty photographs that no run saw, each above the classical filter's drawing and its painting."""
    chosen = [path for source, count in SHOWN.items() for path in evenly(open_pictures(source, "test"), count)]
    photos = [fit_picture(read_open_picture(path), DRAWN_AT) for path in chosen]
    facts = {"split": "test", "size": DRAWN_AT, "weights": f"{RELEASED}.safetensors"}
    sheet = drawn_beside(photos, (abstraction, painter()), COLUMNS, SHEET)
    return Sheet(sheet, facts, sources=tuple(SHOWN))


FIGURES = {"painted": painted, "painted_sheet": painted_sheet}
