"""Measure how long one picture takes by every method, how much memory, and whether tiles leave seams.

Every method works in a process of its own, on one thread; at 256 pixels a side on two as well.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.contract import Drawing
from toonkit.chapters.drawing_choice import methods
from toonkit.chapters.systems import systems
from toonkit.course.latency_page import LARGE, ON_TWO, SIDES
from toonkit.filters import borders
from toonkit.images.resize import fit_picture
from toonkit.images.samples import sample_photo
from toonkit.networks import drawing
from toonkit.project.environment import load, peak_memory_mb
from toonkit.project.threads import threads

LARGE_SIZE = (4000, 6000)  # height and width of 24 megapixels
SEAMS = (700, 1100)  # pixels: larger than a tile, small enough to be drawn whole
MULTIPLE = 8  # of a tile's side: what every generator's own multiple divides
TIMES = 5  # of which the median counts, after one that does not
WITHOUT_FILTER = "semantic-ours"  # the fourth report's generator, which is given the photograph alone
SMALLER = 20  # by how much a quick measurement shrinks what is large


def rows() -> tuple[str, ...]:
    """What can be measured alone."""
    return tuple(drawers())


def drawers() -> dict[str, Callable[[], Drawing]]:
    """Every method of `toonify`, and WITHOUT_FILTER."""
    return methods() | {WITHOUT_FILTER: systems()[WITHOUT_FILTER].draw}


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """For each method, or each in `only`, milliseconds and peak memory by size, both at 24 megapixels, and the largest
    seam.

    `load` is what the machine had to do as this began (processes that want a core): the times are worth little above 1.
    """
    with threads(1):
        found: dict[str, Any] = {"load": load(), "threads": 1}
        return found | {method: in_a_process_of_its_own(method, quick) for method in only or drawers()}


def in_a_process_of_its_own(method: str, quick: bool) -> dict[str, Any]:
    """What `measured` finds, in a fresh process, so that one method's memory is not another's."""
    command = [sys.executable, "-m", __name__, method, "quick" if quick else "full"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measured(method: str, quick: bool) -> dict[str, dict[str, float]]:
    """One method, sizes in rising order, since the peak of a process's memory never falls."""
    draw = drawers()[method]()
    found = {f"{side} px": of_size(draw, (side, side), 1 if quick else TIMES) for side in SIDES[: 2 if quick else None]}
    with threads(2):
        found[ON_TWO] = {"ms": of_size(draw, (256, 256), 1 if quick else TIMES)["ms"]}  # the peak is the larger one's
    found["seams"] = {"largest difference": largest_seam(draw, _shrunk(SEAMS, quick), 24 if quick else None)}
    large = of_size(draw, _shrunk(LARGE_SIZE, quick), 1, warm=False)
    return found | {LARGE: {"seconds": large["ms"] / 1000, "peak MB": large["peak MB"]}}


def of_size(draw: Drawing, size: tuple[int, int], times: int, warm: bool = True) -> dict[str, float]:
    """Milliseconds for a picture (height, width), the median of `times`; the process's peak memory after that."""
    photo = picture(size)
    milliseconds = []
    for _ in range(times + warm):
        start = time.perf_counter()
        with torch.inference_mode():
            draw(photo)
        milliseconds.append(1000 * (time.perf_counter() - start))
    return {"ms": statistics.median(milliseconds[warm:]), "peak MB": peak_memory_mb()}


def largest_seam(draw: Drawing, size: tuple[int, int], tile: int | None = None) -> float:
    """The largest difference, of [-1, 1], between a picture drawn in tiles (default: as ever) and drawn whole."""
    photo = picture(size)
    with torch.inference_mode():
        with tiles_of(tile or drawing.TILE, tile or borders.CPU_TILE):
            pieced = draw(photo)
        side = max(size) + -max(size) % MULTIPLE
        with tiles_of(side, side):
            whole = draw(photo)
    return float((pieced - whole).abs().max())


@contextmanager
def tiles_of(networks: int, filters: int) -> Iterator[None]:
    """Draw with tiles of these sides for a while."""
    before = drawing.TILE, borders.CPU_TILE
    drawing.TILE, borders.CPU_TILE = networks, filters
    try:
        yield
    finally:
        drawing.TILE, borders.CPU_TILE = before


def picture(size: tuple[int, int]) -> Tensor:
    """A photograph of height and width `size`, (1, 3, height, width)."""
    return fit_picture(sample_photo("astronaut"), size)[None]


def _shrunk(size: tuple[int, int], quick: bool) -> tuple[int, int]:
    return (size[0] // SMALLER, size[1] // SMALLER) if quick else size


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(measured(sys.argv[1], sys.argv[2] == "quick")))
