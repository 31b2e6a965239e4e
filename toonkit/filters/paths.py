"""Samples along the edges of a picture and across them: the two walks on which the flow-based filters are built."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

Sample = tuple[int, Tensor, Tensor]  # a step, the values there (N, C, H, W), and 1 or 0 (N, 1, H, W)
Walk = Callable[[Tensor, int], Iterator[Sample]]  # values and a reach -> samples, along a flow or across it

TAIL = 1e-3  # the reference line-drawing program cuts a Gaussian where its density falls below this


def gaussian_taps(sigma: float) -> list[float]:
    """Return the normal density of standard deviation `sigma` (pixels) at 0, 1, 2, ... as long as it is >= 1e-3."""
    peak = 1 / (math.sqrt(2 * math.pi) * sigma)
    reach = math.floor(sigma * math.sqrt(2 * math.log(peak / TAIL))) if peak > TAIL else 0
    return [peak * math.exp(-(k * k) / (2 * sigma * sigma)) for k in range(reach + 1)]


def _nearest(offset: Tensor, place: Tensor, last: int) -> Tensor:
    """Return the pixel index nearest to `place + offset` along one axis, or -1 below 0 and last + 1 above `last`."""
    outside = offset - torch.clamp(offset, -place, last - place)  # exactly 0 inside the picture
    return (offset + 0.5).floor_().add_(place).add_(outside, alpha=1e30).clamp_(-1, last + 1).int()


def _sample(planes: Tensor, offset: Tensor) -> Tensor:
    """Read `planes` (N, C, H+2, W+2), which have a border of one zero, at each pixel plus `offset` (N, 2, H, W).

    Offsets are x, y in pixels, rounded to the nearest pixel; a place beyond the centres of the outermost pixels is
    outside and reads the zero border. Only offsets are rounded and compared, never positions in the picture, so the
    result is the same wherever the picture is cut into tiles.
    """
    height, width = offset.shape[-2:]
    x = torch.arange(width, device=offset.device, dtype=offset.dtype)
    y = torch.arange(height, device=offset.device, dtype=offset.dtype)[:, None]
    column = _nearest(offset[:, 0], x, width - 1)  # (N, H, W)
    row = _nearest(offset[:, 1], y, height - 1)
    index = (row.add_(1).mul_(width + 2).add_(column).add_(1)).long().flatten(1)[:, None]  # (N, 1, H W)
    return planes.flatten(2).gather(2, index.expand(-1, planes.shape[1], -1)).unflatten(2, (height, width))


def along_flow(flow: Tensor, values: Tensor, reach: int) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Walk `reach` unit steps along the flow and as many against it, from every pixel at once.

    Yields (step, values there (N, C, H, W), 1 or 0 (N, 1, H, W)): zero once the walk has left the picture or come
    to a pixel without direction. The starting pixel itself is not yielded. Flow: (N, 2, H, W), unit vectors x, y or
    zero.
    """
    moving = (flow != 0).any(1, keepdim=True).to(flow.dtype)  # (N, 1, H, W)
    planes = pad(torch.cat([flow, moving, values * moving], 1), (1, 1, 1, 1))  # (N, 3 + C, H + 2, W + 2)
    for sign in (1, -1):
        offset = flow * sign
        for step in range(1, reach + 1):
            there = _sample(planes, offset)  # (N, 3 + C, H, W)
            yield step, there[:, 3:], there[:, 2:3]
            offset = offset + there[:, :2] * sign


def across_flow(flow: Tensor, values: Tensor, reach: int) -> Iterator[tuple[int, Tensor, Tensor]]:
    """Look `reach` unit steps to both sides, straight along the gradient; yields as `along_flow`."""
    gradient = torch.stack([-flow[:, 1], flow[:, 0]], 1)  # (N, 2, H, W)
    planes = pad(torch.cat([torch.ones_like(values[:, :1]), values], 1), (1, 1, 1, 1))  # (N, 1 + C, H + 2, W + 2)
    for step in range(1, reach + 1):
        for sign in (1, -1):
            there = _sample(planes, gradient * (sign * step))
            yield step, there[:, 1:], there[:, :1]


class KeptPaths:
    """Both walks of one flow (1, 2, H, W), whose places are worked out once for each reach and then kept.

    For filters that run again and again along the same flow, as behind a slider. A walk takes 12 bytes a pixel and
    step, so this is for pictures of a screen's size; samples are exactly those of `along_flow` and `across_flow`.
    """

    def __init__(self, flow: Tensor) -> None:
        height, width = flow.shape[-2:]
        self._flow = flow
        self._numbers = torch.arange(1.0, height * width + 1).view(1, 1, height, width)  # 0 is outside
        self._kept: dict[tuple[str, int], list[tuple[int, Tensor, Tensor]]] = {}

    def along(self, values: Tensor, reach: int) -> Iterator[Sample]:
        """The samples of `along_flow`, of values (1, C, H, W)."""
        return self._read(values, self._places("along", along_flow, reach))

    def across(self, values: Tensor, reach: int) -> Iterator[Sample]:
        """The samples of `across_flow`, of values (1, C, H, W)."""
        return self._read(values, self._places("across", across_flow, reach))

    def _places(self, name: str, walk: Callable[..., Iterator[Sample]], reach: int) -> list[tuple[int, Tensor, Tensor]]:
        """Steps, numbers (1, 1, H W) of the pixels that are read there, and whether they count (1, 1, H, W)."""
        if (name, reach) not in self._kept:
            walked = walk(self._flow, self._numbers, reach)
            self._kept[name, reach] = [(step, there.long().flatten(2), inside) for step, there, inside in walked]
        return self._kept[name, reach]

    def _read(self, values: Tensor, places: list[tuple[int, Tensor, Tensor]]) -> Iterator[Sample]:
        flat = pad(values.flatten(2), (1, 0))  # (1, C, 1 + H W), 0 for what is outside
        for step, numbers, inside in places:
            there = flat.gather(2, numbers.expand(-1, values.shape[1], -1))
            yield step, there.unflatten(2, values.shape[-2:]), inside
