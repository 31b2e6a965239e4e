"""What the attacks share: trials made one after the other until the time is up, counted, their failures kept."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

Trial = Callable[[int, Path], str]  # a seed and an empty folder -> what was wrong, empty if it held
SHOWN = 600  # characters of a failure


@dataclass(frozen=True)
class Attack:
    """`name` on the command line; `opened` gives its trial while what it needs (a server, a process) is there.

    A trial follows from its seed alone, so that a failure can be shown again.
    """

    name: str
    about: str
    opened: Callable[[], AbstractContextManager[Trial]]

    def command(self, seed: int) -> str:
        """What shows one trial again."""
        return f"python tests/stress {self.name} --seed {seed}"


@dataclass
class Tally:
    """What came of an attack: how many trials, in how many seconds, and the seeds that failed, with the reason."""

    attack: Attack
    tried: int = 0
    seconds: float = 0.0
    failures: dict[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        held = self.tried - len(self.failures)
        head = f"{self.attack.name:<10} {self.tried:>8,} tried {held:>8,} held   {self.seconds / 60:6.1f} minutes"
        shown = [f"  {self.attack.command(seed)}\n    {why}" for seed, why in self.failures.items()]
        return "\n".join([head, *shown])


def make(attack: Attack, seeds: Iterator[int] | range, seconds: float, tally: Tally) -> Tally:
    """Make one trial for each seed, as long as there are seeds and time; an exception is a failure like any other."""
    started = time.monotonic()
    with attack.opened() as trial:
        for seed in seeds:
            if time.monotonic() - started > seconds:
                break
            why = _one(trial, seed)
            tally.tried += 1
            tally.seconds = time.monotonic() - started
            if why:
                tally.failures[seed] = why[:SHOWN]
    return tally


def _one(trial: Trial, seed: int) -> str:
    with TemporaryDirectory(prefix="toonkit-stress-", ignore_cleanup_errors=True) as folder:
        try:
            return trial(seed, Path(folder))
        except Exception:
            return traceback.format_exc(limit=-3)
