"""Neighbourhoods at the border of a picture, and pictures cut into tiles.

`torch.nn.functional.pad` refuses to reflect a picture smaller than the padding; the filters must not, so the reflection
is written with indices, as OpenCV and NumPy do it (... 2 1 | 0 1 2 ... without repeating the border pixel).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import product

import torch
from torch import Tensor

from toonkit.project.errors import ToonkitError

CPU_TILE = 384  # side of a tile in pixels: its planes stay in the processor's cache
GPU_TILE = 2048  # a GPU wants more pixels at a time; scratch memory is about 100 such planes, 1.6 GB


@cache
def _reflected(size: int, margin: int) -> Tensor:
    """Return the source index of each of the `size + 2 margin` places along a reflected axis."""
    if size == 1:
        return torch.zeros(1 + 2 * margin, dtype=torch.long)
    place = torch.arange(-margin, size + margin).remainder(2 * size - 2)
    return torch.minimum(place, 2 * size - 2 - place)


def reflect_pad(planes: Tensor, margin: int, axis: int) -> Tensor:
    """Return `planes` with `margin` reflected pixels added at both ends of `axis`; any size, down to one pixel."""
    return planes.index_select(axis, _reflected(planes.shape[axis], margin).to(planes.device))


def correlate(planes: Tensor, taps: Sequence[float], axis: int) -> Tensor:
    """Return the 1-D correlation of `planes` with an odd number of symmetric or antisymmetric `taps` along `axis`.

    Opposite neighbours are added (or subtracted) before they are weighted, so a flat picture has a derivative of
    exactly 0.
    """
    margin = len(taps) // 2
    size = planes.shape[axis]
    padded = reflect_pad(planes, margin, axis)  # size + 2 margin along the axis
    total = planes * taps[margin]
    for step in range(1, margin + 1):
        before = padded.narrow(axis, margin - step, size)
        after = padded.narrow(axis, margin + step, size)
        symmetric = taps[margin - step] == taps[margin + step]
        total = total + (after + before if symmetric else after - before) * taps[margin + step]
    return total


def tiled(function: Callable[..., Tensor], *planes: Tensor, halo: int, tile: int | None = None) -> Tensor:
    """Return `function(*planes)`, worked out tile by tile so that its scratch memory does not grow with the picture.

    `function` maps tensors (N, C, H, W) to one of the same H and W, and each of its pixels may look no further than
    `halo` pixels away: then the tiled result is the untiled one. Raises ToonkitError for a tile of no size.
    """
    tile = tile or (CPU_TILE if planes[0].device.type == "cpu" else GPU_TILE)
    if tile < 1 or halo < 0:
        raise ToonkitError(f"a tile needs a side of at least 1 and a halo of at least 0, not {tile} and {halo}")
    height, width = planes[0].shape[-2:]
    if height <= tile and width <= tile:
        return function(*planes)
    result = None
    for top, left in product(range(0, height, tile), range(0, width, tile)):
        from_row = max(top - halo, 0)
        from_column = max(left - halo, 0)
        window = (..., slice(from_row, top + tile + halo), slice(from_column, left + tile + halo))
        piece = function(*[plane[window] for plane in planes])  # a tile with its halo
        core = piece[..., top - from_row :, left - from_column :][..., :tile, :tile]
        if result is None:
            result = core.new_empty((*core.shape[:-2], height, width))
        result[..., top : top + tile, left : left + tile] = core
    return result
