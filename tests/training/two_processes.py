"""What two processes do in the tests: `python two_processes.py JOB FOLDER`, with rank and count in the environment."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from toonkit.losses.adversarial import discriminator_loss, generator_loss
from toonkit.networks.blocks import leaky_convolution, norm
from toonkit.project.errors import TrainingError
from toonkit.training.loop import train
from toonkit.training.pool import ImagePool
from toonkit.training.processes import launched, together
from toonkit.training.recipe import Recipe
from toonkit.training.run_files import Plan

STEPS = 6
BATCH = 4
PLAN = Plan(STEPS, seed=3, save_every=2, log_every=1, ema=0.9, quiet=True)


@dataclass(frozen=True)
class MixedConfig:
    dropout: float = 0.0
    scalar: bool = False


class Mean(torch.nn.Module):
    """A network of which there is one number for a whole batch."""

    def forward(self, x):
        return x.mean()


class Mixed(Recipe):
    """A GAN in float64 with all that could come apart: batch norm, spectral norm, a pool, noise, a loss no mean."""

    name = "mixed"
    released = ("generator",)

    def __init__(self, config: MixedConfig | None = None) -> None:
        torch.manual_seed(0)
        self.config = config or MixedConfig()
        last = Mean() if self.config.scalar else torch.nn.Conv2d(4, 3, 1)
        parts = [torch.nn.Conv2d(4, 4, 3, padding=1), norm("batch", 4), torch.nn.ReLU()]
        self.networks = {
            "generator": torch.nn.Sequential(*parts, torch.nn.Dropout(self.config.dropout), last).double(),
            "discriminator": torch.nn.Sequential(
                *leaky_convolution(3, 4, 3, 2, "spectral"), *leaky_convolution(4, 1, 3, 1, "batch")
            ).double(),
        }
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), 1e-2) for name, network in self.networks.items()
        }
        self.pools = {"fakes": ImagePool(3)}

    def terms(self, batch):
        photo, discriminator = batch["photo"], self.networks["discriminator"]
        noise = torch.randn(len(photo), 1, 8, 8, dtype=photo.dtype)
        fake = self.networks["generator"](torch.cat([photo, noise], 1))

        def told_apart():
            return discriminator_loss(discriminator(batch["toon"]), discriminator(self.pools["fakes"](fake)), soft=True)

        def relative():  # no mean over the batch
            return (fake - photo).abs().sum() / fake.square().sum()

        yield "discriminator", {"discriminator": told_apart}
        yield "generator", {"generator": lambda: generator_loss(discriminator(fake)), "relative": relative}

    def weights(self, progress):
        return {"discriminator": 1.0, "generator": 1.0, "relative": 0.5}


def batches(step: int, size: int = BATCH) -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(step)
    return {name: torch.rand((size, 3, 8, 8), generator=draw, dtype=torch.float64) for name in ("photo", "toon")}


class Killed(Exception):
    pass


def stopping(at: int) -> Callable[[int], dict[str, torch.Tensor]]:
    """The batches, and a kill at a step."""

    def found(step: int) -> dict[str, torch.Tensor]:
        if step == at:
            raise Killed
        return batches(step)

    return found


def stopped(at: int, folder: Path) -> None:
    """Train until a kill."""
    try:
        train(Mixed(), stopping(at), PLAN, folder)
    except Killed:
        return


def refusal(recipe: Recipe, source: Callable[[int], dict[str, torch.Tensor]], folder: Path) -> str:
    """What a run that is refused says."""
    try:
        train(recipe, source, PLAN, folder)
    except TrainingError as error:
        return str(error)
    return ""


def poisoned(step: int) -> dict[str, torch.Tensor]:
    """From step 3 one process has another batch than the others, with a number that is none."""
    batch = batches(step)
    return {name: value * float("nan") for name, value in batch.items()} if step == 3 and launched().rank else batch


def check_everything(folder: Path) -> None:
    """All that two processes have to show, in one go."""
    with together(launched()):
        train(Mixed(), batches, PLAN, folder / "two")
        stopped(3, folder / "begun by two")
        train(Mixed(), batches, PLAN, folder / "begun by one")
        said = {
            "dropout": refusal(Mixed(MixedConfig(dropout=0.5)), batches, folder / "dropout"),
            "scalar": refusal(Mixed(MixedConfig(scalar=True)), batches, folder / "scalar"),
            "odd": refusal(Mixed(), lambda step: batches(step, 3), folder / "odd"),
            "another": refusal(Mixed(MixedConfig(dropout=0.1)), batches, folder / "two"),
            "poisoned": refusal(Mixed(), poisoned, folder / "poisoned"),
        }
    (folder / f"said {launched().rank}.json").write_text(json.dumps(said))


def go_on_slowly(folder: Path) -> None:
    """Train until somebody is stopped."""

    def slow(step: int) -> dict[str, torch.Tensor]:
        (folder / f"step {launched().rank}").write_text(str(step))
        time.sleep(0.05)
        return batches(step)

    train(Mixed(), slow, Plan(100_000, save_every=2, quiet=True), folder / "run")


def begin(job: str, folder: Path) -> list[subprocess.Popen[str]]:
    """Two processes, as a launcher begins them."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    common = {**os.environ, "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return [
        subprocess.Popen(
            [sys.executable, __file__, job, str(folder)],
            env=common | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background job ignores
    torch.set_num_threads(1)
    {"everything": check_everything, "slowly": go_on_slowly}[sys.argv[1]](Path(sys.argv[2]))
