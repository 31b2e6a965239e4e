"""What toonnet learns from: every family of ToonWorld as photograph and in every style, labelled."""

from __future__ import annotations

from functools import lru_cache

from torch import Tensor

from toonkit.chapters.labelled import examples
from toonkit.chapters.toonnet.recipe import ToonNetConfig
from toonkit.networks.labels import Labels
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches

OURS = Missing("no report trains toonnet; its `full` networks are released")
QUICK_BATCH = 16  # a quick run has few pictures


def batches(config: ToonNetConfig, profile: Profile, seed: int) -> Batches:
    """Batches of labelled pictures; a quick run's are smaller."""
    pictures = profile.pick(quick=16, full=1000, paper=OURS)
    size = profile.pick(quick=min(QUICK_BATCH, config.batch), full=config.batch, paper=OURS)
    return Batches([_stored("train", pictures, config.labels, config.size, seed)], size, seed)


@lru_cache(maxsize=1)
def _stored(split: str, per_side: int, labels: Labels, size: int, seed: int) -> dict[str, Tensor]:
    return examples(split, per_side, labels, size, seed)
