"""Snapshots of a run: what would be released at certain steps, each in a folder named after its step."""

from __future__ import annotations

import shutil
from pathlib import Path

from torch import Tensor

from toonkit.networks.weights import load_weights
from toonkit.project.atomic import explain
from toonkit.project.errors import TrainingError

SNAPSHOTS = "snapshots"


def snapshot_steps(steps: int, count: int) -> list[int]:
    """The steps, counted from 1, at which a run of `steps` takes `count` snapshots (more where it does not divide)."""
    every = max(1, steps // count) if count else steps + 1
    return list(range(every, steps + 1, every))


def snapshot_folder(run_dir: Path, step: int) -> Path:
    """Where the snapshot of a step is."""
    return run_dir / SNAPSHOTS / f"{step:07d}"


def read_snapshot(run_dir: Path, step: int, network: str) -> dict[str, Tensor]:
    """The tensors of a network at a step.

    Raises WeightsError for a damaged file, TrainingError where it is absent or of another step.
    """
    path = snapshot_folder(run_dir, step) / f"{network}.safetensors"
    if not path.is_file():
        raise TrainingError(f"{path} is gone, which the run's measures by epoch need; delete {run_dir} and train again")
    tensors, about = load_weights(path)
    if about.get("step", step) != step:
        raise TrainingError(f"{path} is of step {about['step']}, not {step}; delete {run_dir} and train again")
    return tensors


def check_planned(run_dir: Path, planned: list[int]) -> None:
    """Raise TrainingError where snapshots lie beside the planned ones: the run was another one, or was tampered with.

    What is no folder named by a number (.DS_Store, .ipynb_checkpoints) is no snapshot.
    """
    there = {int(path.name) for path in _numbered(run_dir)}
    if more := sorted(there - set(planned)):
        raise TrainingError(f"{run_dir} has snapshots of steps {more} that its plan has not; delete it and train again")


def drop_later(run_dir: Path, step: int) -> None:
    """Remove the snapshots after a step, from which a run goes on and makes them again.

    Raises TrainingError where the system refuses.
    """
    for path in _numbered(run_dir):
        if int(path.name) > step:
            try:
                shutil.rmtree(path)
            except OSError as error:
                raise TrainingError(f"could not remove {path}: {explain(error)}; remove it and go on") from error


def _numbered(run_dir: Path) -> list[Path]:
    """The folders, no links to folders, that are named by a number."""
    folder = run_dir / SNAPSHOTS
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in there if path.name.isdecimal() and path.is_dir() and not path.is_symlink()]
