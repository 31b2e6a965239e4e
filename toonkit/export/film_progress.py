"""How far the drawing of a film is: one line, redrawn on a terminal, repeated now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType

from tqdm import tqdm

from toonkit.training.progress import Progress
from toonkit.training.progress_lines import REPEAT, in_words


class FilmProgress:
    """A context manager; `step` counts a frame. `total` are expected, 0 if unknown; `done` were drawn earlier."""

    def __init__(self, name: str, total: int, done: int, say: Callable[[str], None]) -> None:
        self.name = name
        self.total = total
        self.started = done
        self.done = done
        self.say = partial(print, flush=True) if say is print else say
        self.begun = time.monotonic()
        self.spoken = self.begun
        live = say is print and sys.stdout.isatty()
        self.bar = tqdm(total=total or None, initial=done, desc=name, unit="frame", file=sys.stdout, disable=not live)

    def __enter__(self) -> FilmProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.close()

    def step(self) -> None:
        """Count one frame that is drawn, and say so where it is time to."""
        self.done += 1
        self.bar.update()
        now = time.monotonic()
        if self.bar.disable and now - self.spoken >= REPEAT:
            self.spoken = now
            total = max(self.total, self.done)
            self.say(f"{self.name}   {in_words(Progress(self.done, total, self.started, now - self.begun))}")
