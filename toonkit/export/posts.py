"""Posts of the app behind Cartoon to human recovery: a portrait and its cartoons, marked, in one picture.

The report's crawler found such posts and cut them into pairs again (`images.pairs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from torch import Tensor

from toonkit.chapters.contract import Drawing
from toonkit.chapters.drawing_choice import CLASSICAL, choose_drawing
from toonkit.export.pictures import Report, draw_files
from toonkit.images.resize import fit_picture
from toonkit.project.errors import ToonkitError
from toonkit.world.extras import four_panels, paste_watermark

CARTOONS = 3  # beside the photograph
METHODS = (CLASSICAL, "animated", "cartoongan")  # three hands, as unlike as the app's filters
CORNER = "bottom_left"  # of every cartoon: where the report's data has the mark
SIDE = 256  # pixels of a panel
SMALLEST = 16  # pixels of a panel: the cutter wants as many of a whole picture


def make_posts(
    paths: Iterable[str | Path],
    out: str | Path,
    methods: Sequence[str] = METHODS,
    side: int = SIDE,
    overwrite: bool = False,
    say: Callable[[str], None] = print,
) -> Report:
    """Make a post of every portrait among `paths`, pictures or folders of them, named as it is; files as `toonify`.

    Raises ToonkitError for no method or more than CARTOONS, an unknown one, and panels below SMALLEST pixels.
    """
    if not 1 <= len(methods) <= CARTOONS:
        raise ToonkitError(f"{len(methods)} methods for {CARTOONS} cartoons; name one to {CARTOONS}")
    if side < SMALLEST:
        raise ToonkitError(f"panels of {side} pixels are too small; at least {SMALLEST}")
    ways = [choose_drawing(method) for method in methods]
    return draw_files(paths, out, partial(post, ways=ways, side=side), overwrite, say)


def post(photo: Tensor, ways: Sequence[Drawing], side: int = SIDE) -> Tensor:
    """A photograph (N, 3, H, W) and, right and below, its cartoons with the mark: (N, 3, 2 side, 2 side), no gutter.

    Where there are fewer ways to draw than cartoons, the first ones draw again.
    """
    portrait = fit_picture(photo, side)  # (N, 3, side, side)
    marked = [paste_watermark(way(portrait).clamp(-1, 1), CORNER) for way in ways]
    return four_panels(portrait, *(marked[number % len(marked)] for number in range(CARTOONS)))
