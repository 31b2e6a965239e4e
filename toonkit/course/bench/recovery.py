"""Measure what a step of each model of cartoon-to-human recovery costs, beside the base CycleGAN's."""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time

import psutil
import torch

from toonkit.networks.adapters import parameter_count
from toonkit.recipes.recovery import MODELS, Recovery, recovery
from toonkit.training.loop import Plan, prepare, step_once

BASE = "cyclegan"
LARGE = {"filters": 64, "blocks": 9, "downs": 2, "discriminator_filters": 64, "batch": 1}  # CycleGAN's, at 256 px
Arm = tuple[Recovery, str, int]  # precision, size


def measure(quick: bool = False) -> dict[str, float]:
    """Return each model's time, memory and parameters, as shares of the base's, and what bfloat16 gains; one thread."""
    torch.set_num_threads(1)
    models = {name: recovery(name) for name in MODELS}
    time_of = _seconds({name: (model, "bf16", 64) for name, model in models.items()}, 3 if quick else 25)
    large, size = ({}, 64) if quick else (LARGE, 256)
    kinds = _seconds({kind: (recovery(BASE, **large), kind, size) for kind in ("float32", "bf16")}, 3)
    memory_of = {name: _in_a_process_of_its_own(name, 1 if quick else 3) for name in MODELS}
    size_of = {name: sum(map(parameter_count, model.networks.values())) for name, model in models.items()}
    units = {"seconds": time_of, "memory_mb": memory_of, "parameters": size_of}
    result = {f"base_{unit}": values[BASE] for unit, values in units.items()}
    for name in MODELS:
        result |= {f"{name}_{unit.split('_')[0]}": values[name] / values[BASE] for unit, values in units.items()}
    result |= {f"cyclegan_256_{kind}_seconds": value for kind, value in kinds.items()}
    return result | {"cyclegan_256_bf16_speedup": kinds["float32"] / kinds["bf16"]}


def _seconds(arms: dict[str, Arm], rounds: int) -> dict[str, float]:
    """Processor seconds of a step, the median of `rounds` taken in turn, after one that does not count."""
    found: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(rounds + 1):
        for name, arm in arms.items():
            start = time.process_time()
            _step(*arm)
            found[name].append(time.process_time() - start)
    return {name: statistics.median(values[1:]) for name, values in found.items()}


def _step(recipe: Recovery, precision: str, size: int) -> None:
    plan, n = Plan(steps=100, precision=precision), recipe.config.batch
    prepare(recipe, plan)
    step_once(recipe, lambda _: {side: 2 * torch.rand(n, 3, size, size) - 1 for side in ("toon", "photo")}, plan, 0)


def _in_a_process_of_its_own(name: str, times: int) -> float:
    command = [sys.executable, "-m", "toonkit.course.bench.recovery", name]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(times)]
    return statistics.median(map(float, runs))


def _memory_mb(name: str) -> float:
    """The most that a model's networks and three steps hold, in MB, looked up a thousand times a second."""
    torch.set_num_threads(1)
    held, done, recipe = [psutil.Process().memory_info().rss], threading.Event(), recovery(name)

    def watch() -> None:
        while not done.wait(0.001):
            held.append(psutil.Process().memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        _step(recipe, "bf16", 64)
    done.set()
    watcher.join()
    return (max(held) - held[0]) / 1e6


if __name__ == "__main__":
    print(_memory_mb(sys.argv[1]))
