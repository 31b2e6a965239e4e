"""How well the segmentation networks see held-out pictures: photographs, and cartoons where there are any."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.chapters.contract import Scores
from toonkit.chapters.labelled import block, examples
from toonkit.chapters.loading import load_network
from toonkit.chapters.segmentation.classes import CLASSES, foreground
from toonkit.chapters.segmentation.data import OURS, masked_photographs, read_classes, scaled
from toonkit.chapters.segmentation.recipe import Segmentation
from toonkit.images.open_pictures import read_open_picture
from toonkit.images.values import as_bytes, as_pictures
from toonkit.metrics.scores import Score
from toonkit.metrics.truth import mask_agreement
from toonkit.networks.labels import Labels
from toonkit.project.profiles import Profile

PLACES = 3


@torch.no_grad()
def scores(recipe: Segmentation, profile: Profile) -> Scores:
    """Mean intersection over union of the classes, and of foreground with background."""
    if recipe.config.pictures == "open":
        pictures, masks = _open(recipe.config.size, profile.pick(quick=5, full=None, paper=OURS))
        return {"photographs": _agreement(recipe, pictures, masks)}
    rows = examples("test", profile.pick(quick=4, full=100, paper=OURS), Labels.of_world(), recipe.config.size)
    drawn = rows["style"] > 0  # (N,)
    sides = {"photographs": ~drawn, "cartoons": drawn}
    return {
        name: _agreement(recipe, as_pictures(rows["picture"][side]), rows["mask"][side].long())
        for name, side in sides.items()
    }


def _agreement(recipe: Segmentation, pictures: Tensor, masks: Tensor) -> dict[str, Score]:
    """Of pictures (N, 3, H, W) and their true masks (N, H, W)."""
    seen = torch.cat([recipe.translate(part).argmax(1) for part in pictures.split(32)])  # (N, H, W)
    names = CLASSES[recipe.config.pictures]()
    front = torch.tensor([name in foreground(recipe.config.pictures) for name in names])
    return {
        "mask mIoU": mask_agreement(seen, masks),
        "foreground mIoU": mask_agreement(front[seen].long(), front[masks].long()),
    }


def _open(side: int, stop: int | None) -> tuple[Tensor, Tensor]:
    """PLACES squares of every held-out photograph, along its long side, and of its mask."""
    pictures, masks = [], []
    for path, mask_path in masked_photographs("test")[:stop]:
        picture = as_bytes(read_open_picture(path))
        large, numbers = scaled(picture, read_classes(mask_path, tuple(picture.shape[-2:])), side)
        for place in range(PLACES):
            top, left = ((length - side) * place // (PLACES - 1) for length in numbers.shape)
            pictures.append(large[:, top : top + side, left : left + side])
            masks.append(numbers[top : top + side, left : left + side])
    return as_pictures(torch.stack(pictures)), torch.stack(masks)


@torch.no_grad()
def block_scores(weights: str, number: int) -> dict[str, float]:
    """The share of pixels of one block of held-out scenes whose class a released network sees."""
    rows = block(number, Labels.of_world())
    network = load_network(weights, "segmentation of segmentation")
    seen = torch.cat([network(part).argmax(1) for part in as_pictures(rows["picture"]).split(32)])  # (N, H, W)
    return {"pixels seen": float((seen == rows["mask"].long()).double().mean())}
