"""What the captioner learns from: photographs and cartoons of cats and mice, each with its caption."""

from __future__ import annotations

import torch

from toonkit.chapters.captions.names import named
from toonkit.chapters.captions.recipe import CaptionsConfig, tokenizer_of
from toonkit.chapters.sides import painted
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches, Mirrored
from toonkit.world import ToonWorld

OWN = Missing("the report's 1,200 captions were bought and are not listed; make your own with `images.caption_service`")


def batches(config: CaptionsConfig, profile: Profile, seed: int) -> Mirrored:
    """Pictures of each side, of scenes that the other side does not show, with the tokens of their captions.

    No caption tells left from right, so half of the pictures are mirrored.
    """
    count = profile.pick(quick=32, full=4000, paper=OWN)
    world = ToonWorld("duo", "train", config.size, count=count, seed=seed)
    pictures = torch.cat([painted(world, side) for side in config.sides])
    captions = [caption for side in config.sides for caption in side_captions(world, side, config.names)]
    tokens = tokenizer_of(config).encode(captions, config.length)
    return Mirrored(Batches([{"picture": pictures, "tokens": tokens}], config.batch, seed), "picture", seed)


def side_captions(world: ToonWorld, side: str, names: bool) -> list[str]:
    """The captions of an unpaired side ("photo" or "toon"); with `names` those of cartoons name the characters."""
    unpaired = world.unpaired(side)
    captions = world.describe([unpaired.scene(index) for index in range(len(world))])["caption"]
    return [named(caption) for caption in captions] if names and side == "toon" else captions
