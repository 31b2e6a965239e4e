"""A run that is broken off and taken up again, beside one that goes through."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from toonkit.training.loop import train
from toonkit.training.recipe import Batch, Recipe
from toonkit.training.run_files import Plan


def whole_and_resumed(
    make: Callable[[], Recipe], batch: Callable[[int], Batch], tmp_path: Path, steps: int = 7, stop: int = 4
) -> list[bytes]:
    """The bytes of the first released network of a run that goes through, and of one that is broken off at `stop`."""

    def stopping(step: int) -> Batch:
        if step == stop:
            raise KeyboardInterrupt
        return batch(step)

    plan = Plan(steps=steps, seed=3, ema=0.9, save_every=2, quiet=True)
    files = []
    for folder, sources in (("whole", (batch,)), ("cut", (stopping, batch))):
        for source in sources:
            torch.manual_seed(3)
            recipe = make()
            try:
                train(recipe, source, plan, tmp_path / folder)
            except KeyboardInterrupt:
                continue
        files.append((tmp_path / folder / f"{recipe.released[0]}.safetensors").read_bytes())
    return files
