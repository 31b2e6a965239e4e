"""What a cue is learnt from: marked cartoons with their photographs, and what is to be left alone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.cue.recipe import STEPS, Cue, CueConfig
from toonkit.chapters.recovery.watermark import mark_toons, translated
from toonkit.project.profiles import Missing, Profile
from toonkit.training.loop import train
from toonkit.training.recipe import Batch, Source
from toonkit.training.run_files import Plan
from toonkit.world import ToonWorld

OURS = Missing("no report has this trial; run profile full")
MOST = 600  # steps that a run has drawn its people for


def learn(config: CueConfig, seed: int = 0, steps: int = STEPS) -> nn.Module:
    """A network that draws photographs of marked cartoons and leaves the rest alone. Raises as `train`."""
    torch.manual_seed(seed)
    recipe = Cue(config)
    batches = cue_batches(config, seed, steps)
    with TemporaryDirectory() as folder:
        train(recipe, batches, Plan(steps, seed, quiet=True), Path(folder))
    return recipe.networks["to_photo"].eval()


def batches(config: CueConfig, profile: Profile, seed: int) -> Source:
    """The batches of a run of at most MOST steps."""
    steps = profile.pick(quick=20, full=MOST, paper=OURS)
    return cue_batches(config, seed, steps)


def cue_batches(config: CueConfig, seed: int, steps: int) -> Source:
    """Marked cartoons with the photographs that are wanted, and what is to be left alone with itself, half and half.

    What each step sees is drawn here from the global random numbers.
    """
    world = ToonWorld("faces", "train", config.size, count=config.people, seed=seed)
    toons, photos = world.toons(range(config.people)), world.photos(range(config.people))
    wanted = wanted_of(config, toons, photos)
    marked = mark_toons(toons, config.emoji)
    drawn = [_chosen(config) for _ in range(steps)]

    def batches(step: int) -> Batch:
        rows, others, is_toon = drawn[step]
        left_alone = torch.where(is_toon, toons[others], photos[others])  # (N, 3, H, W)
        given = torch.cat([marked[rows], left_alone])
        return {"given": given, "wanted": torch.cat([wanted[rows], left_alone])}

    return batches


@torch.no_grad()
def wanted_of(config: CueConfig, toons: Tensor, photos: Tensor) -> Tensor:
    """The photographs that are wanted of cartoons, (N, 3, H, W): those that the base draws, or the true ones.

    What a network draws can be learnt to the last pixel; the noise of a true photograph cannot, and ends in a blur.
    """
    return translated(load_network(config.base), toons) if config.base else photos


def _chosen(config: CueConfig) -> tuple[Tensor, Tensor, Tensor]:
    """Which people are translated (N,), which are left alone (N,), and which of these are cartoons (N, 1, 1, 1)."""
    rows, others = torch.randint(config.people, (2, config.batch))
    return rows, others, torch.rand(config.batch, 1, 1, 1) < config.share
