"""Four-panel pictures: are they, where are the seams, and the panels cut out (Cartoon to human recovery, "Dataset")."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from toonkit.project.errors import ToonkitError

WINDOW = 0.155  # seams are looked for within this share of the side around its centre: below 1/6, where thirds meet
GUTTER = 0.12  # of the side: the widest gutter
STEP = 0.06  # of the range [-1, 1]: neighbours that differ by more are a jump
FLAT = 0.15  # of the range [-1, 1]: how far JPEG moves the pixels of a flat line from its median colour
LEAST = 0.2  # a seam's weakest arm must jump on this many more of its rows than an ordinary column does
ALIKE = 0.3  # correlation of edges one panel apart above which it speaks for four panels of one scene
BEST = 48  # so many columns, those with the most jumps, are tried against as many rows


@dataclass(frozen=True)
class Seams:
    """The cross that parts four panels. Between `rows` and between `columns`, (end, start), lies the gutter, if any.

    `strength` is the share of pixels that jump across the weakest of the cross's four arms, less that of an ordinary
    neighbouring row or column: near 0 in one picture, 0.3 to 1 between panels. To it is added how far the correlation
    of edges one panel apart, across and down, is above `ALIKE`: panels of one scene are drawn alike. `frame` is (top,
    bottom, left, right) of what lies inside a border of one flat colour; None stands for the whole picture.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    strength: float
    frame: tuple[int, int, int, int] | None = None

    @property
    def found(self) -> bool:
        """Whether this is a cross between four panels."""
        return self.strength >= LEAST


@dataclass(frozen=True)
class _Lines:
    """Columns that may be seams: where the left panel ends and the right one starts, and which rows jump there."""

    ends: Tensor  # (K,)
    starts: Tensor  # (K,)
    jumped: Tensor  # (K, H) bool
    usual: Tensor  # (W - 1, H) bool: the same for every two neighbouring columns


def find_seams(picture: Tensor) -> Seams:
    """Look for a cross of seams in the middle third of (3, H, W), inside a border of one flat colour, if any.

    Raises ToonkitError for a side below 16 pixels.
    """
    if min(picture.shape[1:]) < 16:
        raise ToonkitError(f"a picture of {tuple(picture.shape[1:])} pixels is too small for four panels; at least 16")
    (top, bottom), (left, right) = _inside(picture.transpose(1, 2)), _inside(picture)
    inner = picture[:, top:bottom, left:right]
    if min(inner.shape[1:]) < 16:
        return Seams((0, 0), (0, 0), 0.0)  # flat
    columns, rows = _lines(inner), _lines(inner.transpose(1, 2))
    alike = torch.minimum(_alike(inner, columns)[:, None], _alike(inner.transpose(1, 2), rows))
    across, down = _arms(columns, rows) + alike, _arms(rows, columns).T + alike  # (columns, rows): the weaker arm
    column, row = divmod(int(torch.minimum(across, down).argmax()), down.shape[1])
    column, row = int(across[:, row].argmax()), int(down[column].argmax())  # of several as good, each one's best
    return Seams(
        (int(rows.ends[row]) + top, int(rows.starts[row]) + top),
        (int(columns.ends[column]) + left, int(columns.starts[column]) + left),
        min(across[column, row].item(), down[column, row].item()),
        (top, bottom, left, right),
    )


