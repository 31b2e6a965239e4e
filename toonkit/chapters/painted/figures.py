"""Figures of painting: real photographs, beside the classical filter and the report's recipe."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from toonkit.chapters.contract import Drawing, Sheet
from toonkit.chapters.loading import load_network
from toonkit.chapters.painted.painter import Painter
from toonkit.filters import abstraction
from toonkit.images.listing import contact_sheet
from toonkit.images.open_pictures import SAMPLES_NAME, open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.samples import SAMPLES, sample_photo

RELEASED = "painted-photographs"
SIDE = 320  # pixels
SHEET = 136  # pixels of a picture on the sheet
COLUMNS = 5
SHOWN = {"caltech101": 6, "kodak": 2, "coral": 1, "coco53": 5, "felix": 6}  # photographs of a source on the sheet


def painter() -> Painter:
    """The released painter. Raises WeightsError where it is not here."""
    return Painter(load_network(RELEASED, "generator of painted"))


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
    photos = [fit_picture(read_open_picture(path), 2 * SHEET) for path in chosen]
    ways: tuple[Drawing, ...] = (lambda photo: photo, abstraction, painter())
    rows = []
    for start in range(0, len(photos), COLUMNS):
        part = torch.stack(photos[start : start + COLUMNS])
        rows += [_shrunk(torch.cat([way(photo[None]) for photo in part])) for way in ways]
    facts = {"split": "test", "size": 2 * SHEET, "weights": f"{RELEASED}.safetensors"}
    return Sheet(contact_sheet(torch.cat(rows), COLUMNS), facts, sources=tuple(SHOWN))


def evenly(paths: list[Path], count: int) -> list[Path]:
    """`count` of the paths, evenly spread, the first of them first; all where there are fewer."""
    return [paths[number * len(paths) // count] for number in range(count)] if count < len(paths) else paths


def _shrunk(pictures: Tensor) -> Tensor:
    return torch.nn.functional.interpolate(pictures, (SHEET, SHEET), mode="bilinear", antialias=True).clamp(-1, 1)


FIGURES = {"painted": painted, "painted_sheet": painted_sheet}
