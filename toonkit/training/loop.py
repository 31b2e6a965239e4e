"""One training loop for every recipe: seeded, resumable to the bit on CPU, stopped by a number that is not finite.

"To the bit" holds for one number of threads: two threads add in another order than one, and give other weights. So do
two processes: each sums the gradients of its half of a batch.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from toonkit.project.errors import TrainingError
from toonkit.training.prefetch import Prefetched
from toonkit.training.processes import Processes, launched, together
from toonkit.training.recipe import Recipe, Source
from toonkit.training.run_files import Plan, RunFiles
from toonkit.training.run_lock import claim
from toonkit.training.run_mirror import RunMirror
from toonkit.training.sharing import Sharing
from toonkit.training.stop_signals import stop_request


def train(
    recipe: Recipe, batches: Source, plan: Plan, run_dir: str | Path, mirror: RunMirror | None = None
) -> dict[str, Any]:
    """Train until `plan.steps`, from the checkpoint in `run_dir` if there is one. Returns what a record needs.

    Leaves checkpoint.safetensors, losses.jsonl and one weights file per released network in `run_dir`, which a `mirror`
    keeps at another address too, after every checkpoint. Where a launcher started several processes, each draws the
    same batches, computes for its share of their rows, and the first one alone has the folder. Raises TrainingError for
    a number that is not finite (the last good checkpoint stays), for a folder of another run, for one in which another
    process works, where another process of this run stopped, and for a recipe that several processes cannot share.
    Asked to stop (Ctrl-C, SIGTERM, a closed terminal) a run alone in its process saves the step that it is at and
    raises KeyboardInterrupt; a second time, at once.
    """
    processes = launched(plan.device)
    if plan.compile and processes.count > 1:
        raise TrainingError("compiled networks cannot be shared out over processes; leave compile out")
    plan, folder = replace(plan, device=processes.device), Path(run_dir)
    with ExitStack() as stack:
        stack.enter_context(together(processes))
        processes.decide(lambda: stack.enter_context(claim(folder)))
        if plan.workers:
            pin = torch.device(plan.device).type == "cuda"
            batches = stack.enter_context(Prefetched(batches, plan.workers, plan.steps, pin))
        return _train(recipe, batches, plan, RunFiles(recipe, plan, folder, processes.first, mirror), processes)


def _train(recipe: Recipe, batches: Source, plan: Plan, run: RunFiles, processes: Processes) -> dict[str, Any]:
    clock = time.perf_counter()
    prepare(recipe, plan)
    done = processes.decide(run.resume)
    if processes.count > 1:
        run.unpack(processes.tell(run.pack()))
    hidden = plan.quiet or not processes.first
    bar = tqdm(range(done, plan.steps), initial=done, total=plan.steps, disable=hidden, desc=recipe.name, mininterval=5)
    alone = processes.count == 1  # several would save different steps
    with Sharing(recipe, processes) as sharing, stop_request(insisting=True) if alone else nullcontext() as request:
        for number in bar:
            losses = step_once(recipe, batches, plan, number)
            sharing.check_used()
            if run.saves(number + 1):
                sharing.check_alike()
            run.after(number + 1, losses)
            bar.set_postfix({name: f"{value:.3f}" for name, value in losses.items()}, refresh=False)
            if request:
                run.stop(number + 1)
    digests = processes.decide(lambda: run.release(run.folder))
    seconds = time.perf_counter() - clock
    return run.about | {
        "device": plan.device,
        "threads": torch.get_num_threads(),
        "processes": processes.count,
        "seconds": seconds,
        "resumed_at": run.resumed_at,
        "weights": digests,
        "steps_per_second": (plan.steps - done) / seconds,
    }


def prepare(recipe: Recipe, plan: Plan) -> None:
    """Put the networks on the plan's device, ready to learn."""
    recipe.to(plan.device)
    for network in recipe.networks.values():
        network.train()  # not channels_last, which instance norm would copy to and fro
        if plan.compile:
            network.compile()


def step_once(recipe: Recipe, batches: Source, plan: Plan, number: int) -> dict[str, float]:
    """Step `number`, whose random numbers follow from (seed, number) alone. Returns losses as floats."""
    torch.manual_seed(plan.seed * 1_000_003 + number)
    batch = {name: tensor.to(plan.device, non_blocking=True) for name, tensor in batches(number).items()}
    with torch.autocast(torch.device(plan.device).type, torch.bfloat16, enabled=plan.precision == "bf16"):
        losses = {name: float(value.detach()) for name, value in recipe.step(batch, number / plan.steps).items()}
    bad = [name for name, value in losses.items() if value != value or abs(value) == float("inf")]
    if bad:
        raise TrainingError(
            f"step {number}: {', '.join(bad)} is not finite; the checkpoint stands; look at the batch or lower the rate"
        )
    return losses
