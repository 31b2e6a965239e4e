"""What the reports' data had besides pictures: an emoji watermark, four panels to a picture, missing blocks."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from toonkit.project.errors import ToonkitError, check_name
from toonkit.world import noise
from toonkit.world.parts import rgb
from toonkit.world.shapes import curve, ellipse, pixel_grid

CORNERS = ("top_left", "top_right", "bottom_left", "bottom_right")


def paste_watermark(pictures: Tensor, corner: str = "bottom_right", size: float = 0.19) -> Tensor:
    """A laughing yellow emoji in a corner, as the app behind the third report stamped on every cartoon.

    pictures (N, 3, H, W) in [-1, 1]; `size` is the emoji's share of the side. Returns a new tensor.
    """
    check_name("corner", corner, CORNERS)
    x, y = pixel_grid(pictures.shape[-1], pictures.device)
    sign_x, sign_y = 1 if "right" in corner else -1, 1 if "bottom" in corner else -1
    u, v = (x - sign_x * (0.94 - size)) / size, (y - sign_y * (0.94 - size)) / size
    soft = pictures.shape[-1] / 2 * size
    smile = torch.maximum(ellipse(u, v - 0.08, 0.58, 0.62), 0.12 - v)
    closed = curve(u.abs() - 0.36, v + 0.20, 0.20, -0.16, 0.07)
    rim, disc = ellipse(u, v, 1.0, 1.0), ellipse(u, v, 0.92, 0.92)
    for distance, colour in (
        (rim, rgb(0.45, 0.28, 0.02)),
        (disc, rgb(1.0, 0.80, 0.16)),
        (smile, rgb(0.42, 0.16, 0.06)),
        (closed, rgb(0.32, 0.18, 0.04)),
    ):
        cover = (0.5 - distance * soft).clamp(0, 1).unsqueeze(1)
        ink = colour.to(pictures.device) * 2 - 1
        pictures = pictures + (ink - pictures) * cover
    return pictures


def four_panels(a: Tensor, b: Tensor, c: Tensor, d: Tensor, gutter: int = 0) -> Tensor:
    """Four pictures (N, 3, H, W) pasted two by two (a b over c d) with a white gutter of `gutter` pixels."""
    shapes = {tuple(panel.shape) for panel in (a, b, c, d)}
    if len(shapes) != 1:
        raise ToonkitError(f"four panels must have one shape, not {sorted(shapes)}; resize them first")
    pictures, colours, height, width = a.shape
    lying = a.new_ones(pictures, colours, gutter, width)
    standing = a.new_ones(pictures, colours, 2 * height + gutter, gutter)
    return torch.cat([torch.cat([a, lying, c], 2), standing, torch.cat([b, lying, d], 2)], 3)


def block_masks(n: int, size: int, area: float, seed: int = 0, blocks: int = 3) -> Tensor:
    """Masks (n, 1, size, size) of missing square blocks: 1 where missing, over the share `area` of each picture.

    Blocks may overlap; the last ones shrink until the share is met from below within one row of one block.
    """
    if not 0 < area < 1:
        raise ToonkitError(f"area {area} is not a share between 0 and 1; 0.2 hides a fifth of the picture")
    masks = np.zeros((n, size, size), bool)
    for row in range(n):
        draws = noise.uniform(noise.key("blocks", seed, row, np.arange(1000)))
        _punch(masks[row], draws, area * size * size, blocks)
    return torch.from_numpy(masks).float().unsqueeze(1)


def _punch(mask: np.ndarray, draws: np.ndarray, target: float, blocks: int) -> None:
    """Set square blocks of `mask` to True until `target` pixels are missing."""
    size = len(mask)
    used = 0
    while used + 2 <= len(draws) and target - mask.sum() >= 1:
        side = max(1, int(min((target / blocks) ** 0.5, (target - mask.sum()) ** 0.5)))
        top, left = (int(draw * (size - side + 1)) for draw in draws[used : used + 2])
        mask[top : top + side, left : left + side] = True
        used += 2
