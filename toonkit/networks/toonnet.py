"""toonnet: the perceptual network trained on ToonWorld. One trunk; heads for class, style, attributes and mask."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.networks.blocks import ResidualBlock
from toonkit.networks.labels import Labels

LEVEL = 32  # channels of each level of the mask's pyramid
READS_AT = 64  # pixels a side: what it learnt at


def at_reading_size(pictures: Tensor) -> Tensor:
    """Square pictures (N, C, H, H) at the size that toonnet reads best, (N, C, READS_AT, READS_AT)."""
    if pictures.shape[-1] == READS_AT:
        return pictures
    return F.interpolate(pictures.float(), (READS_AT, READS_AT), mode="bilinear", antialias=True)


class ToonNet(nn.Module):
    """Four stages of two 3x3 convolutions (batch norm, ReLU), each but the first at half the size of the one before.

    With `residual` a stage's second convolution is a residual block instead: like a ResNet, and not like VGG. The mask
    comes from a feature pyramid: levels summed from coarse to fine, with a convolution after each sum. `labels` are
    what its numbers mean (default: all that ToonWorld has).
    Pictures (N, 3, H, W) in [-1, 1], H and W multiples of 8, trained at READS_AT pixels.
    """

    by_rows = ("forward", "stage_features")  # each row by itself: what several processes may share out

    def __init__(
        self, widths: tuple[int, ...] = (24, 48, 96, 192), residual: bool = False, labels: Labels | None = None
    ) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.labels = labels or Labels.of_world()
        self.stages = nn.ModuleList()
        for number, (before, width) in enumerate(zip((3, *self.widths), self.widths, strict=False)):
            second = ResidualBlock(width, "batch") if residual else _convolution(width, width)
            self.stages.append(nn.Sequential(_convolution(before, width, 2 if number else 1), second))
        last = self.widths[-1]
        kinds = {"class": len(self.labels.classes), "style": len(self.labels.styles)}
        self.heads = nn.ModuleDict({name: nn.Linear(last, count) for name, count in kinds.items()})
        self.attributes = nn.Linear(last * 2, self.labels.values)
        self.squeeze = nn.ModuleList(nn.Conv2d(width, LEVEL, 1) for width in self.widths)
        self.merge = nn.ModuleList(_convolution(LEVEL, LEVEL) for _ in self.widths)
        self.mask = nn.Sequential(_convolution(LEVEL, 48), nn.Conv2d(48, len(self.labels.masks), 1))

    def stage_features(self, x: Tensor) -> list[Tensor]:
        """Features after each stage, (N, width, H / 2^k, W / 2^k)."""
        out = []
        for stage in self.stages:
            x = stage(x)
            out.append(x)
        return out

    def pooled(self, x: Tensor) -> Tensor:
        """Global average of the last stage, (N, widths[-1]): the space of FID[toonnet] and KID[toonnet]."""
        return self.stage_features(x)[-1].mean((2, 3))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Logits: class (N, classes), style (N, styles), attributes (N, all values), mask (N, masks, H, W)."""
        features = self.stage_features(x)  # (N, width, H / 2^k, W / 2^k) each
        mean = features[-1].mean((2, 3))  # (N, last width)
        peak = features[-1].amax((2, 3))  # (N, last width)
        out = {name: head(mean) for name, head in self.heads.items()}
        return out | {"attributes": self.attributes(torch.cat([mean, peak], 1)), "mask": self._mask(features)}

    def _mask(self, features: list[Tensor]) -> Tensor:
        """Logits (N, masks, H, W) from the stages, coarse to fine."""
        total: Tensor | None = None
        for squeeze, merge, feature in zip(*map(reversed, (self.squeeze, self.merge, features)), strict=True):
            level = squeeze(feature)  # (N, LEVEL, H / 2^k, W / 2^k)
            if total is not None:
                level = level + F.interpolate(total, scale_factor=2.0, mode="nearest")
            total = merge(level)
        return self.mask(total)


def _convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