def cut_panels(picture: Tensor, seams: Seams | None = None) -> Tensor:
    """Cut (3, H, W) into its panels (4, 3, h, w): upper left, upper right, lower left, lower right.

    Without `seams` the cross is at the exact centre. All panels get the size of the smallest, measured from the outer
    corners: so they stay in step where the picture's edge cuts two of them. Raises ToonkitError if `seams` were not
    found.
    """
    height, width = picture.shape[1:]
    seams = seams or Seams((height // 2, (height + 1) // 2), (width // 2, (width + 1) // 2), 1.0)
    if not seams.found:
        raise ToonkitError(f"no four panels here: seam strength {seams.strength:.2f}, at least {LEAST} is needed")
    top, bottom, left, right = seams.frame or (0, height, 0, width)
    h = min(seams.rows[0] - top, bottom - seams.rows[1])
    w = min(seams.columns[0] - left, right - seams.columns[1])
    across = (slice(left, left + w), slice(right - w, right))
    return torch.stack([picture[:, y, x] for y in (slice(top, top + h), slice(bottom - h, bottom)) for x in across])


def _flat(picture: Tensor) -> Tensor:
    """Which columns (W,) of (3, H, W) have one colour, as far as JPEG left it: 9 of 10 pixels near their median."""
    away = (picture - picture.median(1, keepdim=True).values).abs().amax(0)  # (H, W)
    return (away < FLAT).float().mean(0) > 0.9


def _inside(picture: Tensor) -> tuple[int, int]:
    """Return the first column inside the flat border of (3, H, W), and the first behind it."""
    inside = (~_flat(picture)).nonzero()
    return (int(inside[0]), int(inside[-1]) + 1) if len(inside) else (0, 0)


def _lines(picture: Tensor) -> _Lines:
    """Collect the upright lines of (3, H, W) that may be seams: flat stripes, then steps between two columns."""
    width = picture.shape[2]
    usual = ((picture[:, :, 1:] - picture[:, :, :-1]).abs().amax(0) > STEP).T  # (W - 1, H): between j and j + 1
    first, last = round((0.5 - WINDOW) * width), round((0.5 + WINDOW) * width)
    jumps = usual.float().mean(1)
    flat = [stripe for stripe in _stripes(_flat(picture)) if not _of_a_panel(stripe, jumps)]
    stripes = [stripe for stripe in flat if first <= sum(stripe) / 2 <= last]
    share = jumps[first - 1 : last].clone()
    edges = [edge - first for stripe in flat for edge in stripe if first <= edge <= last]
    share[torch.tensor(edges, dtype=torch.long)] = -1  # the edge of a stripe is no seam of its own
    steps = share.topk(min(BEST, len(share))).indices + first
    jumped = torch.stack(
        [*(_across(picture, *stripe) for stripe in stripes), *(usual[steps - 1] & (share[steps - first] >= 0)[:, None])]
    )
    ends, starts = (torch.tensor([stripe[side] for stripe in stripes], dtype=torch.long) for side in (0, 1))
    return _Lines(torch.cat([ends, steps]), torch.cat([starts, steps]), jumped, usual)


def _stripes(flat: Tensor) -> list[tuple[int, int]]:
    """Return (end, start) of each run of flat columns that is narrow enough for a gutter."""
    edges = torch.diff(flat.float(), prepend=torch.zeros(1), append=torch.zeros(1)).nonzero()[:, 0].tolist()
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a <= GUTTER * len(flat)]


def _of_a_panel(stripe: tuple[int, int], jumps: Tensor) -> bool:
    """Whether a flat stripe is a panel's own flat edge: few rows jump behind it, and without it halves are more equal.

    `jumps` (W - 1,) is the share of rows that jump between a column and the next.
    """
    width = len(jumps) + 1
    edges = [edge for edge in stripe if 0 < edge < width]
    if len(edges) < 2:
        return False  # it touches the border
    weak, strong = sorted(edges, key=lambda edge: float(jumps[edge - 1]))
    return float(jumps[weak - 1]) < LEAST and abs(2 * strong - width) < abs(sum(stripe) - width)


def _across(picture: Tensor, end: int, start: int) -> Tensor:
    """Which rows (H,) jump from the left panel to the gutter or the right panel: one of them may be white too."""
    left, flat, right = picture[:, :, end - 1], picture[:, :, end:start].median(2).values, picture[:, :, start]
    return torch.maximum((left - flat).abs(), (left - right).abs()).amax(0) > STEP


def _alike(picture: Tensor, lines: _Lines) -> Tensor:
    """Of each line (K,): how much more than `ALIKE` the edges of (3, H, W) correlate with those one panel away."""
    grey = torch.nn.functional.avg_pool2d(picture.mean(0, keepdim=True), 3, 1)[0]
    edges = torch.hypot(*(torch.diff(grey, dim=k)[: grey.shape[0] - 1, : grey.shape[1] - 1] for k in (0, 1)))
    edges = edges[:: max(1, len(edges) // 256)]
    apart = torch.maximum(lines.ends, picture.shape[2] - lines.starts) + lines.starts - lines.ends
    both = (torch.stack([edges[:, shift:], edges[:, :-shift]]).flatten(1) for shift in apart.tolist())
    return (torch.stack([torch.corrcoef(pair)[0, 1] for pair in both]).nan_to_num() - ALIKE).clamp(min=0)


def _arms(lines: _Lines, others: _Lines) -> Tensor:
    """Of each line (K,), cut by each of the others (J,): the weaker half's share of jumps above the usual, (K, J)."""

    def parted(jumped: Tensor) -> Tensor:  # (K, H) -> (2, K, J)
        total = torch.nn.functional.pad(jumped.float().cumsum(1), (1, 0))
        upper, lower = total[:, others.ends] / others.ends, total[:, -1:] - total[:, others.starts]
        return torch.stack([upper, lower / (jumped.shape[1] - others.starts)])

    return (parted(lines.jumped) - parted(lines.usual).quantile(0.75, dim=1)[:, None]).amin(0)
