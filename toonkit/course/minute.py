"""A short training in a process of its own, which can be watched and stopped while it goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from toonkit.chapters.explored import Explored
from toonkit.chapters.index import find_chapter
from toonkit.networks.weights import load_into
from toonkit.project.atomic import make_folder
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.project.stopping import stop
from toonkit.training.losses_log import curves
from toonkit.training.progress import Progress, read_progress
from toonkit.training.snapshots import SNAPSHOTS, read_snapshot
from toonkit.training.worker import STOP, launch

GENERATOR = "generator"  # of the networks that a controlled recipe has, the one that draws
SAMPLES = 8  # times that a run shows what it draws
GRACE = 5.0  # seconds that a stopped run has to end by itself
LOG = "log.txt"


class MinuteRun:
    """`toonkit train` with certain weights, in its own process, into a folder of its own."""

    def __init__(self, explored: Explored, options: Sequence[str], folder: Path) -> None:
        """`options` as `Explored.train_options` gives them. Raises ToonkitError where `folder` is not empty."""
        if folder.exists() and any(folder.iterdir()):
            raise ToonkitError(f"{folder} holds something already; choose another folder for this run")
        make_folder(folder, TrainingError)
        self.explored, self.folder, self.stopped = explored, folder, False
        command = [sys.executable, "-m", "toonkit", "train", *options]
        command += ["--snapshots", str(SAMPLES), "--watch", "--run-dir", str(folder.resolve())]
        with (folder / LOG).open("wb") as log:
            self.process: subprocess.Popen[bytes] = launch(tuple(command), log)

    @property
    def runs(self) -> bool:
        """Whether the process still works."""
        return self.process.poll() is None

    @property
    def failed(self) -> str:
        """The last line that a process wrote which ended with an error; nothing for any other."""
        if self.process.poll() in (None, 0) or self.stopped:
            return ""
        lines = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "it wrote nothing")

    def stop(self) -> None:
        """End the process, by asking first."""
        self.stopped = self.stopped or self.runs
        stop([self.process], STOP, GRACE)

    def progress(self) -> Progress | None:
        """How far it is; None before its first step."""
        return read_progress(self.folder)

    def curves(self) -> dict[str, list[float | None]]:
        """The losses so far, a list for each name, `step` among them."""
        return curves(self.folder)

    def steps_shown(self) -> list[int]:
        """The steps whose drawings can be asked for."""
        found = (self.folder / SNAPSHOTS).glob(f"*/{GENERATOR}.safetensors")
        return sorted(int(path.parent.name) for path in found)

    @torch.no_grad()
    def drawn(self, step: int, pictures: Tensor) -> Tensor:
        """What the generator drew of pictures (N, 3, H, W) at one of `steps_shown`."""
        chapter = find_chapter(self.explored.chapter)
        generator = chapter.build(chapter.variant(self.explored.plain)[1].config)[GENERATOR]
        load_into(generator, read_snapshot(self.folder, step, GENERATOR), "a sample's weights")
        return generator.eval()(self.explored.given(pictures)).clamp(-1, 1)
