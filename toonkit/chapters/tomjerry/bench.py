"""Fast sampling: the quality of three samplers against their steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from toonkit.chapters.contract import entries_of
from toonkit.chapters.latents.data import OWN
from toonkit.chapters.latents.denoiser import STEPS
from toonkit.chapters.latents.networks import FACTOR
from toonkit.chapters.latents.sampling import SAMPLERS, sample_classes
from toonkit.chapters.latents.scores import against, class_right
from toonkit.chapters.tomjerry.scores import held_out
from toonkit.chapters.tomjerry.translating import base_autoencoder, base_denoiser
from toonkit.metrics.scores import exact
from toonkit.networks.features import features, load_toonnet
from toonkit.networks.toonnet import READS_AT
from toonkit.project.profiles import Profile
from toonkit.project.threads import threads
from toonkit.training.batches import chunks

COUNTS = {"ddpm": (20, 100, STEPS), "ddim": (5, 10, 20, 50, 100), "dpm_solver": (5, 10, 20)}
PART = 50  # pictures at once
FID = "FID[toonnet]"


def measure(quick: bool = False) -> dict[str, Any]:
    """Samplers by steps: FID, KID, class right, seconds a picture; on one thread.

    They draw without guidance, and few pictures: a thousand steps take long.
    """
    profile = Profile("quick" if quick else "full")
    counts = profile.pick(quick={"ddim": (2,)}, full=COUNTS, paper=OWN)
    with threads(1):
        few = held_out(profile.pick(quick=10, full=50, paper=OWN), READS_AT)
        return {"samplers": entries_of(samplers(few, counts))}


def samplers(truth: dict[str, Tensor], counts: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """Each sampler of the class-conditional model with each number of steps, from the same noise."""
    autoencoder, denoiser = base_autoencoder(), base_denoiser()
    side = READS_AT // FACTOR
    out: dict[str, Any] = {}
    for name in SAMPLERS:
        for steps in counts.get(name, ()):
            started = time.process_time()
            drawn = in_parts(
                truth["label"],
                lambda labels, seed, name=name, steps=steps: autoencoder.decode(
                    sample_classes(denoiser, labels, side, seed, 1.0, steps, name)
                ),
            )
            seconds = (time.process_time() - started) / len(drawn)
            out.setdefault(name, {})[f"{steps} steps"] = {
                **against(drawn, truth["others"], features("toonnet")),
                "class right": class_right(load_toonnet(), drawn, truth["label"]),
                "seconds a picture": exact("seconds a picture", seconds),
            }
    return out


def above_all_steps(samplers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[int, float]]:
    """By what share the FID of each sampler lies above that of DDPM with all T steps, by its number of steps.

    `samplers` is that part of the record. Raises KeyError where the record has no DDPM of T steps.
    """
    slowest = samplers["ddpm"][f"{STEPS} steps"][FID]["value"]
    return {
        name: {int(steps.split()[0]): entry[FID]["value"] / slowest - 1 for steps, entry in by_steps.items()}
        for name, by_steps in samplers.items()
    }


@torch.no_grad()
def in_parts(rows: Tensor, draw: Callable[[Tensor, int], Tensor]) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1], drawn PART of the rows (N,) at a time, each part with a seed of its own."""
    parts = [draw(rows[part.start : part.stop], number) for number, part in enumerate(chunks(len(rows), PART))]
    return torch.cat(parts).clamp(-1, 1)
