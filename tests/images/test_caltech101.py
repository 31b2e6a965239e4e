"""The split of Caltech-101 by person: the table against the manifest, and against the pictures where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from toonkit.images import fit_picture, read_picture
from toonkit.images.caltech101 import FACES, caltech101_split, people, person_of, picture_number
from toonkit.images.manifests import read_manifest
from toonkit.project.errors import ToonkitError

PATHS = [entry.path for entry in read_manifest("caltech101") if entry.path.endswith(".jpg")]
NUMBERS = sorted(picture_number(path) for path in PATHS if Path(path).parent.name == FACES)


def test_every_face_belongs_to_one_run():
    assert [number for first, last in people() for number in range(first, last + 1)] == NUMBERS == list(range(1, 436))
    assert [person_of(number) for number in (1, 21, 22, 388, 389, 435)] == [0, 0, 1, 23, 24, 30]


def test_no_person_is_on_both_sides():
    sides: dict[int, set[str]] = {}
    for number in NUMBERS:
        side = caltech101_split(f"somewhere/101_ObjectCategories/{FACES}/image_{number:04d}.jpg")
        sides.setdefault(person_of(number), set()).add(side)
    assert len(sides) == 31 and all(len(side) == 1 for side in sides.values())
    assert sum(side == {"test"} for side in sides.values()) == 4


def test_an_eighth_is_for_testing():
    for faces in (True, False):
        splits = [caltech101_split(path) for path in PATHS if (Path(path).parent.name == FACES) == faces]
        assert splits.count("test") / len(splits) == pytest.approx(1 / 8, abs=0.02)
    assert caltech101_split("lotus/image_0008.jpg") == "test" != caltech101_split("lotus/image_0009.jpg")


def test_other_names_are_refused():
    for path in ("Faces_easy/image_0436.jpg", "Faces_easy/image_1.jpg", "Faces_easy/LICENSE", "lotus/._image_0001.jpg"):
        with pytest.raises(ToonkitError, match=r"image_0001|no picture 436"):
            caltech101_split(path)


@pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
def test_a_face_s_nearest_neighbour_is_the_same_person():
    """The table was made by eye. Independently: of all other pictures the one most like a face and its collar."""
    folder = Path(os.environ["TOONKIT_MIRROR"]) / "caltech101" / "101_ObjectCategories" / FACES
    shots = (read_picture(folder / f"image_{number:04d}.jpg") for number in NUMBERS)
    middles = torch.stack([fit_picture(shot[:, 60:, 50:240], 16, "stretch") for shot in shots])
    middles = (middles - middles.mean((2, 3), keepdim=True)) / middles.std((2, 3), keepdim=True)  # without the light
    distances = torch.cdist(middles.flatten(1), middles.flatten(1)).fill_diagonal_(torch.inf)
    persons = torch.tensor([person_of(number) for number in NUMBERS])
    several = torch.bincount(persons)[persons] > 1
    agree = persons[distances.argmin(1)] == persons
    assert agree[several].float().mean() > 0.9  # by chance 0.04
