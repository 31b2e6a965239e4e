"""What each run trains on, made in memory once: profile and seed to batches."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.filters import abstraction, edge_smoothing
from toonkit.images.listing import list_pictures
from toonkit.images.picture import read_picture
from toonkit.images.sources import open_source
from toonkit.images.values import as_bytes, as_pictures
from toonkit.recipes import toonnet
from toonkit.recipes.cartoongan import CartoonGANConfig
from toonkit.training.batches import Batches, chunks
from toonkit.world import FAMILIES, ToonWorld

BATCH = CartoonGANConfig.batch
FILTERED = 3  # at 64 px the filter's lines cover eyes and mouth
PHOTO_SOURCE, PHOTO_SIDE, CROP = "caltech101", 256, 128  # real photographs and how they are cut, in pixels
HELD_OUT = 8  # every eighth real photograph is for testing


@lru_cache(maxsize=1)
def toonnet_batches(profile: str, seed: int) -> Batches:
    """Every family in every hand, labelled."""
    rows = toonnet.examples("train", {"quick": 16, "full": 1000, "paper": 4000}[profile], seed=seed)
    return Batches([rows], 16 if profile == "quick" else 64, seed)


@lru_cache(maxsize=1)
def faces(profile: str, seed: int, style: str = "ink") -> Batches:
    """Photographs with their classical cartoons; cartoons of other scenes with their smoothed edges; 64 px."""
    return _sides(*_face_photographs(profile, seed), _painted(_faces(profile, seed, style), "toon"), seed)


def _faces(profile: str, seed: int, style: str = "ink") -> ToonWorld:
    return ToonWorld("faces", "train", 64, style, {"quick": 32, "full": 1200, "paper": 6000}[profile], seed)


@lru_cache(maxsize=1)
def _face_photographs(profile: str, seed: int) -> tuple[Tensor, Tensor]:
    """What every style shares: the photographs and their classical cartoons, as bytes (N, 3, 64, 64)."""
    world = _faces(profile, seed)
    classical = [as_bytes(classical_cartoons(world, part)) for part in chunks(len(world), 32)]
    return _painted(world, "photo"), torch.cat(classical)


def classical_cartoons(world: ToonWorld, indices: Sequence[int]) -> Tensor:
    """Classical cartoons of a world's unpaired photographs: drawn FILTERED times as large, then shrunk to its size."""
    large = ToonWorld(world.family, world.split, FILTERED * world.size, world.style, world.count, world.seed)
    drawn = abstraction(large.unpaired("photo").batch(indices))
    return F.interpolate(drawn, (world.size, world.size), mode="bilinear", antialias=True)


@lru_cache(maxsize=1)
def photographs(profile: str, seed: int) -> Batches:
    """Real photographs with their classical cartoons; cartoons of every family; crops of 128 px out of 256 px."""
    stop = {"quick": 16, "full": None, "paper": None}[profile]
    photos, classical = [], []
    for path in real_photographs("train")[:stop]:
        photo = read_picture(path, PHOTO_SIDE)[None]
        photos.append(as_bytes(photo))
        classical.append(as_bytes(abstraction(photo)))
    worlds = [ToonWorld(kind, "train", PHOTO_SIDE, count=max(BATCH, len(photos) // 3), seed=seed) for kind in FAMILIES]
    toons = torch.cat([_painted(world, "toon") for world in worlds])
    sides = torch.cat([torch.cat(photos), torch.cat(classical)], 1), toons
    pairs, toons = (_crops(pictures, seed) for pictures in sides)
    return _sides(pairs[:, :3], pairs[:, 3:], toons, seed)


def held_out_photographs(count: int | None = None) -> Tensor:
    """The first `count` (None: all) real photographs that no run trains on, (N, 3, 256, 256)."""
    return torch.stack([read_picture(path, PHOTO_SIDE) for path in real_photographs("test")[:count]])


def real_photographs(split: str) -> list[Path]:
    """Paths of the open photographs of a split, "train" or "test". Raises SourceError where they are not here."""
    paths = list_pictures(open_source(PHOTO_SOURCE), recursive=True)
    return [path for number, path in enumerate(paths) if (number % HELD_OUT == 0) == (split == "test")]


def _painted(world: ToonWorld, side: str) -> Tensor:
    return torch.cat([as_bytes(world.unpaired(side).batch(part)) for part in chunks(len(world))])


def _sides(photos: Tensor, classical: Tensor, toons: Tensor, seed: int) -> Batches:
    smooth = torch.cat([as_bytes(edge_smoothing(as_pictures(part))) for part in toons.split(64)])
    return Batches([{"photo": photos, "classical": classical}, {"toon": toons, "smooth": smooth}], BATCH, seed)


def _crops(pictures: Tensor, seed: int) -> Tensor:
    """Two crops of each picture (N, C, H, W), the same places for every channel: (2 N, C, CROP, CROP)."""
    generator = torch.Generator().manual_seed(seed)
    corners = torch.randint(0, PHOTO_SIDE - CROP + 1, (2 * len(pictures), 2), generator=generator).tolist()
    return torch.stack([pictures[k // 2, :, y : y + CROP, x : x + CROP] for k, (y, x) in enumerate(corners)])
