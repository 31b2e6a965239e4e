"""Every released translation of ToonWorld's scenes, of all chapters, beside the classical filter and public ones."""

from __future__ import annotations

from functools import partial

from toonkit.chapters.contract import Drawing, System
from toonkit.chapters.drawing_choice import CLASSICAL
from toonkit.chapters.index import all_chapters
from toonkit.filters import abstraction
from toonkit.networks.style_transfer import (
    NAME,
    STYLE_SIDE,
    TAUGHT_BY,
    numbers_held,
    style_transfer,
    style_transfer_ready,
)
from toonkit.networks.weights import load_weights, released
from toonkit.world import FAMILIES, ToonWorld


def systems() -> dict[str, System]:
    """All systems by name: the classical filter for each family, then those of the chapters."""
    filters = {_in_family(CLASSICAL, family): System((), lambda: abstraction, family=family) for family in FAMILIES}
    return filters | {name: system for chapter in all_chapters() for name, system in chapter.systems.items()}


def public_systems() -> dict[str, System]:
    """Pretrained networks of others, by name: the style transfer, in the style of a training cartoon of each family."""
    facts = {"taught_by": TAUGHT_BY, "here": style_transfer_ready, "numbers": numbers_held}
    return {
        _in_family(NAME, family): System((), partial(_in_the_style_of, family), family=family, **facts)
        for family in FAMILIES
    }


def ready(system: System) -> bool:
    """Whether every file that it draws with is here."""
    return system.here() and all(released(name).is_file() for name in system.weights)


def numbers_of(system: System) -> int:
    """How many numbers the files hold that it draws with; 0 where nothing is learnt."""
    return system.numbers() + sum(
        tensor.numel() for name in system.weights for tensor in load_weights(released(name))[0].values()
    )


def _in_family(name: str, family: str) -> str:
    return name if family == "faces" else f"{name}, {family}"


def _in_the_style_of(family: str) -> Drawing:
    """The style transfer in the style of the first training cartoon of a family."""
    return style_transfer(ToonWorld(family, "train", STYLE_SIDE).toons([0])[0])
