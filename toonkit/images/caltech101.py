"""Caltech-101: a split that never has one person on both sides, though its faces are about 20 shots of each person."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from toonkit.images.manifests import MANIFESTS
from toonkit.project.errors import SourceError, ToonkitError

PEOPLE = "caltech101_people.tsv"  # says itself how it was made
FACES = "Faces_easy"
HELD_OUT = 8  # every eighth person, and every eighth of the other pictures, is for testing


def caltech101_split(path: str | Path) -> str:
    """Return "train" or "test" for a picture of the source caltech101, wherever its folder lies.

    Of `Faces_easy` every eighth person is for testing, with all shots; of the other classes every eighth number. Raises
    ToonkitError for a name that is not of the form `Faces_easy/image_0001.jpg`, and for a face that the table lacks.
    """
    number = picture_number(path)
    group = person_of(number) if Path(path).parent.name == FACES else number
    return "test" if group % HELD_OUT == 0 else "train"


def person_of(number: int) -> int:
    """Return which person, counted from 0, picture `number` of `Faces_easy` shows. Raises ToonkitError if unknown."""
    for person, (first, last) in enumerate(people()):
        if first <= number <= last:
            return person
    raise ToonkitError(f"{FACES} has no picture {number}; {PEOPLE} lists them")


@lru_cache(maxsize=1)
def people() -> tuple[tuple[int, int], ...]:
    """Return the first and last number of each person's pictures in `Faces_easy`. Raises SourceError if absent."""
    path = MANIFESTS / PEOPLE
    if not path.is_file():
        raise SourceError(f"{path} is missing; install Toonkit from its checkout with `pip install -e .`")
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple((int(first), int(last)) for first, last in rows)


def picture_number(path: str | Path) -> int:
    """Return the number in a picture's name, `image_0001.jpg`. Raises ToonkitError for another name."""
    numbered = re.fullmatch(r"image_(\d{4})\.jpg", Path(path).name)
    if numbered is None:
        raise ToonkitError(f"{path} is no picture of caltech101; its pictures are named like image_0001.jpg")
    return int(numbered[1])
