"""Downloads from a bad server: nothing wrong is kept, every failure is a sentence, Ctrl-C is obeyed; then an honest
server is asked, in one call, and whatever the bad one left must not be in its way."""

from __future__ import annotations

import _thread
import io
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from pathlib import Path

import pytest
from answers import Answer, Question, honest, start_of
from attacks import Attack, Trial
from bad_heads import BAD
from loopback import serving, write_source

from toonkit.images import downloads, manifests, network
from toonkit.images.sources import fetch
from toonkit.project.errors import SourceError

SIZES = (0, 1, 700, 51_200, 300_000)  # bytes; the last is more than one piece
PATIENCE = {"PATIENCE": 0.4, "STRETCH": 0.4, "TIMEOUT": (1, 0.4), "SLOWEST": 1000.0, "POLL": 0.02}
ATTEMPTS = 3
LIMIT = 30.0  # seconds for a call, on a busy machine
OBEYED = 5.0  # seconds from Ctrl-C to the end of the call, likewise


class BadServer:
    """Answers the questions for each file by that file's own list, in order, and honestly when the list is used up."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, list[Answer]] = {}
        self.chance = random.Random()

    def __call__(self, head: str, connection: socket.socket) -> None:
        path = head.split(" ", 2)[1].lstrip("/")
        waiting = self.answers.get(path)
        answer = waiting.pop(0) if waiting else honest
        data = self.files.get(path, b"another file" * 99)
        answer(Question(path, start_of(head), data, random.Random(self.chance.random()), connection))


@contextmanager
def opened() -> Iterator[Trial]:
    """The trial of one source; the server stays."""
    server = BadServer()
    with pytest.MonkeyPatch.context() as patch, serving(server) as address:
        for name, value in PATIENCE.items():
            patch.setattr(network, name, value)
        patch.setattr(downloads, "BACKOFF", 0.001)
        patch.setattr(downloads, "ATTEMPTS", ATTEMPTS)
        for name in ("TOONKIT_MIRROR", "TOONKIT_OFFLINE"):
            patch.delenv(name, raising=False)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        try:
            yield partial(_trial, server, address, patch)
        finally:
            signal.signal(signal.SIGINT, before)


def _trial(server: BadServer, address: str, patch: pytest.MonkeyPatch, seed: int, place: Path) -> str:
    chance = random.Random(seed)
    files = {f"{name}.bin": chance.randbytes(chance.choice(SIZES)) for name in "abc"[: chance.randint(1, 3)]}
    write_source(place / "manifests", f"{address}/{seed}", files)
    patch.setattr(manifests, "MANIFESTS", place / "manifests")
    patch.setenv("TOONKIT_CACHE", str(place / "cache"))
    server.chance = random.Random(seed)
    server.files = {f"{seed}/{name}": content for name, content in files.items()}
    told: list[str] = []
    for _ in range(chance.randint(1, 3)):
        server.answers = {path: chance.choices(BAD, k=chance.randint(1, 2 * ATTEMPTS)) for path in server.files}
        told += [f"{path}: {[bad.__name__ for bad in answers]}" for path, answers in server.answers.items()]
        after = chance.uniform(0, 0.3) if chance.random() < 0.2 else None
        if why := _call(after) or _kept(place / "cache" / "toys", files, whole=False):
            return f"{why}; after {told}"
    server.answers = {}
    why = _call(None, honest=True) or _kept(place / "cache" / "toys", files, whole=True)
    return why and f"the honest call: {why}; after {told}"


def _call(after: float | None, honest: bool = False) -> str:
    """Fetch, with Ctrl-C after so many seconds; say what was wrong."""
    said, began = io.StringIO(), time.monotonic()
    why = ""
    with redirect_stderr(said):
        try:
            interrupted = _interrupted(after)
        except SourceError as error:
            interrupted = False
            why = f"refused: {error}" if honest else ""
            if "\n" in str(error):
                why = f"more than one sentence: {error}"
    seconds = time.monotonic() - began
    if seconds > (after + OBEYED if interrupted and after is not None else LIMIT):
        why = why or f"it took {seconds:.1f} seconds"
    return f"{why}; {said.getvalue()}" if why or "Traceback" in said.getvalue() else ""


def _interrupted(after: float | None) -> bool:
    """Fetch; whether Ctrl-C, after so many seconds, ended it."""
    if after is None:
        fetch("toys")
        return False
    timer = threading.Timer(after, _thread.interrupt_main)
    try:
        timer.start()
        try:
            fetch("toys")
        finally:
            timer.cancel()
            timer.join()
            time.sleep(0)
    except KeyboardInterrupt:
        return True
    return False


def _kept(folder: Path, files: dict[str, bytes], whole: bool) -> str:
    """What is wrong with what a call left."""
    there = {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}
    allowed = files.keys() if whole else files.keys() | {f"{name}.part" for name in files}
    if foreign := there.keys() - allowed:
        return f"it left {sorted(foreign)}"
    if missing := whole and files.keys() - there.keys():
        return f"{sorted(missing)} did not come"
    wrong = [name for name in there.keys() & files.keys() if there[name] != files[name]]
    return f"{wrong} have wrong bytes" if wrong else ""


DOWNLOADS = Attack("downloads", "downloads from a bad server, then from an honest one", opened)
