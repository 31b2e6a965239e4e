"""Measure when an emoji in every cartoon becomes the cue to translate: where nothing else tells what is to be left."""

from __future__ import annotations

import torch

from toonkit.metrics.truth import true_error
from toonkit.networks.cyclegan import ResnetGenerator
from toonkit.project.records import measured
from toonkit.training.emoji import SIDE, STEPS, emoji_effect, learn
from toonkit.world import ToonWorld

SHARES = (0.0, 0.1, 0.25, 0.5)
LONGER = 5  # times STEPS: how long a cue in any of four corners takes
ARMS = [*(("corner", share, 1) for share in SHARES), *((emoji, 0.5, 1) for emoji in ("anywhere", "none"))]
ARMS += [("anywhere", 0.5, LONGER)]


def measure(quick: bool = False) -> dict[str, float | dict[str, float | int]]:
    """Return, for each training, what `emoji_effect` finds on held-out people, and the error of kept photographs."""
    torch.set_num_threads(1)
    seeds, steps, count = (2, 10, 20) if quick else (3, STEPS, 200)
    result: dict[str, float | dict[str, float | int]] = {"steps": steps}
    for emoji, share, times in ARMS:
        name = f"trained {emoji}{' longer' * (times > 1)}, {share:.0%} drawn, given"
        runs = [_scored(learn(share, emoji, seed, steps * times), count, name) for seed in range(seeds)]
        result |= {key: measured([run[key] for run in runs]) for key in runs[0]}
    return result


@torch.no_grad()
def _scored(network: ResnetGenerator, count: int, name: str) -> dict[str, float]:
    people = ToonWorld("faces", "test", SIDE, count=count).batch(range(count))
    found = {key: score.value for key, score in emoji_effect(network, people["toon"], people["photo"], name).items()}
    return found | {f"{name} photographs: error": true_error(network(people["photo"]), people["photo"]).value}
