"""Broken picture files: each becomes a right-shaped finite picture or one sentence; no crash, hang, flood or noise."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread

from attacks import Attack, Trial

READER = Path(__file__).with_name("picture_reader.py")
LIMIT = 30.0  # seconds for one picture of some hundred pixels, on a busy machine
START = 180.0  # seconds until a reader is ready


class Reader:
    """A process that reads pictures, and is begun again where one has ended it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noise = folder / "noise"
        self.begin()

    def begin(self) -> None:
        """Start the process and wait until it is ready."""
        with self.noise.open("wb") as noise:
            self.process = subprocess.Popen(
                [sys.executable, str(READER), str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=noise,
                text=True,
            )
        self.answers: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._listen, args=(self.process, self.answers), daemon=True).start()
        if not self.answers.get(timeout=START):
            raise RuntimeError(f"the reader does not start: {self.noise.read_text()}")

    def _listen(self, process: subprocess.Popen[str], answers: SimpleQueue[str]) -> None:
        for line in process.stdout:
            answers.put(line)
        answers.put("")  # it has ended

    def read(self, seed: int) -> str:
        """What was wrong when the picture of a seed was read."""
        print(seed, file=self.process.stdin, flush=True)
        try:
            answer = self.answers.get(timeout=LIMIT)
        except Empty:
            return self._again(f"no answer within {LIMIT:g} seconds")
        if not answer:
            return self._again(f"the process ended with status {self.process.wait()}")
        said = self.noise.read_text(errors="replace")
        return self._again(f"it wrote {said!r}") if said else json.loads(answer)

    def _again(self, why: str) -> str:
        said = self.noise.read_text(errors="replace")
        self.end()
        self.begin()
        return f"{why}; {said}"

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()


@contextmanager
def opened() -> Iterator[Trial]:
    """The trial of one picture; each keeps its file where it fails."""
    with TemporaryDirectory(prefix="toonkit-pictures-") as folder:
        reader = Reader(Path(folder))
        try:
            yield lambda seed, _: reader.read(seed)
        finally:
            reader.end()


PICTURES = Attack("pictures", "picture files of every kind, broken", opened)
