"""toonnet: the perceptual network trained on ToonWorld. One trunk; heads for class, style, attributes and mask."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.networks.blocks import ResidualBlock
from toonkit.world import FAMILIES, STYLES, ToonWorld

_WORLDS = {family: ToonWorld(family) for family in FAMILIES}
CLASSES = tuple(f"{family} {name}" for family, world in _WORLDS.items() for name in world.classes)
HANDS = ("photo", *STYLES)
MASK_CLASSES = tuple(dict.fromkeys(name for world in _WORLDS.values() for name in world.mask_classes))
LEVEL = 32  # channels of each level of the mask's pyramid
ATTRIBUTES = {
    f"{family} {name}": world.attribute_values[name]
    for family, world in _WORLDS.items()
    for name in world.attribute_names
}


class ToonNet(nn.Module):
    """Four stages of two 3x3 convolutions (batch norm, ReLU), each but the first at half the size of the one before.

    With `residual` a stage's second convolution is a residual block instead: like a ResNet, and not like VGG. The mask
    comes from a feature pyramid: levels summed from coarse to fine, with a convolution after each sum.
    Pictures (N, 3, H, W) in [-1, 1], H and W multiples of 8, trained at 64 px.
    """

    def __init__(self, widths: tuple[int, ...] = (24, 48, 96, 192), residual: bool = False) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.stages = nn.ModuleList()
        for number, (before, width) in enumerate(zip((3, *self.widths), self.widths, strict=False)):
            second = ResidualBlock(width, "batch") if residual else _convolution(width, width)
            self.stages.append(nn.Sequential(_convolution(before, width, 2 if number else 1), second))
        last = self.widths[-1]
        self.heads = nn.ModuleDict({"class": nn.Linear(last, len(CLASSES)), "style": nn.Linear(last, len(HANDS))})
        self.attributes = nn.Linear(last * 2, sum(len(values) for values in ATTRIBUTES.values()))
        self.squeeze = nn.ModuleList(nn.Conv2d(width, LEVEL, 1) for width in self.widths)
        self.merge = nn.ModuleList(_convolution(LEVEL, LEVEL) for _ in self.widths)
        self.mask = nn.Sequential(_convolution(LEVEL, 48), nn.Conv2d(48, len(MASK_CLASSES), 1))

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
        """Logits: class (N, 9), style (N, 1 + styles), attributes (N, all values), mask (N, classes, H, W)."""
        features = self.stage_features(x)
        mean, peak = features[-1].mean((2, 3)), features[-1].amax((2, 3))
        out = {name: head(mean) for name, head in self.heads.items()}
        return out | {"attributes": self.attributes(torch.cat([mean, peak], 1)), "mask": self._mask(features)}

    def _mask(self, features: list[Tensor]) -> Tensor:
        total: Tensor | None = None
        for squeeze, merge, feature in zip(*map(reversed, (self.squeeze, self.merge, features)), strict=True):
            level = squeeze(feature)
            total = merge(level if total is None else level + F.interpolate(total, scale_factor=2.0, mode="nearest"))
        return self.mask(total)


def joint_attributes(world: ToonWorld, table: Tensor) -> Tensor:
    """Attributes (N, A) of one world as (N, all) in the order of ATTRIBUTES, -1 for those of other families."""
    first = list(ATTRIBUTES).index(f"{world.family} {world.attribute_names[0]}")
    out = torch.full((len(table), len(ATTRIBUTES)), -1)
    out[:, first : first + table.shape[1]] = table
    return out


def joint_mask(world: ToonWorld, mask: Tensor) -> Tensor:
    """A mask (N, H, W) of one world with numbers into MASK_CLASSES."""
    return torch.tensor([MASK_CLASSES.index(name) for name in world.mask_classes])[mask]


def split_attributes(logits: Tensor) -> dict[str, Tensor]:
    """The joint attribute logits (N, all values) as one (N, values) tensor per attribute."""
    return dict(zip(ATTRIBUTES, logits.split([len(values) for values in ATTRIBUTES.values()], 1), strict=True))


def _convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU())
