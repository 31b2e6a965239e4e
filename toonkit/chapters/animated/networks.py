"""The networks of "Generating Animated Variants": a U-Net with residual blocks, and a PatchGAN of chosen patch size."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.networks.blocks import ResidualBlock, convolution, leaky_convolution, normal_init
from toonkit.project.errors import ToonkitError

SLOPE = 0.01  # of LeakyReLU ("Detailed Implementation")
PATCHES = (1, 9, 21, 45)  # pixels a side that one score sees after 0, 1, 2 or 3 halvings


class AnimatedGenerator(nn.Module):
    """Convolution 7x7, one halving, 5 residual blocks, one doubling, convolution 7x7, tanh; layer i also feeds n - i.

    Pictures (N, 3, H, W) in [-1, 1] and noise (N, noise) to pictures (N, 3, H, W); H and W multiples of `multiple`.
    Without `skips` every layer sees only the one before it.
    """

    multiple = 2

    def __init__(
        self, filters: int = 32, blocks: int = 5, norm_kind: str = "batch", skips: bool = True, noise: int = 8
    ) -> None:
        super().__init__()
        f = filters
        self.noise, self.skips = noise, skips
        # convolutions 7x7 twice 3, the halving 1, blocks 4 each, the doubling 3, and 1 for the place in its square
        self.reach = None if norm_kind == "instance" else 11 + 4 * blocks
        self.first = nn.Sequential(*_convolution(3 + noise, f, 7, 1, norm_kind))
        self.down = nn.Sequential(*_convolution(f, 2 * f, 3, 2, norm_kind))
        self.blocks = nn.ModuleList(ResidualBlock(2 * f, norm_kind) for _ in range(blocks))
        joined = (blocks + 1) // 2 if skips else 0  # the later half of the blocks, and the doubling
        self.join = nn.ModuleList(nn.Conv2d(4 * f, 2 * f, 1) for _ in range(joined))
        self.up = nn.Sequential(*_convolution(2 * f, f, 3, 1, norm_kind))  # there: a transposed convolution
        self.last = nn.Conv2d(2 * f if skips else f, 3, 7, padding=3, padding_mode="reflect")
        normal_init(self)

    def input_shapes(self, count: Any, height: Any, width: Any) -> dict[str, tuple[Any, ...]]:
        """The shape of each input by its name."""
        noise = {"noise": (count, self.noise)} if self.noise else {}
        return {"photo": (count, 3, height, width)} | noise

    def forward(self, photo: Tensor, noise: Tensor | None = None) -> Tensor:
        """Draw with `noise` (N, noise); None is its mean, 0, so that the same photograph gives the same drawing."""
        if self.noise:
            noise = photo.new_zeros(len(photo), self.noise) if noise is None else noise
            planes = noise.to(photo)[:, :, None, None].expand(-1, -1, *photo.shape[-2:])  # (N, noise, H, W)
            photo = torch.cat([photo, planes], 1)  # (N, 3 + noise, H, W)
        first = self.first(photo)  # (N, f, H, W)
        y = self._core(self.down(first))  # (N, 2f, H/2, W/2)
        y = self.up(F.interpolate(y, scale_factor=2.0, mode="nearest"))  # (N, f, H, W)
        if self.skips:
            y = torch.cat([y, first], 1)  # (N, 2f, H, W)
        return self.last(y).tanh()  # (N, 3, H, W)

    def _core(self, x: Tensor) -> Tensor:
        """The residual blocks on (N, 2f, H/2, W/2); what layer i gave is stacked on what enters layer n - i."""
        outputs = [x]
        for number, block in enumerate(self.blocks):
            mirrored = len(self.blocks) - number  # the layer whose output is stacked on what enters this block
            if self.skips and mirrored < number:
                x = self.join[mirrored](torch.cat([x, outputs[mirrored]], 1))
            x = block(x)
            outputs.append(x)
        return self.join[0](torch.cat([x, outputs[0]], 1)) if self.skips else x


class PatchDiscriminator(nn.Module):
    """Flat and halving 3x3 convolutions, batch norm, LeakyReLU 0.01: one logit for each patch of `patch` pixels.

    A `patch` of PATCHES gives a map of logits (N, 1, h, w); the side of the picture gives one, (N, 1, 1, 1), which
    sees it whole. With `norm_kind` "spectral" convolutions are normed, not features. Raises ToonkitError for another
    patch, and where a batch of one leaves batch norm a single number.
    """

    def __init__(self, patch: int, size: int, batch: int, filters: int = 16, norm_kind: str = "batch") -> None:
        super().__init__()
        halvings = _halvings(patch, size)
        if norm_kind == "batch" and batch == 1 and size >> halvings < 2:
            raise ToonkitError(
                f"batch norm of one {size} px picture has a single number left; use a larger batch or size"
            )
        layers: list[nn.Module] = []
        before, after = 3, filters
        kernel = 1 if patch == 1 else 3
        for number in range(max(1, halvings)):
            layers += _leaky(before, after, kernel, 1, _first(norm_kind) if number == 0 else norm_kind)
            layers += _leaky(after, 2 * after, kernel, 2 if halvings else 1, norm_kind)
            before, after = 2 * after, 2 * after
        whole = patch not in PATCHES
        last = nn.Conv2d(before, 1, size >> halvings) if whole else nn.Conv2d(before, 1, kernel, padding=kernel // 2)
        self.layers = nn.Sequential(*layers, last)
        normal_init(self)

    def forward(self, picture: Tensor) -> Tensor:
        return self.layers(picture)  # (N, 1, h, w)


def _first(norm_kind: str) -> str:
    """What follows the first convolution: batch norm would take the picture's own colours away."""
    return "none" if norm_kind == "batch" else norm_kind


def _halvings(patch: int, size: int) -> int:
    """How many halvings give a patch. Raises ToonkitError for one that the network cannot have."""
    if patch > size:
        raise ToonkitError(f"a patch of {patch} px is larger than the picture of {size}; use at most {size}")
    if patch == size and patch not in PATCHES:
        return len(PATCHES) - 1
    if patch not in PATCHES:
        raise ToonkitError(
            f"no patch of {patch} px; use {', '.join(map(str, PATCHES))}, or {size} for the whole picture"
        )
    return PATCHES.index(patch)


def _convolution(before: int, after: int, kernel: int, stride: int, norm_kind: str) -> list[nn.Module]:
    return convolution(before, after, kernel, stride, norm_kind, nn.LeakyReLU(SLOPE, True))


def _leaky(before: int, after: int, kernel: int, stride: int, norm_kind: str) -> list[nn.Module]:
    return leaky_convolution(before, after, kernel, stride, norm_kind, SLOPE)
