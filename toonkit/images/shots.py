"""The shots of a film, one after the other, in bounded memory: where each begins and ends, and its best frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from toonkit.images.film_bars import Bars, measured_bars
from toonkit.images.film_look import Kind, Look, look_at
from toonkit.images.films import FilmFrame
from toonkit.images.shot_changes import lit_as, share_found

FOUND = 0.4  # least share of a frame that must be found in the one before it, or there is a cut between them
FLASH = 3  # frames: what is as short as this and gone again was a flash
BLANK_CHANGE = 30.0  # levels of 255 by which two blank frames of one shot may differ


@dataclass(frozen=True)
class Shot:
    """Frames `start` to `end` (without it), numbered from 0; `key` is the sharpest that is a picture, -1 for none.

    `time` is the key frame's, in ticks of the film. `views` (3, 64, 64, 3) uint8 are its first, key and last frame.
    """

    start: int
    end: int
    key: int
    time: int
    kind: Kind
    bars: Bars
    views: np.ndarray


def find_shots(frames: Iterable[FilmFrame], first: int = 0) -> Iterator[Shot]:
    """Yield the shots of a film's frames, the first of which is number `first`, each once it is sure.

    A cut is where less than FOUND of a frame is in the one before it, whether that is made as bright or not, and where
    blank frames begin or end. What comes back after a flash is the same shot still. From the end of a shot on, what
    follows depends on nothing before it, so that the search may go on there. A slow fade from one picture into another
    is no cut.
    """
    finder = _Finder()
    for number, frame in enumerate(frames, first):
        yield from finder.add(look_at(frame.pixels), number, frame.time)
    yield from finder.finish()


class _Growing:
    """A shot that is not over yet."""

    def __init__(self, look: Look, number: int, time: int) -> None:
        self.start = self.end = number
        self.first = look
        self.best: tuple[Look, int, int] | None = None
        self.counts: dict[Kind, int] = {"picture": 0, "blank": 0, "credits": 0}
        self.rows, self.columns = look.rows, look.columns
        self.add(look, number, time)

    def add(self, look: Look, number: int, time: int) -> None:
        self.last = look
        self.end = number + 1
        self.counts[look.kind] += 1
        self.rows = np.maximum(self.rows, look.rows)
        self.columns = np.maximum(self.columns, look.columns)
        if look.kind == "picture" and (self.best is None or look.sharpness > self.best[0].sharpness):
            self.best = look, number, time

    def shows(self, look: Look) -> bool:
        """Whether a frame is of this shot, by its last frame."""
        if "blank" in (look.kind, self.last.kind):
            return look.kind == self.last.kind and abs(look.view.mean() - self.last.view.mean()) <= BLANK_CHANGE
        before = self.last.view
        return share_found(before, look.view) >= FOUND or share_found(lit_as(before, look.view), look.view) >= FOUND

    def shot(self) -> Shot:
        half = (self.end - self.start) / 2
        kind = next((kind for kind in ("blank", "credits") if self.counts[kind] > half), "picture")
        best, key, time = self.best or (self.first, -1, 0)
        views = np.stack([look.view for look in (self.first, best, self.last)]).round().astype(np.uint8)
        return Shot(self.start, self.end, key, time, kind, measured_bars(self.rows, self.columns), views)


class _Finder:
    """The shot that grows, and the one before it while that may yet come back."""

    def __init__(self) -> None:
        self.now: _Growing | None = None
        self.parted: _Growing | None = None

    def add(self, look: Look, number: int, time: int) -> Iterator[Shot]:
        if self.now is None:
            self.now = _Growing(look, number, time)
        elif self.now.shows(look):
            self.now.add(look, number, time)
        elif self._comes_back(look):
            self.now, self.parted = self.parted, None
            self.now.add(look, number, time)
        else:
            yield from self._over()
            self.parted, self.now = self.now, _Growing(look, number, time)
        if self.now.end - self.now.start > FLASH:
            yield from self._over()

    def _comes_back(self, look: Look) -> bool:
        return self.parted is not None and self.parted.shows(look)  # it is kept for FLASH frames only

    def _over(self) -> Iterator[Shot]:
        if self.parted is not None:
            yield self.parted.shot()
            self.parted = None

    def finish(self) -> Iterator[Shot]:
        yield from self._over()
        if self.now is not None:
            yield self.now.shot()
