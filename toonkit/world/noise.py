"""Noise from integer hashes: the numbers that a scene is drawn from, and the textures that its surfaces wear."""

from __future__ import annotations

import functools
import zlib

import numpy as np
import torch
from torch import Tensor

TILE = 512  # texels per side of a periodic texture
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(value: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser (Steele et al., 2014): uint64 -> uint64, every input bit moves every output bit."""
    with np.errstate(over="ignore"):
        value = (value + _GOLDEN).astype(np.uint64)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


def key(*parts: int | str | np.ndarray) -> np.ndarray:
    """One uint64 key for a tuple of integers, names and integer arrays (which broadcast)."""
    state = np.zeros(1, np.uint64)
    for part in parts:
        word = zlib.crc32(part.encode()) if isinstance(part, str) else part
        state = mix(state ^ mix(np.atleast_1d(np.asarray(word)).astype(np.int64).astype(np.uint64)))
    return state


def uniform(keys: np.ndarray) -> np.ndarray:
    """Uniform float32 numbers in [0, 1) with 24 random bits, exact on every machine."""
    return (keys >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)


def _lattice(cells: int, seed: int) -> np.ndarray:
    """Periodic value noise (TILE, TILE) in [0, 1) with `cells` lattice cells a side, cubic between them."""
    index = np.arange(cells * cells).reshape(cells, cells)
    values = uniform(key("lattice", seed, index.ravel()).reshape(cells, cells))
    place = np.arange(TILE, dtype=np.float32) * np.float32(cells / TILE)
    low = place.astype(np.int64)
    t = place - low.astype(np.float32)
    t = t * t * (3 - 2 * t)
    high = (low + 1) % cells
    rows = values[low] + (values[high] - values[low]) * t[:, None]
    return rows[:, low] + (rows[:, high] - rows[:, low]) * t[None]


@functools.cache
def tile(kind: str) -> Tensor:
    """A periodic texture (TILE * TILE,) of float32 in about [0, 1]: 'cloud' (slow), 'grain' (fine), 'cells' (dots)."""
    if kind == "cells":
        return torch.from_numpy(_cells(24)).flatten()
    octaves = {"cloud": (4, 8, 16, 32, 64, 128), "grain": (64, 128, 256)}[kind]
    total = np.zeros((TILE, TILE), np.float32)
    weight = np.float32(1.0)
    for number, cells in enumerate(octaves):
        total = total + weight * (_lattice(cells, number) - np.float32(0.5))
        weight = weight * np.float32(0.55)
    return torch.from_numpy(total * np.float32(1.15) + np.float32(0.5)).flatten()


def _cells(cells: int) -> np.ndarray:
    """Distance to the nearest of one random point per lattice cell, in cells (Worley noise), periodic."""
    line = np.arange(TILE, dtype=np.float32) * np.float32(cells / TILE)
    column, row = line.astype(np.int64)[None], line.astype(np.int64)[:, None]
    across, down = line[None], line[:, None]
    best = np.full((TILE, TILE), 9.0, np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            home = ((row + dy) % cells) * cells + (column + dx) % cells
            px = uniform(key("cell x", home.ravel())).reshape(home.shape) + (column + dx).astype(np.float32) - across
            py = uniform(key("cell y", home.ravel())).reshape(home.shape) + (row + dy).astype(np.float32) - down
            best = np.minimum(best, px * px + py * py)
    return np.sqrt(best)


def sample(kind: str, u: Tensor, v: Tensor) -> Tensor:
    """The texture at (u, v), one period per unit, nearest texel; broadcasts u and v, returns their shape."""
    column = (u * TILE).floor().to(torch.int32) & (TILE - 1)
    row = (v * TILE).floor().to(torch.int32) & (TILE - 1)
    index = row * TILE + column
    return tile(kind).to(u.device).index_select(0, index.flatten()).view(index.shape)


def sample_smooth(kind: str, u: Tensor, v: Tensor) -> Tensor:
    """The texture at (u, v), bilinear between texels: for outlines, which nearest texels would make jagged."""
    step = 1 / TILE
    fu, fv = u * TILE, v * TILE
    fu, fv = fu - fu.floor(), fv - fv.floor()
    top = sample(kind, u, v) * (1 - fu) + sample(kind, u + step, v) * fu
    return top * (1 - fv) + (sample(kind, u, v + step) * (1 - fu) + sample(kind, u + step, v + step) * fu) * fv


def pixel_noise(keys: np.ndarray, size: int, channels: int, device: torch.device | str = "cpu") -> Tensor:
    """Near-Gaussian noise (N, channels, size, size), mean 0, deviation about 1: four hashed bytes a pixel, summed."""
    pixel = np.arange(channels * size * size, dtype=np.uint32)[None]
    state = (keys[:, None] & np.uint64(0xFFFFFFFF)).astype(np.uint32) ^ (pixel * np.uint32(0x9E3779B1))
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):  # MurmurHash3's 32-bit finaliser
        state = (state ^ (state >> np.uint32(shift))) * np.uint32(factor)
    state = state ^ (state >> np.uint32(16))
    total = (state & 255) + (state >> 8 & 255) + (state >> 16 & 255) + (state >> 24)
    noise = (total.astype(np.float32) - np.float32(510)) / np.float32(147.8)
    return torch.from_numpy(noise.reshape(len(keys), channels, size, size)).to(device)
