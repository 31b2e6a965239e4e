"""Every released translation of ToonWorld's scenes, of all chapters, beside the classical filter."""

from __future__ import annotations

from toonkit.chapters.contract import System
from toonkit.chapters.drawing_choice import CLASSICAL
from toonkit.chapters.index import all_chapters
from toonkit.filters import abstraction
from toonkit.networks.weights import load_weights, released
from toonkit.world import FAMILIES


def systems() -> dict[str, System]:
    """All systems by name: the classical filter for each family, then those of the chapters."""
    filters = {
        CLASSICAL if family == "faces" else f"{CLASSICAL}, {family}": System((), lambda: abstraction, family=family)
        for family in FAMILIES
    }
    return filters | {name: system for chapter in all_chapters() for name, system in chapter.systems.items()}


def ready(system: System) -> bool:
    """Whether every released file that it draws with is here."""
    return all(released(name).is_file() for name in system.weights)


def numbers_of(system: System) -> int:
    """How many numbers the files hold that it draws with; 0 where nothing is learnt."""
    return sum(tensor.numel() for name in system.weights for tensor in load_weights(released(name))[0].values())
