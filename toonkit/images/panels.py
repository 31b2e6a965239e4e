"""Four-panel pictures: are they, where are the seams, and the panels cut out (Cartoon to human recovery, "Dataset")."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from toonkit.errors import ToonkitError

WINDOW = 0.04  # seams are looked for within this share of the side around its centre
STEP = 0.06  # of the range [-1, 1]: neighbours that differ by more are a jump
LEAST = 0.2  # a seam's weakest arm must jump on this many more of its rows than an ordinary column does


@dataclass(frozen=True)
class Seams:
    """The cross that parts four panels. Between `rows` and between `columns`, (end, start), lies the gutter, if any.

    `strength` is the share of pixels that jump across the weakest of the cross's four arms, less that of an ordinary
    neighbouring row or column: near 0 in one picture, 0.3 to 1 between panels.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    strength: float

    @property
    def found(self) -> bool:
        """Whether this is a cross between four panels."""
        return self.strength >= LEAST


def find_seams(picture: Tensor) -> Seams:
    """Look for a cross of seams near the centre of (3, H, W). Raises ToonkitError for a side below 16 pixels."""
    if min(picture.shape[1:]) < 16:
        raise ToonkitError(
            f"a picture of {tuple(picture.shape[1:])} pixels is too small for four panels; sides from 16"
        )
    columns, across = _seam(picture)
    rows, down = _seam(picture.transpose(1, 2))
    return Seams(rows, columns, min(across, down))


def cut_panels(picture: Tensor, seams: Seams | None = None) -> Tensor:
    """Cut (3, H, W) into its panels (4, 3, h, w): upper left, upper right, lower left, lower right.

    Without `seams` the cross is at the exact centre. All panels get the size of the smallest, measured from the outer
    corners. Raises ToonkitError if `seams` were not found.
    """
    height, width = picture.shape[1:]
    seams = seams or Seams((height // 2, (height + 1) // 2), (width // 2, (width + 1) // 2), 1.0)
    if not seams.found:
        raise ToonkitError(f"no four panels here: seam strength {seams.strength:.2f}, at least {LEAST} is needed")
    h = min(seams.rows[0], height - seams.rows[1])
    w = min(seams.columns[0], width - seams.columns[1])
    return torch.stack([picture[:, y, x] for y in (slice(h), slice(-h, None)) for x in (slice(w), slice(-w, None))])


def _seam(picture: Tensor) -> tuple[tuple[int, int], float]:
    """Find the upright seam nearest to the centre: end of the left panel, start of the right one, strength."""
    jumps = (picture[:, :, 1:] - picture[:, :, :-1]).abs().amax(0) > STEP  # (H, W - 1): between columns j and j + 1
    arms = torch.stack([half.float().mean(0) for half in jumps.chunk(2)])  # (2, W - 1): the upper and the lower arm
    usual = arms.quantile(0.75, dim=1)
    middle, reach = picture.shape[2] // 2, max(1, round(WINDOW * picture.shape[2]))
    end, start = _gutter(picture, middle, reach)
    if start > end:  # the left panel against the gutter, or against the right panel: one of them may be white too
        left, flat, right = picture[:, :, end - 1], picture[:, :, end], picture[:, :, start]
        jumped = torch.maximum((left - flat).abs(), (left - right).abs()).amax(0) > STEP
        across = torch.stack([half.float().mean() for half in jumped.chunk(2)])
        return (end, start), (across - usual).min().item()
    first = middle - reach - 1
    best = first + int(arms[:, first : middle + reach].amin(0).argmax())
    return (best + 1, best + 1), (arms[:, best] - usual).min().item()


def _gutter(picture: Tensor, middle: int, reach: int) -> tuple[int, int]:
    """Return where the stripe of one flat colour nearest to the centre begins and ends; empty if there is none."""
    flat = (picture.amax((0, 1)) - picture.amin((0, 1)) < STEP) | (picture.std(1).amax(0) < STEP / 4)
    columns = [column for column in range(middle - reach, middle + reach) if flat[column]]
    if not columns:
        return middle, middle
    left = right = min(columns, key=lambda column: abs(column - middle))
    while left > 1 and flat[left - 1]:
        left -= 1
    while right < len(flat) - 2 and flat[right + 1]:
        right += 1
    return left, right + 1
