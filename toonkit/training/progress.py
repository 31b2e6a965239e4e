"""How far a run is, in one small file that the training loop writes and whoever watches it reads."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toonkit.project.atomic import write_atomically
from toonkit.project.errors import TrainingError

PROGRESS = "progress.json"


@dataclass(frozen=True)
class Progress:
    """`step` of `steps` are done; the process that does them began at `started_step`, `seconds` ago."""

    step: int
    steps: int
    started_step: int = 0
    seconds: float = 0.0
    losses: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at this process's pace, None before its first step."""
        done = self.step - self.started_step
        return (self.steps - self.step) * self.seconds / done if done > 0 else None


def write_progress(folder: Path, progress: Progress) -> None:
    """Write `folder`/progress.json whole or not at all. Raises TrainingError where the system refuses."""
    content = json.dumps(dataclasses.asdict(progress)).encode()
    write_atomically(folder / PROGRESS, content, overwrite=True, kind=TrainingError)


def read_progress(folder: Path) -> Progress | None:
    """What `folder`/progress.json says; None, for a watcher can do without it, where it is absent, torn or odd."""
    try:
        found = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
        return Progress(
            step=int(found["step"]),
            steps=int(found["steps"]),
            started_step=int(found["started_step"]),
            seconds=float(found["seconds"]),
            losses={str(name): float(value) for name, value in found["losses"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
