"""A run of milliseconds with checkpoints after steps 4 and 6 of 6, for the tests of what becomes of its files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest import mock

from toonkit.chapters import runs
from toonkit.project import environment
from toonkit.training.run_mirror import RunMirror

sys.path.append(str(Path(__file__).parents[1] / "chapters"))
from small_chapter import CHAPTER


def trained(folder: Path, mirror: RunMirror | None = None, **plan: Any) -> dict[str, Any]:
    """Train the small chapter in a folder."""
    with (
        mock.patch.object(runs, "find_chapter", lambda name: CHAPTER),
        mock.patch.object(environment, "commit", lambda root: "unknown"),
    ):
        settings = {"save_every": 4, "log_every": 2, "quiet": True} | plan
        return runs.run("small", "omega_10", "quick", 0, folder, mirror=mirror, **settings)
