"""The plan of a run, and its files: what is written after a step, and how a run is taken up again."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import safetensors.torch

from toonkit.networks.weights import apart, load_weights, save_weights
from toonkit.project.atomic import drop_partial_files, make_folder
from toonkit.project.errors import TrainingError, check_name
from toonkit.training import state
from toonkit.training.devices import PRECISIONS
from toonkit.training.ema import Average
from toonkit.training.losses_log import append_losses, cut_losses
from toonkit.training.progress import Progress, write_progress
from toonkit.training.recipe import Recipe
from toonkit.training.run_mirror import CHECKPOINT, RunMirror
from toonkit.training.snapshots import drop_later, snapshot_folder, snapshot_steps


@dataclass(frozen=True)
class Plan:
    """How a run goes: `steps` updates; a checkpoint every `save_every` and a line of losses every `log_every` steps."""

    steps: int
    seed: int = 0
    save_every: int = 500
    log_every: int = 50
    ema: float = 0.0  # decay of the weights' average, 0: none
    precision: str = "float32"  # or "bf16": autocast to bfloat16
    device: str = "cpu"
    snapshots: int = 0  # so many times in the run, evenly, what would be released is kept in snapshots/STEP
    compile: bool = False  # the networks through torch.compile, which wants a C++ compiler and pays on long runs
    workers: int = 0  # threads that draw the next batches while a step is computed
    quiet: bool = False
    tell: float = 3.0  # seconds between two words in progress.json on how far the run is

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise TrainingError(f"a run of {self.steps} steps learns nothing; ask for 1 or more")
        check_name("precision", self.precision, PRECISIONS)
        if self.workers < 0:
            raise TrainingError(f"{self.workers} workers cannot draw batches; ask for 0 or more")
        if self.snapshots < 0:
            raise TrainingError(f"{self.snapshots} snapshots cannot be kept; ask for 0 or more")


def describe(recipe: Recipe, plan: Plan) -> dict[str, Any]:
    """What makes a run the one it is, as JSON keeps it: a folder with another description holds another run."""
    about = {
        "recipe": recipe.name,
        "config": dataclasses.asdict(recipe.config),
        "seed": plan.seed,
        "steps": plan.steps,
        "ema": plan.ema,
        "precision": plan.precision,
        "compile": plan.compile,
    }
    return json.loads(json.dumps(about))


class RunFiles:
    """The files of one run: what is written after a step, and how they are taken up again.

    `writes` is False in the further processes of a run, which keep their averages and leave the files to the first.
    At a step first its line of losses is written, then its snapshot, then the checkpoint. A kill in between leaves the
    checkpoint before, and resuming from it drops and makes again whatever is later.
    """

    def __init__(
        self, recipe: Recipe, plan: Plan, folder: Path, writes: bool = True, mirror: RunMirror | None = None
    ) -> None:
        self.recipe, self.plan, self.folder, self.writes, self.mirror = recipe, plan, folder, writes, mirror
        self.about = describe(recipe, plan)
        self.averages = {name: Average(recipe.networks[name], plan.ema) for name in recipe.released if plan.ema}
        self.resumed_at: list[int] = []
        self.began = self.told = time.monotonic()  # when this process began, and last told how far it is

    def resume(self) -> int:
        """Take up the checkpoint, if there is one; return how many steps are done."""
        path, done = self.folder / CHECKPOINT, 0
        if path.exists():
            tensors, found = load_weights(path)
            refuse_another_run(self.folder, self.about, found.get("about", {}))
            state.restore(self.recipe, self.averages, tensors)
            done = found["step"]
            self.resumed_at = [*found["resumed_at"], done]
        drop_partial_files(self.folder, TrainingError)
        cut_losses(self.folder, done)
        drop_later(self.folder, done)
        return done

    def saves(self, step: int) -> bool:
        """Whether a checkpoint is written after a step, counted from 1."""
        return step % self.plan.save_every == 0 or step == self.plan.steps

    def pack(self) -> bytes:
        """The whole state, for the further processes of this run."""
        return safetensors.torch.save(apart(state.flatten(self.recipe, self.averages)))

    def unpack(self, content: bytes) -> None:
        """Take up a state that `pack` made."""
        state.restore(self.recipe, self.averages, safetensors.torch.load(content))

    def after(self, step: int, losses: dict[str, float]) -> None:
        """Write what belongs to a step that has been made, counted from 1."""
        plan, last = self.plan, step == self.plan.steps
        for name, average in self.averages.items():
            average.update(self.recipe.networks[name], step - 1)
        snapshot = step in snapshot_steps(plan.steps, plan.snapshots)
        save = self.saves(step)
        if save or snapshot:
            self._check_finite(step)
        if not self.writes:
            return
        if step % plan.log_every == 0 or last:
            append_losses(self.folder, step, losses)
        if snapshot:
            self.release(snapshot_folder(self.folder, step), step=step)
        if save:
            self._save(step)
        if last or time.monotonic() - self.told > plan.tell:
            self._tell(step, losses)

    def stop(self, step: int) -> NoReturn:
        """Write a checkpoint after a step, counted from 1, and raise KeyboardInterrupt."""
        if not self.saves(step):
            self._check_finite(step)
            self._save(step)
        raise KeyboardInterrupt(f"stopped after step {step} of {self.plan.steps}; the same command goes on from there")

    def release(self, folder: Path, **facts: int) -> dict[str, str]:
        """Write the released networks (their averages if kept) into a folder, made if needed; return their digests."""
        make_folder(folder, TrainingError)
        digests = {}
        for name in self.recipe.released:
            average = self.averages.get(name)
            weights = average.state if average else self.recipe.networks[name].state_dict()
            about = self.about | {"network": name} | facts
            digests[name] = save_weights(folder / f"{name}.safetensors", weights, about)
        return digests

    def _tell(self, step: int, losses: dict[str, float]) -> None:
        """Say how far the run is, for whoever watches it."""
        self.told = time.monotonic()
        begun = self.resumed_at[-1] if self.resumed_at else 0
        write_progress(self.folder, Progress(step, self.plan.steps, begun, self.told - self.began, losses))

    def _save(self, step: int) -> None:
        tensors = state.flatten(self.recipe, self.averages)
        about = {"about": self.about, "step": step, "resumed_at": self.resumed_at}
        save_weights(self.folder / CHECKPOINT, tensors, about)
        if self.mirror:
            self.mirror.push(self.folder, step)

    def _check_finite(self, step: int) -> None:
        """Raise TrainingError where any number of the state is not finite: such a state is never written."""
        tensors = state.flatten(self.recipe, self.averages)
        bad = [name for name, value in tensors.items() if value.is_floating_point() and not value.isfinite().all()]
        if bad:
            raise TrainingError(
                f"after step {step} {len(bad)} tensors are not finite, {bad[0]} among them; the checkpoint before "
                "stands; look at the batch or lower the rate"
            )


def refuse_another_run(folder: Path, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Raise TrainingError, naming what differs, where a folder's description of its run is not `mine`."""
    differ = [key for key in mine if theirs.get(key) != mine[key]]
    if "config" in differ and isinstance(theirs.get("config"), dict):
        pairs = mine["config"], theirs["config"]
        fields = [name for name in pairs[0].keys() | pairs[1].keys() if pairs[0].get(name) != pairs[1].get(name)]
        differ[differ.index("config")] = f"config ({', '.join(sorted(fields))})"
    if differ:
        options = {
            "precision": f"with --precision {theirs.get('precision')}",
            "compile": f"{'with' if theirs.get('compile') else 'without'} --compile",
        }
        goes_on = f"go on {' and '.join(options[key] for key in differ if key in options)}"
        advice = goes_on if set(differ) <= set(options) else "choose another folder or delete it"
        raise TrainingError(f"{folder} holds another run: its {', '.join(differ)} differ; {advice}")
