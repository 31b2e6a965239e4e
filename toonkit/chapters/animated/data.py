"""What animated variants learn from: photographs, cartoons of others, and these with their edges smoothed."""

from __future__ import annotations

from toonkit.chapters.animated.recipe import AnimatedConfig
from toonkit.chapters.sides import painted, with_smooth_edges
from toonkit.project.profiles import Missing, Profile
from toonkit.training.batches import Batches
from toonkit.world import ToonWorld

OWN = Missing("the report's 6,000 pictures of Danbooru2017 are not listed; run profile full")


def people(config: AnimatedConfig, profile: Profile, seed: int, style: str = "ink") -> Batches:
    """People of ToonWorld; the third set, of smoothed cartoons, is made once."""
    count = profile.pick(quick=32, full=1200, paper=OWN)
    world = ToonWorld("faces", "train", config.size, style, count, seed)
    groups = [{"photo": painted(world, "photo")}, with_smooth_edges(painted(world, "toon"))]
    return Batches(groups, config.batch, seed)
