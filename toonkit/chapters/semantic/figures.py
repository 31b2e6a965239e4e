"""Figures of semantic cartoonisation: real photographs, scenes of ToonWorld, and the five weights turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from toonkit.chapters.contract import Drawing, Sheet
from toonkit.chapters.loading import load_configured, load_network
from toonkit.chapters.painted.figures import RELEASED as PAINTED
from toonkit.chapters.painted.figures import painter
from toonkit.chapters.painted.painter import Painter
from toonkit.chapters.semantic.config import CONTROLS
from toonkit.chapters.sheets import drawn_beside
from toonkit.filters import abstraction
from toonkit.filters.flat import with_flat
from toonkit.images.licences import picture_licences
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.sources import source_folder
from toonkit.networks.drawing import draw
from toonkit.networks.style_transfer import PANEL, PANELS, SOURCE, style_transfer
from toonkit.project.errors import ToonkitError
from toonkit.training.controls import AtSetting
from toonkit.world import ToonWorld

GENERATOR = "generator of semantic"
PHOTOGRAPHS = "semantic-photographs"
CONTROLLED = "semantic-photographs_controlled"
SCENES = "semantic-ours"
SIDE = 64
DRAWN_AT = 320  # pixels of a picture of the sheets
SHEET = 232  # pixels at which it is shown there
COLUMNS = 5
CALTECH = "caltech101/101_ObjectCategories"
FELIX = "felix/image_files/Experimental_study_set"
PEOPLE = (  # the photographs of a sheet, each of its source's test split
    "coco53/images/val2017/000000001296.jpg",  # lettering on the telephone
    f"{CALTECH}/Faces_easy/image_0150.jpg",
    "coco53/images/train2017/000000000370.jpg",
    f"{CALTECH}/Faces_easy/image_0262.jpg",
    "kodak/PhotoCD_PCD0992/17.png",
    "coco53/images/train2017/000000000165.jpg",
    "coco53/images/val2017/000000005001.jpg",
    "coco53/images/val2017/000000008021.jpg",  # a dark stage
    "kodak/PhotoCD_PCD0992/01.png",  # a house
    "coco53/images/train2017/000000000520.jpg",  # dusk
)
ANIMALS = (
    f"{CALTECH}/wild_cat/image_0024.jpg",
    f"{FELIX}/209.jpg",
    f"{FELIX}/305.jpg",
    f"{FELIX}/504.jpg",
    f"{CALTECH}/Leopards/image_0152.jpg",  # night
    f"{CALTECH}/cougar_face/image_0048.jpg",  # snow
    f"{CALTECH}/cougar_face/image_0064.jpg",  # lettering on a stamp
    f"{CALTECH}/dalmatian/image_0016.jpg",
    f"{CALTECH}/elephant/image_0016.jpg",
    "coral/bird_segmentation.bmp",
)


def semantic() -> Drawing:
    """The released generator for photographs. Raises WeightsError where it is not here."""
    generator, config = load_configured(PHOTOGRAPHS, GENERATOR)
    return Painter(generator, partial(with_flat, strength=config.strength))


def semantic_told(factors: Mapping[str, float]) -> Drawing:
    """The controlled generator for photographs, told these factors of its loss weights.

    Raises WeightsError where it is not here, ToonkitError for factors that it was not trained with.
    """
    generator, config = load_configured(CONTROLLED, GENERATOR)
    return Painter(AtSetting(generator, factors, CONTROLS), partial(with_flat, strength=config.strength))


def drawing_by(weights: str) -> Drawing:
    """A released generator as a drawing of pictures of any size. Raises WeightsError where it is not here."""
    return partial(draw, load_network(weights, GENERATOR))


def photographs_sheet(names: Sequence[str]) -> Sheet:
    """Photographs that no run saw, by their sources and paths there, each above what the ways in ROWS draw of it.

    Raises as `held_out` does, and ToonkitError without what the style transfer needs.
    """
    photos = [fit_picture(read_open_picture(path), DRAWN_AT) for path in held_out(names)]
    ways = {
        "classical filter": abstraction,
        "painted": painter(),
        "style transfer": style_transfer(),
        "semantic": semantic(),
    }
    sheet = drawn_beside(photos, ways, COLUMNS, SHEET)
    facts = {
        "split": "test",
        "size": DRAWN_AT,
        "weights": (f"{PAINTED}.safetensors", f"{PHOTOGRAPHS}.safetensors"),
        "rows": ("photograph", *ways),
        "photographs": names,
        "licence_of_each": licences_of(names),
        "style": PANEL,
    }
    return Sheet(sheet, facts, sources=(*sources_of(names), SOURCE, PANELS), jpeg=True)


def licences_of(names: Sequence[str]) -> dict[str, str]:
    """Licence and author of each picture whose source has one a picture."""
    found = {}
    for source in sources_of(names):
        for path, one in picture_licences(source, source_folder(source)).items():
            if f"{source}/{path}" in names:
                found[f"{source}/{path}"] = f"{one.licence}; {one.author}"
    return found


def held_out(names: Sequence[str]) -> list[Path]:
    """Files by source and path there. Raises SourceError where a source is not here, ToonkitError for one that is not
    of its source's test split.
    """
    known = {
        f"{name}/{path.relative_to(source_folder(name)).as_posix()}": path
        for name in sources_of(names)
        for path in open_pictures(name, "test")
    }
    for name in names:
        if name not in known:
            raise ToonkitError(f"{name} is not held out; choose a picture of its source's test split")
    return [known[name] for name in names]


def sources_of(names: Sequence[str]) -> tuple[str, ...]:
    """The sources that begin such names, each once."""
    return tuple(dict.fromkeys(name.partition("/")[0] for name in names))


def semantic_scenes() -> Sheet:
    """Held-out scenes of ToonWorld: photograph, what the released generator draws, true cartoon."""
    pairs = ToonWorld("scenes", "test", SIDE).batch(range(8))
    rows = {"photograph": pairs["photo"], "drawn": drawing_by(SCENES)(pairs["photo"]), "true cartoon": pairs["toon"]}
    return Sheet(rows, {"split": "test", "size": SIDE, "weights": f"{SCENES}.safetensors"})


FIGURES = {
    "semantic_sheet": partial(photographs_sheet, PEOPLE),
    "semantic_animals": partial(photographs_sheet, ANIMALS),
    "semantic_scenes": semantic_scenes,
}
