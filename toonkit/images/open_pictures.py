"""The open pictures: which of each source are for training, which for testing, and whom to thank for them.

Only files of a source's manifest count. Felix's and COCO's pictures each have their own licence: those without a free
one are left out everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from torch import Tensor

from toonkit.images.caltech101 import caltech101_split
from toonkit.images.emoji import draw_svg
from toonkit.images.licences import free_pictures
from toonkit.images.manifests import find_source, read_manifest
from toonkit.images.picture import read_picture
from toonkit.images.samples import SAMPLES_CREDIT
from toonkit.images.sources import open_source
from toonkit.project.errors import ToonkitError, check_name

SPLITS = ("train", "test")
HELD_OUT = 8  # every eighth is for testing
LAST_EPISODE = 16  # of Pepper&Carrot; later ones are for testing
FRAMED = ("felix", "image_files")
FRAME = 14  # pixels of white frame around these pictures
MARK = 85  # pixels at their bottom that bear a mark
SAMPLES_NAME = "scikit-image"  # the four photographs of `images.samples`, for `credits`
Sides = Callable[[list[str]], list[str]]  # sorted paths of a source's pictures -> "train" or "test" of each


@dataclass(frozen=True)
class PictureSource:
    """What a source's pictures are and how they are split. `patterns` name its pictures; `rule` says the split."""

    kind: str  # photographs or drawings
    patterns: tuple[str, ...]
    rule: str
    sides: Sides


def open_pictures(source: str, split: str) -> list[Path]:
    """Pictures of an open source for "train" or "test", sorted by path, each checked against its digest.

    Raises ToonkitError for a source without pictures or another split, SourceError where it is not on this machine.
    """
    check_name("split", split, SPLITS)
    known = PICTURES[check_name("source of pictures", source, tuple(PICTURES))]
    folder = open_source(source)
    paths = picture_names(source)
    free = free_pictures(source, folder)
    sides = zip(paths, known.sides(paths), strict=True)
    return [folder / path for path, side in sides if side == split and (free is None or path in free)]


def picture_names(source: str) -> list[str]:
    """Paths of a source's pictures in its manifest, sorted: also of those without a free licence."""
    patterns = PICTURES[source].patterns
    paths = [entry.path for entry in read_manifest(source)]
    return sorted((path for path in paths if any(fnmatchcase(path, pattern) for pattern in patterns)), key=_parts)


def read_open_picture(path: Path) -> Tensor:
    """One open picture, (3, H, W) in [-1, 1]: drawings on white, felix's photographs without their frame and mark."""
    if path.suffix == ".svg":
        return draw_svg(path)
    picture = read_picture(path)
    framed = path.parts[-4:-2] == FRAMED  # .../felix/image_files/Excluded/102.jpg
    return picture[:, FRAME:-MARK, FRAME:-FRAME] if framed else picture


def credits(sources: Iterable[str]) -> tuple[str, ...]:
    """One line a source: its name, whom to thank, under which licence, where it is from. `scikit-image`: the samples.

    Raises ToonkitError for an unknown source.
    """
    return tuple(SAMPLES_CREDIT if name == SAMPLES_NAME else _credit(name) for name in dict.fromkeys(sources))


def _credit(name: str) -> str:
    source = find_source(name)
    return f"{name}: {source.credit}; licence: {source.licence}; {source.home}"


def _parts(path: str) -> list[str]:
    return path.split("/")


def _by_number(paths: list[str]) -> list[str]:
    return ["train" if number % HELD_OUT else "test" for number in range(len(paths))]


def _by_drawing(paths: list[str]) -> list[str]:
    """Renderings of one drawing, in one folder of `assets`, stay together."""
    names = sorted({_parts(path)[1] for path in paths})
    side_of = dict(zip(names, _by_number(names), strict=True))
    return [side_of[_parts(path)[1]] for path in paths]


def _by_person(paths: list[str]) -> list[str]:
    return [caltech101_split(path) for path in paths]


def _by_episode(paths: list[str]) -> list[str]:
    return ["test" if episode_of(path) > LAST_EPISODE else "train" for path in paths]


def episode_of(path: str | Path) -> int:
    """The episode that a page's or a panel's path names: `episode08/...`, `peppercarrot_ep08_...`, `..._E08P01.png`.

    The last such name counts. Raises ToonkitError where there is none.
    """
    found = re.findall(r"(?:episode[ _-]?|(?<![a-z])ep[ _-]?|(?<![a-z])e(?=\d+p\d))(\d+)", str(path).lower())
    if not found:
        raise ToonkitError(f"{path} names no episode; a folder or file should be named like episode08 or E08P01")
    return int(found[-1])


_EIGHTH = "every eighth picture"
PICTURES = {
    "caltech101": PictureSource("photographs", ("*.jpg",), "every eighth person, every eighth number", _by_person),
    "kodak": PictureSource("photographs", ("*.png",), _EIGHTH, _by_number),
    "coral": PictureSource("photographs", ("*.jpg", "*[!k].bmp"), _EIGHTH, _by_number),  # not ..._mask.bmp
    "coco53": PictureSource("photographs", ("images/*",), _EIGHTH, _by_number),
    "felix": PictureSource("photographs", ("image_files/*",), _EIGHTH, _by_number),
    "cld": PictureSource("photographs", ("data/*",), _EIGHTH, _by_number),
    "peppercarrot-panels": PictureSource("drawings", ("*.jpg",), "episodes 17 to 20", _by_episode),
    "peppercarrot": PictureSource("drawings", ("*.png",), "episodes after 16", _by_episode),
    "art4apps": PictureSource("drawings", ("images/*",), _EIGHTH, _by_number),
    "openclipart": PictureSource("drawings", ("*.png",), _EIGHTH, _by_number),
    "fluent-emoji": PictureSource("drawings", ("*/3D_256.webp", "*/Flat.svg"), "every eighth drawing", _by_drawing),
    "dicebear": PictureSource("drawings", ("*.png",), _EIGHTH, _by_number),
}
