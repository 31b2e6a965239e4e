"""Segmentation networks: sizes, classes, and masks that follow their pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from toonkit.chapters.index import find_chapter
from toonkit.chapters.segmentation.classes import COCO, OPEN_CLASSES, foreground, open_class, world_classes
from toonkit.chapters.segmentation.data import open_crops, photographs_with_foreground, read_classes, scaled
from toonkit.chapters.segmentation.networks import SegmentationUNet
from toonkit.chapters.segmentation.recipe import Segmentation, SegmentationConfig
from toonkit.images.sources import source_folder
from toonkit.project.errors import PictureError, ToonkitError
from toonkit.world import FAMILIES, ToonWorld

HERE = source_folder("coco53").is_dir()


@pytest.mark.parametrize("size", [(32, 32), (40, 64)])
def test_every_pixel_has_a_score_for_every_class(size: tuple[int, int]) -> None:
    network = SegmentationUNet("timm-mobilenetv3_small_minimal_100", 5).eval()
    assert network(torch.zeros(2, 3, *size)).shape == (2, 5, *size)


def test_what_every_family_calls_foreground_is() -> None:
    for family in FAMILIES:
        world = ToonWorld(family)
        names = {world.mask_classes[number] for number in world.foreground}
        assert names <= set(foreground("toonworld"))
        assert not (set(world.mask_classes) - names) & set(foreground("toonworld"))
    assert set(foreground("toonworld")) < set(world_classes())


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (1, "person"),
        (3, "vehicle"),
        (17, "animal"),
        (62, "object"),
        (184, "plant"),
        (187, "sky"),
        (155, "water"),
        (0, "other"),
    ],
)
def test_cocos_numbers_have_their_class(number: int, name: str) -> None:
    assert OPEN_CLASSES[open_class(number)] == name


def test_cocos_numbers_are_counted_and_others_refused() -> None:
    """80 things and 53 kinds of stuff (Kirillov and others, "Panoptic segmentation", 2019), and what has no label."""
    assert len(set(COCO)) == len(COCO) == 1 + 80 + 53
    for number in (12, 91, 94, 201, 255, -1):
        with pytest.raises(ToonkitError, match=f"COCO has no class {number}"):
            open_class(number)


def test_a_mask_is_scaled_with_its_picture() -> None:
    mask = torch.zeros(20, 30, dtype=torch.long)
    mask[5:15, 10:20] = 7
    picture = (mask == 7).to(torch.uint8).mul(255).expand(3, 20, 30)
    large, numbers = scaled(picture, mask, 40)
    assert large.shape[1:] == numbers.shape == (40, 60)
    assert set(numbers.unique().tolist()) == {0, 7}
    assert ((large[0] > 127) == (numbers == 7)).float().mean() > 0.98


@pytest.mark.skipif(not HERE, reason="the source coco53 is not on this machine")
def test_crops_and_their_masks_stay_together() -> None:
    crops = open_crops(32, 2, seed=0)
    again = open_crops(32, 2, seed=0)
    assert torch.equal(crops["picture"], again["picture"]) and torch.equal(crops["mask"], again["mask"])
    assert crops["picture"].shape[1:] == (3, 32, 32) and crops["mask"].shape[1:] == (32, 32)
    assert int(crops["mask"].max()) < len(OPEN_CLASSES)


def test_a_few_steps_on_one_batch_learn_its_masks() -> None:
    torch.manual_seed(0)
    world = ToonWorld("duo", "val", 32, count=4)
    batch = world.batch(range(4))
    recipe = Segmentation(SegmentationConfig(batch=4, size=32))
    given = {"picture": batch["photo"], "mask": batch["mask"]}
    losses = [recipe.step(given, 0.0) for _ in range(25)]
    assert losses[-1]["mask"] < 0.5 * losses[0]["mask"]


def test_a_photograph_without_its_mask_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"a\.png is missing, the mask of a photograph"):
        read_classes(tmp_path / "a.png", (4, 4))


def mask_file(folder: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(folder / "mask.png")
    return folder / "mask.png"


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_mask_of_cocos_numbers_is_read_as_classes(tmp_path: Path, kind: type) -> None:
    path = mask_file(tmp_path, np.array([[0, 1, 3], [17, 187, 200]], kind))
    names = [OPEN_CLASSES[number] for number in read_classes(path, (2, 3)).flatten().tolist()]
    assert names == ["other", "person", "vehicle", "animal", "sky", "ground"]


def test_a_mask_that_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    good = np.full((4, 6), 17, np.uint8)
    strange = good.copy()
    strange[0, :2] = (12, 255)
    wrong = {
        "holds the label 12, 255, none of the 134 known, 0 to 200": strange,
        "holds the label 300, none of": good.astype(np.uint16) + 283,
        "is a RGB picture; a mask holds one label a pixel: save it as grey": np.stack([good] * 3, 2),
        r"is 4x5 pixels \(height x width\), its picture 4x6": good[:, :5],
    }
    for message, pixels in wrong.items():
        with pytest.raises(PictureError, match=rf"mask\.png {message}"):
            read_classes(mask_file(tmp_path, pixels), (4, 6))


def test_a_damaged_mask_is_named_in_a_sentence(tmp_path: Path) -> None:
    path = mask_file(tmp_path, np.arange(64, dtype=np.uint8).reshape(8, 8).repeat(20, 0).repeat(20, 1))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(PictureError, match=r"mask\.png is damaged or cut short.*fetch or copy it again"):
        read_classes(path, (160, 160))


@pytest.mark.skipif(not HERE, reason="the source coco53 is not on this machine")
def test_the_photographs_with_foreground_is_that_of_the_same_squares() -> None:
    pictures, front = photographs_with_foreground(64)
    assert pictures.shape[1:] == (3, 64, 64) and front.shape == (len(pictures), 64, 64) and front.dtype == torch.bool
    assert 0.05 < front.float().mean() < 0.95
    half = photographs_with_foreground(128)[1].float()
    torch.testing.assert_close(front.float().mean((1, 2)), half.mean((1, 2)), atol=0.02, rtol=0)
    every = photographs_with_foreground(64, ("test", "train"))[0]
    assert len(every) > len(pictures) and torch.equal(every[: len(pictures)], pictures)


def test_unknown_encoders_and_pictures_are_refused() -> None:
    chapter = find_chapter("segmentation")
    with pytest.raises(ToonkitError, match="pictures"):
        SegmentationConfig(pictures="clouds")
    with pytest.raises(ToonkitError, match="encoder"):
        chapter.build(SegmentationConfig(encoder="vgg99"))
