"""Portraits as the generator for them draws: of their flat abstraction, whose lines it keeps and softens."""

from __future__ import annotations

from torch import nn

from toonkit.chapters.loading import load_network
from toonkit.chapters.painted.painter import Painter

GENERATOR = "generator of animated"
PORTRAITS = "animated-portraits"
STRENGTH = 0.01  # of the flat abstraction: faint, so that eyes stay whole


def portrayed(generator: nn.Module) -> Painter:
    """What draws photographs of any size with a generator, by way of their flat abstraction."""
    return Painter(generator, STRENGTH, beside=False)


def animated() -> Painter:
    """The released generator for portraits. Raises WeightsError where it is not here."""
    return portrayed(load_network(PORTRAITS, GENERATOR))
