"""Measure when an emoji in every cartoon becomes the cue to translate: where nothing else tells what is to be left."""

from __future__ import annotations

from typing import Any

from torch import nn

from toonkit.chapters.recovery.cue.data import learn
from toonkit.chapters.recovery.cue.recipe import STEPS, CueConfig
from toonkit.chapters.recovery.cue.scores import cue_scores
from toonkit.chapters.release import means
from toonkit.project.records import measured
from toonkit.project.threads import threads

SHARES = (0.0, 0.1, 0.25, 0.5)
LONGER = 5  # times STEPS: how long a cue in any of four corners takes
ARMS = (
    *(("corner", share, 1) for share in SHARES),
    ("anywhere", 0.5, 1),
    ("none", 0.5, 1),
    ("anywhere", 0.5, LONGER),
)


def measure(quick: bool = False) -> dict[str, Any]:
    """For each training what `emoji_effect` finds on held-out people, and the error of photographs left alone."""
    seeds, steps, count = (2, 10, 20) if quick else (3, STEPS, 200)
    result: dict[str, Any] = {"steps": steps}
    with threads(1):
        for emoji, share, times in ARMS:
            config = CueConfig(share, emoji)
            networks = [learn(config, seed, steps * times) for seed in range(seeds)]
            result[arm_name(emoji, share, times)] = means(
                [_scored(network, count, config.size) for network in networks]
            )
    return result


def arm_name(emoji: str, share: float, times: int = 1) -> str:
    """How a record names a training."""
    longer = " longer" if times > 1 else ""
    return f"trained {emoji}{longer}, {share:.0%} drawn"


def _scored(network: nn.Module, count: int, size: int) -> dict[str, Any]:
    found = cue_scores(network, count, size)
    return {
        place: {measure: measured([score.value]) for measure, score in scores.items()}
        for place, scores in found.items()
    }
