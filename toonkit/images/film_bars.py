"""Black bars around the picture of a film: measured in every frame of a shot, agreed on among all shots."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

MEAN, PEAK = 8, 48  # levels of 255: a line of a bar is darker than this on average, and everywhere
LONGEST = 0.4  # share of the frame that one bar may cover
NEAR = 1  # pixels by which shots with the same bar may measure it
ENOUGH = 0.1  # share of the shots that must measure a bar

Bars = tuple[int, int, int, int]  # pixels at the top, bottom, left and right


def darkness(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and peak brightness of each row (2, H) and each column (2, W) of a frame (H, W, 3), uint8 RGB.

    The greatest of each over the frames of a shot tell what stayed black all the time.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    rows, columns = (
        np.stack([cv2.reduce(grey, axis, cv2.REDUCE_AVG).ravel(), cv2.reduce(grey, axis, cv2.REDUCE_MAX).ravel()])
        for axis in (1, 0)
    )
    return rows, columns


def measured_bars(rows: np.ndarray, columns: np.ndarray) -> Bars:
    """The bars of a shot, of the greatest `darkness` of its frames, (2, H) and (2, W)."""
    sides = (rows, rows[:, ::-1], columns, columns[:, ::-1])
    top, bottom, left, right = (_length(side) for side in sides)
    return top, bottom, left, right


def _length(lines: np.ndarray) -> int:
    """How many lines (2, n) are black from the first on; none where that is more than a bar can be."""
    bright = (lines[0] > MEAN) | (lines[1] > PEAK)
    length = int(bright.argmax()) if bright.any() else bright.size
    return length if length <= LONGEST * bright.size else 0


def agreed_bars(measured: Sequence[Bars]) -> list[Bars]:
    """What is to be cut off each shot, of what was measured in each.

    A night sky looks like a bar, but not like the same one in shot after shot. So on each side a shot loses the longest
    bar that a tenth of the shots have, as far as it is black there.
    """
    sides = [_agreed(list(lengths)) for lengths in zip(*measured, strict=True)]  # four, each of all shots
    return [(top, bottom, left, right) for top, bottom, left, right in zip(*sides, strict=True)]


def _agreed(lengths: list[int]) -> list[int]:
    """The bar of one side for each shot."""
    known = sorted({length for length in lengths if _shared(length, lengths)} | {0})
    return [max(bar for bar in known if bar <= length + NEAR or bar == 0) for length in lengths]


def _shared(length: int, lengths: Sequence[int]) -> bool:
    same = sum(abs(other - length) <= NEAR for other in lengths)
    return same >= max(min(2, len(lengths)), ENOUGH * len(lengths))
