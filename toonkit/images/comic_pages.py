"""A painted comic page cut into its panels, at the gutters: rows and columns of the page's one flat background colour.

Cuts go from edge to edge of what they cut, so an inset that lies in a panel stays in it, and so do panels around which
no straight gutter leads from edge to edge (a pinwheel), or a slanted one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.ndimage import binary_fill_holes
from torch import Tensor

from toonkit.images.picture import to_bytes
from toonkit.project.errors import PictureError

SMALLEST = 64  # pixels: the short side of a page
LEAST_AREA = 0.02  # a panel's least share of the page
LEAST_SIDE = 0.06  # a panel's least short side, of the page's
LEAST_FILL = 0.5  # a panel's least share of its box that is not background; lettering has about a third
LEAST_GUTTER = 0.003  # of the page's short side, and 2 pixels
NOISE = 0.005  # so many pixels of a line of background may have another colour
FLAT = 40  # bytes: how far noise and JPEG move a background's pixels at most
EVEN = 6  # bytes: half of a background's pixels are no further away; a sky, which changes slowly, is
COLOURS = 5  # so many backgrounds are tried, those with the most lines
DEPTH = 0.01  # of the page's short side: within it a panel begins beside a gutter ...
SHARP = 0.5  # ... with a line of which so much is not background


class Box(NamedTuple):
    """A part of a page in pixels; `bottom` and `right` are the first outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def area(self) -> int:
        """In pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    def of(self, page: Tensor) -> Tensor:
        """The part of a page (3, H, W)."""
        return page[:, self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True)
class PageCut:
    """What a page was cut into: panels from top to bottom and from left to right, and what was left out, with reasons.

    `background` is the gutters' colour (bytes), None where the page has none.
    """

    panels: tuple[Box, ...]
    dropped: tuple[tuple[Box, str], ...] = ()
    background: tuple[int, int, int] | None = None

    @property
    def one_picture(self) -> bool:
        """Whether nothing had to be cut: the page is one picture, perhaps with a margin."""
        return len(self.panels) == 1 and not self.dropped

    def reasons(self) -> list[str]:
        """Why parts were left out, each reason with how many parts it is true of."""
        counts = Counter(reason for _, reason in self.dropped)
        return [f"{count} {'part' if count == 1 else 'parts'} {reason}" for reason, count in counts.items()]

    def __str__(self) -> str:
        words = "one picture" if self.one_picture else f"{len(self.panels)} panels"
        return "; ".join([words, *self.reasons()])


def cut_page(page: Tensor) -> PageCut:
    """Cut a page (3, H, W) in [-1, 1] into its panels; a page that is one picture gives one panel.

    Of up to COLOURS colours that fill whole lines of the page, that one is its background that gives the most panels.
    Raises PictureError for another shape, a short side below SMALLEST pixels, a page of one colour, and a page on which
    nothing is a panel (a title).
    """
    if page.ndim == 3 and page.shape[0] == 3 and min(page.shape[1:]) < SMALLEST:
        size = f"{page.shape[2]}x{page.shape[1]}"
        raise PictureError(f"a page of {size} pixels is too small to cut; its short side needs {SMALLEST}")
    pixels = to_bytes(page).permute(1, 2, 0).cpu().numpy().astype(np.int16)  # (H, W, 3)
    if np.ptp(pixels.reshape(-1, 3), axis=0).max() <= FLAT // 2:
        raise PictureError(f"this page has one colour, {tuple(pixels[0, 0].tolist())}: there is nothing to cut")
    cuts = [_cut_on(pixels, colour, tolerance) for colour, tolerance in _backgrounds(pixels)]
    whole = Box(0, 0, *pixels.shape[:2])
    best = max(cuts, key=lambda cut: len(cut.panels), default=PageCut((whole,)))
    if len(best.panels) < 2 and not _has_margins([*best.panels, *(box for box, _ in best.dropped)], whole):
        return PageCut((whole,))
    if not best.panels:
        raise PictureError(f"nothing on this page is a panel: {'; '.join(best.reasons())}")
    return best


def _has_margins(boxes: list[Box], whole: Box) -> bool:
    """Whether a margin runs around all parts of a page: otherwise what was taken for one may be a flat sky."""
    inside = [box.top > 0 and box.left > 0 and box.bottom < whole.bottom and box.right < whole.right for box in boxes]
    return all(inside)


def _backgrounds(pixels: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Colours (3,) of the page's flat lines with how far their pixels are away (bytes), those of most lines first."""
    lines = [_flat_lines(pixels), _flat_lines(pixels.transpose(1, 0, 2))]
    colours = np.concatenate([colours for colours, _ in lines])  # (K, 3)
    away = np.concatenate([away for _, away in lines])  # (K,)
    found = []
    while len(colours) and len(found) < COLOURS:
        counts = [(np.abs(colours - colour).max(1) <= FLAT // 2).sum() for colour in colours]
        near = np.abs(colours - colours[int(np.argmax(counts))]).max(1) <= FLAT // 2
        found.append((np.median(colours[near], axis=0), min(FLAT, 10 + 2 * float(np.median(away[near])))))
        colours, away = colours[~near], away[~near]
    return found


def _flat_lines(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the rows of (H, W, 3) that have one colour: this colour (K, 3), and how far its pixels are away (K,)."""
    colours = np.median(pixels, axis=1)  # (H, 3)
    distances = np.abs(pixels - colours[:, None]).max(2)  # (H, W)
    middle, away = np.quantile(distances, (0.5, 1 - NOISE), axis=1)
    flat = (middle <= EVEN) & (away <= FLAT)
    return colours[flat], away[flat]


def _cut_on(pixels: np.ndarray, colour: np.ndarray, tolerance: float) -> PageCut:
    """Cut at the gutters of one colour, and leave out what is too small or is lettering."""
    content = np.abs(pixels - colour).max(2) > tolerance  # (H, W)
    height, width = content.shape
    panels, dropped = [], []
    for box in _parts(content, Box(0, 0, height, width), min(height, width)):
        reason = _fault(content, box)
        if reason:
            dropped.append((box, reason))
        else:
            panels.append(box)
    red, green, blue = (round(value) for value in colour.tolist())
    return PageCut(tuple(panels), tuple(dropped), (red, green, blue))


def _fault(content: np.ndarray, box: Box) -> str:
    """Why a part is no panel; empty if it is one."""
    narrow = min(box.bottom - box.top, box.right - box.left) < LEAST_SIDE * min(content.shape)
    if narrow or box.area < LEAST_AREA * content.size:
        return f"too small: below {LEAST_AREA:.0%} of the page, or narrower than {LEAST_SIDE:.0%} of its short side"
    fill = binary_fill_holes(content[box.top : box.bottom, box.left : box.right]).mean()
    return "" if fill >= LEAST_FILL else f"lettering or loose drawing: below {LEAST_FILL:.0%} of its box is painted"


def _parts(content: np.ndarray, box: Box, side: int) -> list[Box]:
    """Cut a part of (H, W) as often as it goes: between rows, else between columns. `side`: the page's short one."""
    found = _pieces(content[box.top : box.bottom, box.left : box.right], side)
    rows = [Box(box.top + first, box.left, box.top + last, box.right) for first, last in found]
    if len(rows) != 1:
        return [part for row in rows for part in _parts(content, row, side)]
    row = rows[0]
    found = _pieces(content[row.top : row.bottom, row.left : row.right].T, side)
    columns = [Box(row.top, row.left + first, row.bottom, row.left + last) for first, last in found]
    if columns == [box]:
        return columns
    return [part for column in columns for part in _parts(content, column, side)]


def _pieces(content: np.ndarray, side: int) -> list[tuple[int, int]]:
    """First row of each piece of (h, w) between gutters, and the first behind it."""
    filled = content.sum(1) > max(1, NOISE * content.shape[1])
    edges = np.flatnonzero(np.diff(np.concatenate([[0], filled.astype(np.int8), [0]])))
    pieces: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if pieces and not _is_gutter(content, pieces[-1], (first, last), side):
            first = pieces.pop()[0]
        pieces.append((first, last))
    return pieces


def _is_gutter(content: np.ndarray, above: tuple[int, int], below: tuple[int, int], side: int) -> bool:
    """Whether what lies between two pieces is wide enough, and one of them begins there with a sharp edge.

    A painting that fades into the background's colour and comes back has none.
    """
    if below[0] - above[1] < max(2, LEAST_GUTTER * side):
        return False
    depth = max(2, round(DEPTH * side))
    upper, lower = content[above[0] : above[1]], content[below[0] : below[1]]
    return _is_sharp(upper, upper[-depth:]) or _is_sharp(lower, lower[:depth])


def _is_sharp(piece: np.ndarray, edge: np.ndarray) -> bool:
    """Whether a line of a piece's edge (d, w) is filled, as far as the piece (h, w) reaches to both sides."""
    reached = np.flatnonzero(piece.any(0))
    return edge[:, reached[0] : reached[-1] + 1].mean(1).max() >= SHARP
