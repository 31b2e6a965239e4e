"""Segmentation networks: sizes, classes, and masks that follow their pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from toonkit.chapters.index import find_chapter
from toonkit.chapters.segmentation.classes import OPEN_CLASSES, foreground, open_class, world_classes
from toonkit.chapters.segmentation.data import open_crops, read_mask, scaled
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
        read_mask(tmp_path / "a.png")


def test_unknown_encoders_and_pictures_are_refused() -> None:
    chapter = find_chapter("segmentation")
    with pytest.raises(ToonkitError, match="pictures"):
        SegmentationConfig(pictures="clouds")
    with pytest.raises(ToonkitError, match="encoder"):
        chapter.build(SegmentationConfig(encoder="vgg99"))
