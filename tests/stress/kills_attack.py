"""Every kind of run, killed before or amid each change of the disk, or at any moment, ends as one never killed."""

from __future__ import annotations

import faulthandler
import json
import math
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from attacks import Attack, Trial
from killing import KILLED, Kill, watch
from run_results import results

from toonkit.chapters import runs
from toonkit.chapters.changes import sized
from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters, find_chapter
from toonkit.metrics.scores import exact
from toonkit.project.errors import SourceError, WeightsError
from toonkit.project.profiles import Profile
from toonkit.training.recipe import Source

PLAN = {"save_every": 3, "log_every": 2, "snapshots": 2, "quiet": True}
MOST = 14  # steps; a quick run may have fewer. Each of the seven domains has its turn within them
SIZE = 32  # pixels: a run of seconds
LIMIT = 300.0  # seconds for one, on a busy machine
RANDOMLY, LATE = -9, 124  # in place of an exit status: killed at a random moment, or after LIMIT
IN_TURN = 8  # trials of a chapter before its next variant has its turn
OWN_SCORES = 24  # every so many trials the chapter's own scores are compared, which take longer than the run
# A fork has the data of its parent. Elsewhere each run makes its own, which is slow.
PROCESSES = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


@dataclass(frozen=True)
class Kind:
    """A kind of run. Without `own_scores` it is scored by its weights alone."""

    chapter: str
    variant: str
    own_scores: bool

    @property
    def steps(self) -> int:
        return min(MOST, find_chapter(self.chapter).variants[self.variant].quick_steps)

    @property
    def size(self) -> int | None:
        return SIZE if hasattr(find_chapter(self.chapter).variants[self.variant].config, "size") else None


@dataclass(frozen=True)
class Whole:
    """A run that was never killed: what it left, the changes of the disk that it made, and its seconds."""

    results: dict[str, bytes]
    changes: list[str]
    seconds: float


def trained_chapters() -> list[str]:
    """The chapters that train, but for those whose pictures are not here."""
    return [chapter.name for chapter in all_chapters() if chapter.variants]


def kind_of(seed: int) -> tuple[Kind, int]:
    """The kind of run of a trial, and the how many-eth of its chapter it is."""
    names = trained_chapters()
    turn, place = divmod(seed, len(names))
    variants = list(find_chapter(names[place]).variants)
    return Kind(names[place], variants[turn // IN_TURN % len(variants)], turn % OWN_SCORES == 0), turn


@contextmanager
def opened() -> Iterator[Trial]:
    """The trial of kills; whole runs are made once for each kind."""
    with TemporaryDirectory(prefix="toonkit-whole-") as folder:
        wholes: dict[Kind, Whole] = {}

        def trial(seed: int, place: Path) -> str:
            kind, turn = kind_of(seed)
            try:
                _batches(kind.chapter, kind.variant, kind.size)
            except (SourceError, WeightsError):  # pictures or released networks that are not here
                return ""
            if kind not in wholes:
                wholes[kind] = _whole(kind, Path(folder) / str(len(wholes)))
            whole = wholes[kind]
            return killed_and_resumed(kind, whole, _nth_kill(whole, turn), random.Random(seed), place)

        yield trial


def killed_and_resumed(kind: Kind, whole: Whole, kill: Kill | None, chance: random.Random, place: Path) -> str:
    """Kill a run, at a random moment for None, and by chance again; resume it, compare; say what was wrong."""
    run = place / "run"
    done = [_live(kind, run, kill, chance.uniform(0, whole.seconds))]
    while chance.random() < 0.3:
        number = chance.randint(1, len(whole.changes))
        done.append(_live(kind, run, Kill(number, chance.random() < 0.5)))
    status = _live(kind, run)
    found = results(run) if status == 0 else {}
    odd = sorted(name for name in whole.results.keys() | found.keys() if whole.results.get(name) != found.get(name))
    left = [path.name for path in run.rglob("*.part")]
    if status or odd or left or not set(done) <= {0, KILLED, RANDOMLY}:
        said = (place / "said").read_text() if (place / "said").exists() else ""
        return f"{kind} {kill}: ended with {done}, then {status}; differ: {odd}; left: {left}; {said[-300:]}"
    return ""


def _nth_kill(whole: Whole, turn: int) -> Kill | None:
    """The kill of a turn; None for a SIGKILL at a random moment.

    The turns of a chapter go through every change of the disk, each twice, and as many random moments.
    """
    way, count = turn % 3, len(whole.changes)
    stride = next(step for step in range(5 * count // 8, 2 * count) if math.gcd(step, count) == 1)
    number = turn // 3 * stride % count + 1  # each once, far from the one before: an hour is not enough for all
    return None if way == 2 else Kill(number, torn=way == 1)


def _whole(kind: Kind, place: Path) -> Whole:
    place.mkdir()
    started = time.monotonic()
    if status := _live(kind, place / "run"):
        raise RuntimeError(f"{kind} ended with {status}: {(place / 'said').read_text()[-300:]}")
    changes = json.loads((place / "changes").read_text())
    return Whole(results(place / "run"), changes, time.monotonic() - started)


def _live(kind: Kind, folder: Path, kill: Kill | None = None, seconds: float | None = None) -> int:
    """Run, or resume, in a process of its own; its exit status. Without a `kill`, SIGKILL comes after `seconds`."""
    process = PROCESSES.Process(target=_train, args=(kind, folder, kill))
    process.start()
    at_random = kill is None and seconds is not None
    process.join(seconds if at_random else LIMIT)
    if process.is_alive():
        process.kill()
        process.join()
        return RANDOMLY if at_random else LATE
    return process.exitcode


def _train(kind: Kind, folder: Path, kill: Kill | None) -> None:
    """A whole life of a run's process."""
    said = os.open(folder.parent / "said", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(said, 2)
    faulthandler.dump_traceback_later(LIMIT * 0.9)  # where it hangs, if it does
    torch.set_num_threads(1)
    chapter = _chapter(kind)
    runs.find_chapter = lambda name: chapter
    changes = watch(folder, kill)
    runs.run(kind.chapter, kind.variant, "quick", 0, folder, size=kind.size, steps=kind.steps, **PLAN)
    (folder.parent / "changes").write_text(json.dumps(changes))


def _chapter(kind: Kind) -> Chapter:
    chapter = find_chapter(kind.chapter)
    batches = _batches(kind.chapter, kind.variant, kind.size)
    changes = {"data": lambda *_: batches, "snapshot_scores": _measures}
    if not kind.own_scores:
        changes["scores"] = lambda recipe, profile: {
            name: exact(name, value) for name, value in _measures(recipe, profile).items()
        }
    return replace(chapter, **changes)


def _measures(recipe: object, profile: object) -> dict[str, float]:
    """The mean size of each released network's weights."""
    return {
        name: float(sum(weight.detach().abs().mean() for weight in recipe.networks[name].parameters()))
        for name in recipe.released
    }


@cache
def _batches(chapter: str, variant: str, size: int | None) -> Source:
    found = find_chapter(chapter)
    return found.data(sized(found.variants[variant].config, size), Profile("quick"), 0)


KILLS = Attack("kills", "runs killed at every write, and at any moment, and resumed", opened)
