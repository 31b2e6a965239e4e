"""Where runs keep their state."""

from __future__ import annotations

from pathlib import Path

RECORD = "run.json"
RUN_FOLDERS = Path("build/train")  # within the project


def run_folder(chapter: str, variant: str, profile: str, seed: int | str, size: int | None = None) -> Path:
    """Where a run keeps its state, within the project; `size` is named where it is not the configuration's own."""
    ending = f"-{size}px" if size else ""
    return RUN_FOLDERS / f"{chapter}-{variant}-{profile}-{seed}{ending}"
