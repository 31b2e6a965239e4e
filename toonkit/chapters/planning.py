"""What a run of a variant would take on GPUs that are not here, from a short measurement on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from toonkit.chapters.changes import changed, sized
from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import find_chapter
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.project.profiles import Profile
from toonkit.training.estimates import Estimate, Gpu, Step, estimate
from toonkit.training.loop import prepare, step_once
from toonkit.training.processes import Processes
from toonkit.training.recipe import Recipe, Source
from toonkit.training.run_files import Plan
from toonkit.training.sharing import Sharing

LATE = 0.6  # of a run: by then every phase of a recipe has begun, and all its networks learn
TIMED = 2  # steps


@dataclass(frozen=True)
class Listening(Processes):
    """One process that counts what it would tell others."""

    told: list[int] = field(default_factory=list)  # bytes

    def gather(self, rows: Tensor) -> Tensor:
        self.told.append(rows.nbytes)
        return rows.clone()

    def mean(self, tensor: Tensor) -> Tensor:
        return tensor


class CountOperations(TorchDispatchMode):
    """Counts the tensor operations inside the `with`, backward passes too; a view is none."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += not func.is_view
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True)
class Planned:
    """The estimates of a run, and why it is not estimated for some numbers of GPUs."""

    name: str
    steps: int
    step: Step
    estimates: list[Estimate]
    refused: dict[int, str]


def plan_run(
    chapter: str,
    variant: str | None,
    profile: str,
    gpus: Sequence[int],
    gpu: Gpu,
    price: float | None = None,
    steps: int | None = None,
    size: int | None = None,
    changes: Mapping[str, str] | None = None,
) -> Planned:
    """Measure one step of a variant here and estimate its run under a profile on each of these numbers of GPUs.

    `steps` takes the place of the profile's, `size` and `changes` that of fields of the configuration. The measurement
    is made with the profile's networks on the data of the quick profile. Raises ToonkitError where the profile does not
    say how many steps, and as `runs.run` does.
    """
    found = find_chapter(chapter)
    name, row = found.variant(variant)
    config = changed(sized(row.configured(Profile(profile)), size), changes or {})
    settings = {"quick": row.quick_steps, "full": row.full_steps, "paper": row.paper_steps}
    count = steps or Profile(profile).pick(**settings)
    step, unshared = measure_step(found, config)
    estimates, refused = [], {}
    for number in gpus:
        try:
            if number > 1 and unshared:
                raise ToonkitError(unshared)
            estimates.append(estimate(step, gpu, count, number, price))
        except ToonkitError as error:
            refused[number] = str(error)
    return Planned(f"{chapter} {name}", count, step, estimates, refused)


def measure_step(chapter: Chapter, config: Any) -> tuple[Step, str]:
    """What a step of a configuration does, and why several processes cannot share it ("": they can)."""
    torch.manual_seed(0)
    recipe = chapter.recipe(config)
    batch = chapter.data(config, Profile("quick"), 0)(0)
    steps = 100
    late, plan = round(LATE * steps), Plan(steps, quiet=True)
    prepare(recipe, plan)
    seconds = _seconds(recipe, lambda _: batch, plan, late)
    flops, activations, operations = _counted(recipe, lambda _: batch, plan, late)
    exchanged, unshared = _exchanged(recipe, lambda _: batch, plan, late)
    weights = {id(w): w.nbytes for one in recipe.optimisers.values() for g in one.param_groups for w in g["params"]}
    everything = {id(w): w.nbytes for module in _modules(recipe) for w in module.state_dict(keep_vars=True).values()}
    step = Step(
        batch=len(next(iter(batch.values()))),
        seconds=seconds,
        flops=flops,
        weights=sum(weights.values()),
        frozen=sum(size for name, size in everything.items() if name not in weights),
        activations=activations,
        exchanged=exchanged,
        operations=operations,
    )
    return step, unshared


def _seconds(recipe: Recipe, batches: Source, plan: Plan, number: int) -> float:
    """Seconds of a step, the least of a few after one that is not counted."""
    taken = []
    for _ in range(TIMED + 1):
        begun = time.perf_counter()
        step_once(recipe, batches, plan, number)
        taken.append(time.perf_counter() - begun)
    return min(taken[1:])


def _counted(recipe: Recipe, batches: Source, plan: Plan, number: int) -> tuple[float, int, int]:
    """Floating-point operations of a step, bytes of all that it keeps for its backward passes, tensor operations."""
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    weights = {w.untyped_storage().data_ptr() for module in _modules(recipe) for w in module.state_dict().values()}
    saving = torch.autograd.graph.saved_tensors_hooks(keep, lambda found: found)
    with FlopCounterMode(display=False) as counter, saving, CountOperations() as operations:
        step_once(recipe, batches, plan, number)
    activations = sum(size for place, size in kept.items() if place not in weights)
    return counter.get_total_flops(), activations, operations.count


def _exchanged(recipe: Recipe, batches: Source, plan: Plan, number: int) -> tuple[int, str]:
    """Bytes that processes that share a step would gather; and why they cannot share it."""
    listening = Listening()
    with Sharing(recipe, listening) as sharing:
        sharing.share_out()
        try:
            step_once(recipe, batches, plan, number)
            sharing.check_used()
        except TrainingError as error:
            return 0, str(error)
    return sum(listening.told), ""


def _modules(recipe: Recipe) -> list[nn.Module]:
    return [*recipe.networks.values(), *recipe.frozen]
