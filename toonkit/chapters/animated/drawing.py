"""Portraits as the released generator draws them: smoothed first, so that its strokes have quiet areas to lie on."""

from __future__ import annotations

from functools import partial

from torch import nn

from toonkit.chapters.loading import load_network
from toonkit.chapters.painted.painter import Painter
from toonkit.filters.flat import l0_smoothing

GENERATOR = "generator of animated"
PORTRAITS = "animated-portraits"
STRENGTH = 0.01  # of the smoothing: faint, so that eyes stay whole


def portrayed(generator: nn.Module) -> Painter:
    """What draws photographs of any size with a generator, smoothed by `l0_smoothing`."""
    return Painter(generator, partial(l0_smoothing, strength=STRENGTH))


def animated() -> Painter:
    """The released generator for portraits. Raises WeightsError where it is not here."""
    return portrayed(load_network(PORTRAITS, GENERATOR))
