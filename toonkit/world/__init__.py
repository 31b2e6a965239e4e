"""ToonWorld: scenes of a few dozen numbers, each painted as a photograph and as a cartoon."""

from toonkit.world.dataset import FAMILIES, ToonWorld, Unpaired
from toonkit.world.scene import SPLITS
from toonkit.world.toon import STYLES

__all__ = ["FAMILIES", "SPLITS", "STYLES", "ToonWorld", "Unpaired"]
