"""The released model by how it is sampled: steps, solver and guidance, each against the true photographs."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from toonkit.chapters.contract import entries_of
from toonkit.chapters.latents.data import OWN
from toonkit.chapters.tomjerry.scores import held_out, photograph_scores
from toonkit.chapters.tomjerry.translating import GUIDANCE, SAMPLING, photographs, released_model
from toonkit.metrics.scores import exact
from toonkit.networks.toonnet import READS_AT
from toonkit.project.profiles import Profile
from toonkit.project.threads import threads

SETTINGS = {  # words -> solver, steps and guidance; the second is what `toonify --method tomjerry` takes
    f"DDIM, {SAMPLING} steps, guidance 1": ("ddim", SAMPLING, 1.0),
    f"DDIM, {SAMPLING} steps, guidance {GUIDANCE:g}": ("ddim", SAMPLING, GUIDANCE),
    f"DDIM, {SAMPLING} steps, guidance 4": ("ddim", SAMPLING, 4.0),
    **{f"DDIM, {steps} steps, guidance {GUIDANCE:g}": ("ddim", steps, GUIDANCE) for steps in (2, 5, 10, 50)},
    f"DPM-Solver, 10 steps, guidance {GUIDANCE:g}": ("dpm_solver", 10, GUIDANCE),
}


def rows() -> tuple[str, ...]:
    """What can be measured alone."""
    return tuple(SETTINGS)


def measure(quick: bool = False, only: Collection[str] = ()) -> dict[str, Any]:
    """Each setting, or each in `only`, by the measures of tables 1 and 2, and seconds a picture; on one thread.

    The cartoons and the noise are the same for all. Raises WeightsError where a released network is not here.
    """
    profile = Profile("quick" if quick else "full")
    with threads(1):
        truth = held_out(profile.pick(quick=10, full=50, paper=OWN), READS_AT)
        model, autoencoder = released_model()
        found = {}
        for words in only or rows():
            solver, steps, guidance = SETTINGS[words]
            started = time.process_time()
            drawn = photographs(
                model, autoencoder, truth["toon"], truth["label"], guidance=guidance, steps=steps, sampler=solver
            )
            seconds = (time.process_time() - started) / len(drawn)
            found[words] = photograph_scores(drawn, truth)["all"] | {
                "seconds a picture": exact("seconds a picture", seconds)
            }
        return entries_of(found)
