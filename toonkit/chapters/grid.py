"""Many runs at once: variants and seeds of a chapter as jobs for the queue, each in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toonkit.chapters.index import find_chapter
from toonkit.chapters.run_places import run_folder
from toonkit.chapters.runs import is_finished
from toonkit.training.worker import Job


@dataclass(frozen=True)
class Grid:
    """Variants and seeds of one chapter, trained alike."""

    root: Path
    chapter: str
    variants: Sequence[str]
    seeds: Sequence[int]
    profile: str
    device: str = "cpu"
    size: int | None = None

    def jobs(self) -> list[Job]:
        """A job for every variant and seed, the longest first. Raises ToonkitError for unknown variants."""
        chapter = find_chapter(self.chapter)
        ordered = sorted(self.variants, key=lambda variant: -chapter.variant(variant)[1].full_steps)
        return [self._job(variant, seed) for variant in ordered for seed in self.seeds]

    def is_finished(self, job: Job) -> bool:
        """Whether a job's folder holds the record of just this run."""
        runs = {self._folder(variant, seed): (variant, seed) for variant in self.variants for seed in self.seeds}
        variant, seed = runs[job.folder]
        return is_finished(self.chapter, variant, self.profile, seed, job.folder, self.size)

    def _folder(self, variant: str, seed: int) -> Path:
        return self.root / run_folder(self.chapter, variant, self.profile, seed, self.size)

    def _job(self, variant: str, seed: int) -> Job:
        folder = self._folder(variant, seed)
        options = [
            "--profile",
            self.profile,
            "--seed",
            str(seed),
            "--device",
            self.device,
            "--run-dir",
            str(folder),
        ]
        if self.size is not None:
            options += ["--size", str(self.size)]
        command = (sys.executable, "-m", "toonkit", "train", self.chapter, variant, *options)
        return Job(f"{self.chapter} {variant} seed {seed}", folder, command)
