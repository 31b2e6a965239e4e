"""Many runs at once: variants and seeds of a chapter as jobs for the queue, each in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from toonkit.chapters.index import find_chapter
from toonkit.chapters.runs import RECORD, run_folder
from toonkit.training.queue import Job


def grid(
    root: Path,
    chapter: str,
    variants: Sequence[str],
    seeds: Sequence[int],
    profile: str,
    device: str = "cpu",
    size: int | None = None,
) -> list[Job]:
    """A job for every variant and seed, the longest first. Raises ToonkitError for unknown variants."""
    lengths = {variant: find_chapter(chapter).variant(variant)[1].full_steps for variant in variants}
    ordered = sorted(variants, key=lambda variant: -lengths[variant])
    return [
        _job(root / run_folder(chapter, variant, profile, seed, size), chapter, variant, profile, seed, device, size)
        for variant in ordered
        for seed in seeds
    ]


def is_finished(job: Job) -> bool:
    """Whether a job's folder holds a record; that it is the same run is checked by whoever reads it."""
    return (job.folder / RECORD).exists()


def _job(folder: Path, chapter: str, variant: str, profile: str, seed: int, device: str, size: int | None) -> Job:
    options = ["--profile", profile, "--seed", str(seed), "--device", device, "--run-dir", str(folder)]
    if size is not None:
        options += ["--size", str(size)]
    command = (sys.executable, "-m", "toonkit", "train", chapter, variant, *options)
    return Job(f"{chapter} {variant} seed {seed}", folder, command)
