"""Whether two frames show the same: how much of one is found again in the other, where the camera may have moved it.

Colours alone cannot tell a cut from a quick move: the colours of two shots may agree, those of one may change. So
pieces of the new frame are searched in the old one. What a camera moved is found again a little further on, each piece
about equally far; behind a cut little is.
"""

from __future__ import annotations

import cv2
import numpy as np

PIECE, STEP = 16, 12  # pixels a side of a piece, and from one piece to the next, of 64
AROUND = 6  # pixels of 64 to each side: how far things move by themselves from frame to frame
JITTER = 3  # the same, around the camera's own move
NOISE = 8.0  # levels of 255, root mean square, by which a piece may differ from where it is found ...
BLUR = 0.2  # ... and this share of its own deviation: moves by parts of a pixel
FLAT = 3.0  # levels of 255: a piece whose deviation is below is flat
FADE = 2.0  # the greatest change of brightness from frame to frame
STILL = 0.5  # levels of 255: frames whose mean difference is below are the same, without a search


def share_found(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of the pieces of `other` that are in `one`, 0 to 1; both (64, 64, 3) float32, 0 to 255.

    Flat pieces of the same colour in both tell nothing and are left out; where all are, the answer is 1. Moves are
    searched around none and around the camera's, found by phase correlation.
    """
    if np.abs(one - other).mean() < STILL:
        return 1.0
    shift = camera_shift(one, other)
    one, other = (cv2.GaussianBlur(view, (0, 0), 1.0) for view in (one, other))  # less noise
    places = range(0, other.shape[0] - PIECE + 1, STEP)
    found = [_found(one, other, row, column, shift) for row in places for column in places]
    telling = [piece for piece in found if piece is not None]
    return sum(telling) / len(telling) if telling else 1.0


def lit_as(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A frame as bright on average as another, at most FADE times as bright or dark as it was: what a fade changes."""
    factor = float(other.mean() / max(1.0, one.mean()))
    return one * np.float32(min(FADE, max(1 / FADE, factor)))


def camera_shift(one: np.ndarray, other: np.ndarray) -> tuple[int, int]:
    """By how many rows and columns the whole picture is moved from `other` back to `one`."""
    window = cv2.createHanningWindow(one.shape[1::-1], cv2.CV_32F)
    greys = [cv2.cvtColor(view, cv2.COLOR_RGB2GRAY) for view in (other, one)]
    (across, down), _ = cv2.phaseCorrelate(*greys, window)
    return round(down), round(across)


def _found(one: np.ndarray, other: np.ndarray, row: int, column: int, shift: tuple[int, int]) -> bool | None:
    """Whether the piece at (row, column) of `other` is in `one`; None where it tells nothing."""
    piece = other[row : row + PIECE, column : column + PIECE]
    before = one[row : row + PIECE, column : column + PIECE]
    deviation = _deviation(piece)
    limit = NOISE + BLUR * deviation
    if max(deviation, _deviation(before)) < FLAT and _distance(one, piece, row, column, 0) <= limit:
        return None
    if _distance(one, piece, row, column, AROUND) <= limit:
        return True
    return _distance(one, piece, row + shift[0], column + shift[1], JITTER) <= limit


def _deviation(piece: np.ndarray) -> float:
    """The deviation of (h, w, 3) around its mean colour, over all three channels."""
    return float(np.sqrt(piece.var((0, 1)).mean()))


def _distance(one: np.ndarray, piece: np.ndarray, row: int, column: int, reach: int) -> float:
    """The least root mean square difference of a piece to places at most `reach` pixels from (row, column)."""
    top, left = max(0, row - reach), max(0, column - reach)
    field = one[top : max(0, row + PIECE + reach), left : max(0, column + PIECE + reach)]
    if min(field.shape[:2]) < PIECE:
        return float("inf")
    squares = cv2.matchTemplate(field, piece, cv2.TM_SQDIFF).min() / piece.size
    return float(max(0.0, squares) ** 0.5)
