"""What CartoonGAN learns from: two sides that are no pairs, each with what is computed of it once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.chapters.own_data import own_sides
from toonkit.chapters.sides import derived, painted, with_smooth_edges
from toonkit.filters import abstraction, shrunk_abstraction
from toonkit.images.decoded import DerivedRows
from toonkit.images.open_pictures import open_pictures
from toonkit.images.picture import read_picture
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches, chunks
from toonkit.world import FAMILIES, ToonWorld

OWN = Missing("no report has this variant, which is ours; run profile full")
STEPS = 200 * 5402 // 8  # the report does not say; CartoonGAN's authors: 100 + 100 epochs of 5,402 photographs
REPORT = "image_toonification"
FILTERED = 3  # at 64 px the filter's lines cover eyes and mouth
PHOTO_SOURCE = "caltech101"  # real photographs
READ_AT = 2  # real photographs are read at this many times the side of the crops that a run sees


def own(config: CartoonGANConfig, seed: int) -> Batches:
    """Photographs of Flickr and key frames, as CartoonGAN had. Raises ToonkitError where the set is not built."""
    (photos, toons) = own_sides(REPORT, config.size)
    classical = DerivedRows(photos["photo"], lambda stored: as_bytes(abstraction(as_pictures(stored))))
    return Batches([photos | {"classical": classical}, toons], config.batch, seed)


def faces(config: CartoonGANConfig, profile: Profile, seed: int, style: str = "ink") -> Batches:
    """A family of ToonWorld: photographs with their classical cartoons; cartoons of other scenes, edges smoothed."""
    count = profile.pick(quick=32, full=1200, paper=OWN)
    world = ToonWorld(config.family, "train", config.size, style, count, seed)
    photos, classical = _photographs(config.family, config.size, count, seed)
    return _sides(photos, classical, painted(world, "toon"), config.batch, seed)


@lru_cache(maxsize=1)
def _photographs(family: str, size: int, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """What every style shares: the photographs and their classical cartoons, as bytes (N, 3, size, size)."""
    world = ToonWorld(family, "train", size, count=count, seed=seed)

    def drawn(numbers: range) -> Tensor:
        return torch.cat([as_bytes(classical_cartoons(world, part)) for part in chunks(len(numbers), 32)])

    photos = painted(world, "photo")
    facts = {"family": family, "seed": seed, "drawn": f"{FILTERED} times as large"}
    return photos, derived("classical", photos, drawn, f"{family}-{seed}", facts)


def classical_cartoons(world: ToonWorld, indices: Sequence[int]) -> Tensor:
    """Classical cartoons of a world's unpaired photographs: drawn FILTERED times as large, then shrunk to its size."""
    large = ToonWorld(world.family, world.split, FILTERED * world.size, world.style, world.count, world.seed)
    return shrunk_abstraction(large.unpaired("photo").batch(indices), world.size)  # (N, 3, size, size)


def photographs(config: CartoonGANConfig, profile: Profile, seed: int) -> Batches:
    """Real photographs with their classical cartoons; cartoons of every family; crops of `config.size`."""
    stop = profile.pick(quick=16, full=None, paper=OWN)
    photos, classical = _real_photographs(READ_AT * config.size, stop)
    count = max(config.batch, len(photos) // 3)
    worlds = [ToonWorld(family, "train", READ_AT * config.size, count=count, seed=seed) for family in FAMILIES]
    toons = torch.cat([painted(world, "toon") for world in worlds])
    pairs = _crops(torch.cat([photos, classical], 1), config.size, seed)  # (2 N, 6, size, size)
    return _sides(pairs[:, :3], pairs[:, 3:], _crops(toons, config.size, seed), config.batch, seed)


@lru_cache(maxsize=1)
def _real_photographs(side: int, stop: int | None) -> tuple[Tensor, Tensor]:
    """The first real photographs of the training split and their classical cartoons, as bytes (N, 3, side, side)."""
    photos, classical = [], []
    for path in open_pictures(PHOTO_SOURCE, "train")[:stop]:
        photo = read_picture(path, side)[None]
        photos.append(as_bytes(photo))
        classical.append(as_bytes(abstraction(photo)))
    return torch.cat(photos), torch.cat(classical)


def held_out_photographs(side: int, count: int | None = None) -> Tensor:
    """The first `count` (None: all) real photographs that no run trains on, (N, 3, side, side)."""
    return torch.stack([read_picture(path, side) for path in open_pictures(PHOTO_SOURCE, "test")[:count]])


def _sides(photos: Tensor, classical: Tensor, toons: Tensor, batch: int, seed: int) -> Batches:
    """Both sides as groups that are drawn apart; pictures (N, 3, H, W) as bytes."""
    return Batches([{"photo": photos, "classical": classical}, with_smooth_edges(toons)], batch, seed)


def _crops(pictures: Tensor, size: int, seed: int) -> Tensor:
    """Two crops of each picture (N, C, H, W), the same places for every channel: (2 N, C, size, size)."""
    generator = torch.Generator().manual_seed(seed)
    last = pictures.shape[-1] - size
    corners = torch.randint(0, last + 1, (2 * len(pictures), 2), generator=generator).tolist()
    crops = [pictures[k // 2, :, top : top + size, left : left + size] for k, (top, left) in enumerate(corners)]
    return torch.stack(crops)
