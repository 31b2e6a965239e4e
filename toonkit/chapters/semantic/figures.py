"""Figures of semantic cartoonisation: real photographs, scenes of ToonWorld, and the five weights turned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from toonkit.chapters.contract import Drawing, Sheet
from toonkit.chapters.loading import load_configured, load_network
from toonkit.chapters.painted.figures import RELEASED as PAINTED
from toonkit.chapters.painted.figures import painter
from toonkit.chapters.painted.painter import Painter
from toonkit.chapters.semantic.config import CONTROLS
from toonkit.chapters.sheets import drawn_beside, evenly
from toonkit.filters import abstraction
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.networks.drawing import draw
from toonkit.training.controls import AtSetting
from toonkit.world import ToonWorld

GENERATOR = "generator of semantic"
PHOTOGRAPHS = "semantic-photographs"
CONTROLLED = "semantic-photographs_controlled"
SCENES = "semantic-ours"
SIDE = 64
DRAWN_AT = 272  # pixels of a picture of the sheet
SHEET = 104  # pixels at which it is shown there
COLUMNS = 5
ROWS = ("photograph", "classical filter", "painted", "semantic")
SHOWN = {"caltech101": 6, "kodak": 2, "coral": 1, "coco53": 5, "felix": 6}  # photographs of a source on the sheet


def semantic() -> Drawing:
    """The released generator for photographs. Raises WeightsError where it is not here."""
    generator, config = load_configured(PHOTOGRAPHS, GENERATOR)
    return Painter(generator, config.strength)


def semantic_told(factors: Mapping[str, float]) -> Drawing:
    """The controlled generator for photographs, told these factors of its loss weights.

    Raises WeightsError where it is not here, ToonkitError for factors that it was not trained with.
    """
    generator, config = load_configured(CONTROLLED, GENERATOR)
    return Painter(AtSetting(generator, factors, CONTROLS), config.strength)


def drawing_by(weights: str) -> Drawing:
    """A released generator as a drawing of pictures of any size. Raises WeightsError where it is not here."""
    return partial(draw, load_network(weights, GENERATOR))


def semantic_sheet() -> Sheet:
    """Twenty photographs that no run saw, each above the classical filter's drawing, the painting, and ours."""
    chosen = [path for source, count in SHOWN.items() for path in evenly(open_pictures(source, "test"), count)]
    photos = [fit_picture(read_open_picture(path), DRAWN_AT) for path in chosen]
    weights = (f"{PAINTED}.safetensors", f"{PHOTOGRAPHS}.safetensors")
    facts = {"split": "test", "size": DRAWN_AT, "weights": weights, "rows": ROWS}
    sheet = drawn_beside(photos, (abstraction, painter(), semantic()), COLUMNS, SHEET)
    return Sheet(sheet, facts, sources=tuple(SHOWN))


def semantic_scenes() -> Sheet:
    """Held-out scenes of ToonWorld: photograph, what the released generator draws, true cartoon."""
    pairs = ToonWorld("scenes", "test", SIDE).batch(range(8))
    rows = {"photograph": pairs["photo"], "drawn": drawing_by(SCENES)(pairs["photo"]), "true cartoon": pairs["toon"]}
    return Sheet(rows, {"split": "test", "size": SIDE, "weights": f"{SCENES}.safetensors"})


FIGURES = {"semantic_sheet": semantic_sheet, "semantic_scenes": semantic_scenes}
