"""Runs under way, one line each: redrawn in place on a terminal, now and then in a log."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from types import TracebackType

from tqdm import tqdm

from toonkit.training.progress import Progress
from toonkit.training.worker import Outcome

REDRAW = 1.0  # seconds between two pictures on a terminal
REPEAT = 30.0  # seconds between two lines on the same run in a log


class ProgressLines:
    """Says what becomes of the runs `names`, up to `workers` at once. A context manager: its end clears the terminal.

    On a terminal (and where `say` is print) the last lines are the running ones, redrawn; elsewhere `say` gets a line
    at each change of a run's state and every REPEAT seconds.
    """

    def __init__(self, names: Sequence[str], workers: int, say: Callable[[str], None] = print) -> None:
        self.live = say is print and sys.stdout.isatty()
        self.say = partial(print, flush=True) if say is print else say  # a log is read while it grows
        self.width = max(map(len, names), default=0)
        self.count = len(names)
        self.ended = 0
        self.running = min(workers, len(names))  # at most
        self.bars: list[tqdm] = []
        self.spoken: dict[str, float] = {}
        self.drawn = 0.0  # when the rows were drawn; 0: they are out of date

    def __enter__(self) -> ProgressLines:
        if self.live:
            columns, rows = shutil.get_terminal_size()
            count = max(0, min(self.running, rows - 3)) + 1  # on top is the count of runs
            self.bars = [_line_in_place(row, columns, rows) for row in range(count)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bar in reversed(self.bars):
            bar.close()

    def tell(self, name: str, state: str) -> None:
        """Say that a run's state changed; the line stays."""
        line = f"{name:<{self.width}}   {state}"
        self.spoken[name] = time.monotonic()
        if self.live:
            tqdm.write(line, file=sys.stdout)
        else:
            self.say(line)

    def started(self, name: str) -> None:
        """Say that a run was begun; on a terminal its row says so."""
        self.drawn = 0.0
        if not self.live:
            self.tell(name, "started")

    def settle(self, outcome: Outcome) -> None:
        """Say how a run ended."""
        self.ended += 1
        self.drawn = 0.0
        parts = (outcome.status, clock(outcome.seconds) if outcome.seconds else "", outcome.note)
        self.tell(outcome.name, "   ".join(part for part in parts if part))

    def show(self, running: Mapping[str, Callable[[], Progress | None]]) -> None:
        """Show how far the running ones are, where it is time to; `running` maps a name to what reads its progress."""
        if self.live:
            self._redraw(running)
            return
        for name, read in running.items():
            if time.monotonic() - self.spoken.get(name, 0.0) >= REPEAT:
                self.tell(name, in_words(read()))

    def _redraw(self, running: Mapping[str, Callable[[], Progress | None]]) -> None:
        if time.monotonic() - self.drawn < REDRAW:
            return
        self.drawn = time.monotonic()
        columns = shutil.get_terminal_size().columns - 1  # a longer line would wrap and upset the rows below
        lines = [f"{self.ended} of {self.count} ended, {len(running)} running"]
        lines += [f"{name:<{self.width}}   {in_words(read())}" for name, read in running.items()]
        for bar, line in zip_longest(self.bars, lines[: len(self.bars)], fillvalue=""):
            bar.set_description_str(line[:columns])


def _line_in_place(row: int, columns: int, rows: int) -> tqdm:
    return tqdm(total=0, bar_format="{desc}", position=row, leave=False, file=sys.stdout, ncols=columns, nrows=rows)


def in_words(progress: Progress | None) -> str:
    """`480/1200   3:12 left   content 0.21  adversarial 0.7`."""
    if progress is None:
        return "starting"
    parts = [f"{progress.step}/{progress.steps}"]
    if progress.seconds_left is not None:
        parts.append(f"{clock(progress.seconds_left)} left")
    parts.append("  ".join(f"{name} {value:.3g}" for name, value in progress.losses.items()))
    return "   ".join(parts).rstrip()


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds, 3:12, or with hours, 1:03:12."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
