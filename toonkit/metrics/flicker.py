"""How much the drawings of a film flicker: what differs between two of them once the camera's motion is taken out."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.metrics.scores import Score, mean_score
from toonkit.project.errors import ToonkitError


def warp(picture: Tensor, displacement: Tensor) -> tuple[Tensor, Tensor]:
    """Move a picture (3, H, W): each pixel x of the result is the picture's at x + displacement, bilinear.

    `displacement` is (2,) or (2, H, W), rows and columns in pixels; not a number where it is not known. Returns the
    result and where it is valid, (H, W): known, and inside the picture.
    """
    height, width = picture.shape[-2:]
    rows, columns = torch.meshgrid(
        torch.arange(height, dtype=torch.float64), torch.arange(width, dtype=torch.float64), indexing="ij"
    )
    given = displacement.double()
    if given.ndim == 1:
        given = given[:, None, None]
    y, x = rows + given[0], columns + given[1]  # (H, W)
    valid = (y >= 0) & (y <= height - 1) & (x >= 0) & (x <= width - 1)  # not a number compares false
    grid = torch.stack([2 * x / max(1, width - 1) - 1, 2 * y / max(1, height - 1) - 1], -1)  # (H, W, 2) in [-1, 1]
    grid = torch.where(valid[..., None], grid, 0.0)
    moved = F.grid_sample(picture[None].double(), grid[None], padding_mode="border", align_corners=True)[0]
    return moved, valid


def flicker(drawn: Iterable[Tensor], displacements: Iterable[Tensor]) -> Score:
    """The mean absolute difference of each drawing to the one before, moved as the camera moved; 0 is steady, of 2.

    `drawn` are the T drawings (3, H, W) in [-1, 1] of a film, and the T - 1 `displacements` say for each but the first
    where its pixels were in the one before, as `warp` takes them. A score of T - 1 pairs, with its interval; only two
    drawings are held at once. Independent noise of deviation s scores 2 s / sqrt(pi). Raises ToonkitError for fewer
    than 10 pairs, drawings of several sizes, and a pair without a pixel in common. Source: the warping error of Lai and
    others, "Learning blind video temporal consistency", 2018, section 4.1, with the truth instead of an estimated flow.
    """
    pairs = []
    before: Tensor | None = None
    motions = iter(displacements)
    for number, picture in enumerate(drawn):
        if before is not None:
            motion = next(motions, None)
            if motion is None:
                raise ToonkitError(f"drawing {number} has no displacement; give one for each but the first")
            pairs.append(_difference(before, picture, motion, number))
        before = picture
    return mean_score("flicker", torch.tensor(pairs, dtype=torch.float64))


def _difference(before: Tensor, picture: Tensor, motion: Tensor, number: int) -> float:
    if before.shape != picture.shape:
        raise ToonkitError(
            f"drawing {number} is {tuple(picture.shape)}, the one before {tuple(before.shape)}; one size is needed"
        )
    moved, valid = warp(before, motion)
    if not valid.any():
        raise ToonkitError(f"drawing {number} shows nothing of the one before; leave such a pair out")
    return float((picture.double() - moved).abs()[:, valid].mean())
