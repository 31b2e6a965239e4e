"""What is a copy and what is not: photographs, flat pictures, mirror-symmetric drawings, and what is done to them."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from toonkit.images import fit_picture, list_pictures, read_picture
from toonkit.images.copies import find_copy, hash_distance, luma, perceptual_hash
from toonkit.images.pruning import Limits, prune
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.world import STYLES, ToonWorld

LIMIT = Limits().bits


def distances(pictures: list[torch.Tensor], changed: list[torch.Tensor]) -> torch.Tensor:
    one, other = (torch.cat([perceptual_hash(picture[None]) for picture in side]) for side in (pictures, changed))
    return hash_distance(one, other)


def half(picture: torch.Tensor) -> torch.Tensor:
    return fit_picture(picture, (picture.shape[1] // 2, picture.shape[2] // 2), "stretch")


def jpeg(picture: torch.Tensor, quality: int = 40) -> torch.Tensor:
    buffer = io.BytesIO()
    pixels = ((picture + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(buffer))).permute(2, 0, 1) / 127.5 - 1


COPIES = {
    "half": half,
    "jpeg": jpeg,
    "half jpeg": lambda picture: jpeg(half(picture)),
    "darker": lambda picture: 0.8 * picture - 0.1,
    "lighter": lambda picture: 0.9 * picture + 0.1,
}
OTHERS = {
    "red and blue swapped": lambda picture: picture.flip(0),
    "red to green to blue": lambda picture: picture.roll(1, 0),
    "grey": lambda picture: luma(picture[None]).repeat(3, 1, 1),
    "mirrored": lambda picture: picture.flip(2),
    "negative": lambda picture: -picture,
}


def photographs() -> list[torch.Tensor]:
    return [sample_photo(name) for name in SAMPLES]


def symmetric() -> list[torch.Tensor]:
    """Drawings whose right half mirrors the left one: half of their cosine frequencies are exactly 0."""
    drawings = []
    for style in STYLES[:2]:
        toons = ToonWorld("faces", "val", 128, style, count=6).toons(range(6))
        drawings += [torch.cat([toon[:, :, :64], toon[:, :, :64].flip(2)], 2) for toon in toons]
    y, x = torch.meshgrid(torch.linspace(-1, 1, 200), torch.linspace(-1, 1, 200), indexing="ij")
    for shape in (x**2 + y**2 < 0.5, x.abs() + y.abs() < 0.7, (x.abs() < 0.2) | (y.abs() < 0.1)):
        drawings.append(torch.where(shape, -0.9, 1.0).repeat(3, 1, 1))
    return drawings


@pytest.mark.parametrize("name", list(COPIES))
@pytest.mark.parametrize("kind", [photographs, symmetric])
def test_copies_are_at_no_distance(kind, name):
    pictures = kind()
    assert distances(pictures, [COPIES[name](picture) for picture in pictures]).max() <= 1


@pytest.mark.parametrize("name", list(OTHERS))
def test_what_is_done_to_colours_and_sides_makes_another_picture(name):
    pictures = photographs()
    assert distances(pictures, [OTHERS[name](picture) for picture in pictures]).min() > 2 * LIMIT


def flat(*colour: float) -> torch.Tensor:
    return torch.tensor(colour).view(3, 1, 1).expand(3, 40, 50)


def test_flat_pictures_are_told_apart_by_their_colour():
    colours = [(-1.0, -1, -1), (1.0, 1, 1), (0.0, 0, 0), (1.0, -1, -1), (-1.0, -1, 1), (-1.0, 1, -1)]
    hashes = torch.cat([perceptual_hash(flat(*colour)[None]) for colour in colours])
    between = hash_distance(hashes[:, None], hashes[None])
    assert between.diagonal().max() == 0 and (between + 99 * torch.eye(6)).min() > 5 * LIMIT
    assert distances([flat(0.1, 0.2, 0.3)], [jpeg(half(flat(0.1, 0.2, 0.3)))]).item() == 0


def test_a_faint_drawing_is_not_a_blank_sheet():
    drawing = torch.ones(3, 100, 100)
    drawing[:, 50, 20:80] = 0.4  # one thin grey line
    assert distances([drawing], [torch.ones(3, 100, 100)]).item() > LIMIT
    assert distances([drawing], [half(drawing)]).item() <= 1


def test_the_nearest_of_several_is_found_and_panels_are_averaged():
    hashes = [perceptual_hash(photo[None]) for photo in photographs()]  # each (1, 172)
    assert find_copy(hashes, perceptual_hash(half(sample_photo("coffee"))[None]), LIMIT) == (2, 0.0)
    assert find_copy(hashes, perceptual_hash(flat(0.0, 0.0, 0.0)[None]), LIMIT) is None
    pages = [torch.cat(hashes[:2]), torch.cat(hashes[2:])]  # two pages of two panels
    assert find_copy(pages, pages[1], LIMIT) == (1, 0.0)
    one_panel_differs = find_copy(pages, torch.cat([hashes[2], hashes[0]]), 1000)
    assert one_panel_differs == (1, hash_distance(hashes[0], hashes[3]).item() / 2)
    assert find_copy([], pages[0], LIMIT) is None


def test_pruning_keeps_recoloured_and_flat_pictures():
    photo = sample_photo("coffee")
    names = ["photo", *OTHERS, "again"]
    pictures = [photo, *(change(photo) for change in OTHERS.values()), jpeg(half(photo))]
    log = prune(zip(names, pictures, [None] * len(names), strict=True))
    assert log.kept == ["photo", *OTHERS] and [rejection.of for rejection in log.rejected] == ["photo"]
    flats = prune([(str(level), flat(level, level, level), None) for level in (-1.0, 0.0, 1.0)], Limits(sharpness=None))
    assert len(flats.kept) == 3


@pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
def test_real_photographs_are_no_copies_of_each_other_and_their_copies_are():
    paths = list_pictures(Path(os.environ["TOONKIT_MIRROR"]) / "caltech101", recursive=True)[::16]
    pictures = [read_picture(path, 128, "stretch") for path in paths]
    hashes = torch.cat([perceptual_hash(picture[None]) for picture in pictures])
    between = hash_distance(hashes[:, None], hashes[None]) + 999 * torch.eye(len(paths))
    assert between.min() > LIMIT
    assert distances(pictures, [jpeg(half(picture), 75) for picture in pictures]).max() <= 1
