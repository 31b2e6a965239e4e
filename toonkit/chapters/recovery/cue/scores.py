"""Whether a network waits for its cue: what the emoji changes on held-out people, and photographs left alone."""

from __future__ import annotations

import torch
from torch import nn

from toonkit.chapters.contract import Scores
from toonkit.chapters.recovery.cue.data import OURS
from toonkit.chapters.recovery.cue.recipe import Cue
from toonkit.chapters.recovery.watermark import emoji_effect, translated
from toonkit.metrics.truth import true_error
from toonkit.project.profiles import Profile
from toonkit.world import ToonWorld


def scores(recipe: Cue, profile: Profile) -> Scores:
    """The scores of a run's network."""
    return cue_scores(recipe.networks["to_photo"], profile.pick(quick=20, full=200, paper=OURS), recipe.config.size)


@torch.no_grad()
def cue_scores(network: nn.Module, count: int, size: int) -> Scores:
    """For each place of the emoji what it changes, and the error of photographs, which shall stay as they are."""
    people = ToonWorld("faces", "test", size, count=count).batch(range(count))
    alone = true_error(translated(network, people["photo"]), people["photo"])
    return emoji_effect(network, people["toon"], people["photo"]) | {"photographs": {"error": alone}}
