"""Measure what a step of each model of cartoon-to-human recovery costs, beside the base CycleGAN's."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from typing import Any

import psutil
import torch

from toonkit.chapters.recovery.recipe import MODELS, Recovery, RecoveryConfig, recovery
from toonkit.networks.adapters import parameter_count
from toonkit.project.threads import threads
from toonkit.training.loop import prepare, step_once
from toonkit.training.run_files import Plan

BASE = "cyclegan"
LARGE = {"filters": 64, "blocks": 9, "downs": 2, "discriminator_filters": 64, "batch": 1}  # CycleGAN's, at 256 px
Arm = tuple[Recovery, str, int]  # recipe, precision, size


def measure(quick: bool = False) -> dict[str, Any]:
    """Each model's time, memory and parameters, as shares of the base's, and what bfloat16 gains; on one thread."""
    with threads(1):
        models = {name: recovery(name) for name in MODELS}
        seconds = _seconds(
            {name: (model, "bf16", RecoveryConfig.size) for name, model in models.items()}, 3 if quick else 25
        )
        memory = {name: _in_a_process_of_its_own(name, 1 if quick else 3) for name in MODELS}
        parameters = {name: sum(map(parameter_count, model.networks.values())) for name, model in models.items()}
        units = {"seconds": seconds, "memory_mb": memory, "parameters": parameters}
        return {
            "base": {unit: values[BASE] for unit, values in units.items()},
            "shares of the base": {
                name: {unit: values[name] / values[BASE] for unit, values in units.items()} for name in MODELS
            },
            "cyclegan at 256 px": _precisions(quick),
        }


def _precisions(quick: bool) -> dict[str, float]:
    """Seconds of a step of CycleGAN's own size in both precisions."""
    large, size = ({}, 64) if quick else (LARGE, 256)
    seconds = _seconds({kind: (recovery(BASE, **large), kind, size) for kind in ("float32", "bf16")}, 3)
    named = {f"{kind} seconds": value for kind, value in seconds.items()}
    return named | {"bf16 speedup": seconds["float32"] / seconds["bf16"]}


def _seconds(arms: dict[str, Arm], rounds: int) -> dict[str, float]:
    """Processor seconds of a step, the median of `rounds` taken in turn, after one that does not count."""
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds + 1):
        for name, arm in arms.items():
            start = time.process_time()
            _step(*arm)
            times[name].append(time.process_time() - start)
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def _step(recipe: Recovery, precision: str, size: int) -> None:
    plan, n = Plan(steps=100, precision=precision), recipe.config.batch
    prepare(recipe, plan)
    step_once(recipe, lambda _: {side: 2 * torch.rand(n, 3, size, size) - 1 for side in ("toon", "photo")}, plan, 0)


def _in_a_process_of_its_own(name: str, times: int) -> float:
    command = [sys.executable, "-m", "toonkit.chapters.recovery.bench", name]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(times)]
    return statistics.median(map(float, runs))


def _memory_mb(name: str) -> float:
    """The most that a model's networks and three steps hold, in MB, looked up a thousand times a second."""
    recipe, done = recovery(name), threading.Event()
    resident = [psutil.Process().memory_info().rss]

    def watch() -> None:
        while not done.wait(0.001):
            resident.append(psutil.Process().memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        _step(recipe, "bf16", RecoveryConfig.size)
    done.set()
    watcher.join()
    return (max(resident) - resident[0]) / 1e6


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(_memory_mb(sys.argv[1]))
