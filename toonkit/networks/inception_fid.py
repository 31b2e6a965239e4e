"""The Inception network of FID: the one of TensorFlow's model zoo of 2015, by torchvision's names.

It differs from torchvision's in its pooling: an average does not count the padding, and the last block takes the
maximum. Pictures come to it as bytes, resized as TensorFlow 1 did (Heusel et al., 2017; Parmar et al., 2022, measure
what another resize does to the score).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.models import Inception3
from torchvision.models.inception import (
    BasicConv2d,
    InceptionA,
    InceptionAux,
    InceptionB,
    InceptionC,
    InceptionD,
    InceptionE,
)

CLASSES = 1008
SIDE = 299  # pixels


class _InnerAverage:
    """A block whose last branch averages over the picture alone, not over the zeros around it."""

    def _forward(self, x: Tensor) -> list[Tensor]:
        *branches, _ = super()._forward(x)  # (N, C, h, w) each
        return [*branches, self.branch_pool(F.avg_pool2d(x, 3, 1, 1, count_include_pad=False))]


class _BlockA(_InnerAverage, InceptionA):
    pass


class _BlockC(_InnerAverage, InceptionC):
    pass


class _BlockE(_InnerAverage, InceptionE):
    pass


class _LastBlock(InceptionE):
    """The last block: its last branch takes the maximum, which other Inception networks do not."""

    def _forward(self, x: Tensor) -> list[Tensor]:
        *branches, _ = super()._forward(x)
        return [*branches, self.branch_pool(F.max_pool2d(x, 3, 1, 1))]


def inception_fid() -> Inception3:
    """The network, without weights. `Mixed_7c` is its last stage, (N, 2048, 8, 8), whose average FID compares."""
    blocks = [BasicConv2d, _BlockA, InceptionB, _BlockC, InceptionD, _BlockE, InceptionAux]
    network = Inception3(CLASSES, aux_logits=False, inception_blocks=blocks, init_weights=False)
    network.Mixed_7c = _LastBlock(2048)
    return network


def resize_as_tensorflow(pictures: Tensor, side: int) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1], rounded to bytes, at (N, 3, side, side).

    Bilinear as in TensorFlow 1: pixel k is read at k * H / side, without half a pixel's shift and without a filter.
    """
    found = ((pictures + 1) * 127.5).round()
    for axis in (3, 2):
        found = _resized(found, axis, side)
    return found / 127.5 - 1


def _resized(pictures: Tensor, axis: int, side: int) -> Tensor:
    """Pictures (N, 3, H, W) with `side` pixels along an axis."""
    count = pictures.shape[axis]
    places = torch.arange(side, device=pictures.device) * torch.tensor(count / side)  # (side,)
    lower = places.long()
    upper = (lower + 1).clamp(max=count - 1)
    share = (places - lower).view(-1, *[1] * (3 - axis))  # along the axis
    first = pictures.index_select(axis, lower)
    return first + (pictures.index_select(axis, upper) - first) * share
