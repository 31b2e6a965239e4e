"""What the segmentation networks learn from: ToonWorld, and the open photographs that come with masks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.labelled import examples
from toonkit.chapters.segmentation.classes import COCO, OPEN_CLASSES, foreground, open_class
from toonkit.chapters.segmentation.recipe import SegmentationConfig
from toonkit.images.open_pictures import open_pictures, read_open_picture
from toonkit.images.picture import read_mask
from toonkit.images.resize import centre_crop, fit_picture
from toonkit.images.values import as_bytes
from toonkit.networks.labels import Labels
from toonkit.project.errors import PictureError
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches

OURS = Missing("the report's segmentation network was trained elsewhere; profile full trains one")
SOURCE = "coco53"
SHORTS = (1.0, 1.2, 1.5, 2.0)  # short sides of a photograph that crops are cut from, in units of the crop's side
CROPS = 4  # of each size, half of them mirrored


def batches(config: SegmentationConfig, profile: Profile, seed: int) -> Batches:
    """Batches of pictures with masks. Raises SourceError where the open source is not here."""
    if config.pictures == "open":
        group = open_crops(config.size, profile.pick(quick=3, full=None, paper=OURS), seed)
    else:
        count = profile.pick(quick=4, full=400, paper=OURS)
        rows = examples("train", count, Labels.of_world(), config.size, seed)
        group = {"picture": rows["picture"], "mask": rows["mask"]}
    return Batches([group], min(config.batch, len(group["picture"])), seed)


def masked_photographs(split: str) -> list[tuple[Path, Path]]:
    """Open photographs of "train" or "test" and the files of their masks."""
    pairs = []
    for path in open_pictures(SOURCE, split):
        folder = path.parents[2] / "semantic_segmentation" / "masks" / path.parent.name
        pairs.append((path, folder / f"{path.stem}.png"))
    return pairs


def read_classes(path: Path, size: tuple[int, int]) -> Tensor:
    """A mask of COCO's numbers as (H, W) numbers into OPEN_CLASSES; `size` is its photograph's (height, width).

    Raises PictureError where it is not here, and as `read_mask` does: damaged, in colour, of another size, with a
    number that COCO does not have.
    """
    if not path.is_file():
        raise PictureError(f"{path} is missing, the mask of a photograph; fetch the source {SOURCE} again")
    numbers = read_mask(path, size, COCO)  # (H, W)
    table = torch.zeros(max(COCO) + 1, dtype=torch.long)
    table[list(COCO)] = torch.tensor([open_class(number) for number in COCO])
    return table[numbers]


def photographs_with_foreground(side: int, splits: Sequence[str] = ("test",)) -> tuple[Tensor, Tensor]:
    """The middles of the photographs that have masks, (N, 3, side, side), and where their foreground is.

    The latter is bool, (N, side, side): the true mask's persons, animals and vehicles. Raises SourceError where the
    open source is not here.
    """
    front = torch.tensor([name in foreground("open") for name in OPEN_CLASSES])
    pictures, regions = [], []
    for path, mask_path in chain(*map(masked_photographs, splits)):
        picture = read_open_picture(path)
        square = centre_crop(read_classes(mask_path, tuple(picture.shape[-2:])), 1.0)  # of the same place
        numbers = F.interpolate(square[None, None].float(), (side, side), mode="nearest-exact")[0, 0].long()
        pictures.append(fit_picture(picture, side))
        regions.append(front[numbers])
    return torch.stack(pictures), torch.stack(regions)


def open_crops(side: int, stop: int | None, seed: int) -> dict[str, Tensor]:
    """Crops of the training photographs at random places with their masks: (M, 3, side, side), (M, side, side)."""
    generator = torch.Generator().manual_seed(seed)
    pictures, masks = [], []
    for path, mask_path in masked_photographs("train")[:stop]:
        picture = as_bytes(read_open_picture(path))
        mask = read_classes(mask_path, tuple(picture.shape[-2:]))
        for short in SHORTS:
            for number in range(CROPS):
                one = _crop(picture, mask, round(short * side), side, generator)
                pictures.append(one[0].flip(-1) if number % 2 else one[0])
                masks.append(one[1].flip(-1) if number % 2 else one[1])
    return {"picture": torch.stack(pictures), "mask": torch.stack(masks)}


def _crop(picture: Tensor, mask: Tensor, short: int, side: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """One place of a picture (3, H, W) and of its mask (H, W), both scaled to `short` pixels of the short side."""
    large, numbers = scaled(picture, mask, short)
    top, left = (int(torch.randint(0, length - side + 1, (), generator=generator)) for length in numbers.shape)
    window = (slice(top, top + side), slice(left, left + side))
    return large[:, *window], numbers[window].to(torch.uint8)


def scaled(picture: Tensor, mask: Tensor, short: int) -> tuple[Tensor, Tensor]:
    """Bytes (3, H, W) and numbers (H, W) with a short side of `short` pixels."""
    factor = short / min(mask.shape)
    size = [max(short, round(length * factor)) for length in mask.shape]
    large = F.interpolate(picture[None].float(), size, mode="bilinear", antialias=True)[0].round().to(torch.uint8)
    numbers = F.interpolate(mask[None, None].float(), size, mode="nearest")[0, 0].long()
    return large, numbers
