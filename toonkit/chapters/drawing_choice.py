"""What pictures and films can be drawn with: the classical filter, what the chapters released, the learnt styles."""

from __future__ import annotations

from collections.abc import Callable

from toonkit.chapters.changes import pairs
from toonkit.chapters.contract import Drawing
from toonkit.chapters.index import all_chapters
from toonkit.filters import abstraction
from toonkit.project.errors import ToonkitError, check_name

CLASSICAL = "classical"  # the filter, with nothing learned
BEST = "semantic"  # for photographs, by data/results/photographs.json: what the command line draws with


def methods() -> dict[str, Callable[[], Drawing]]:
    """What `toonify` can draw with: the classical filter, and what the chapters released."""
    learned = {name: make for chapter in all_chapters() for name, make in chapter.methods.items()}
    return {CLASSICAL: lambda: abstraction} | learned


def choose_drawing(method: str = CLASSICAL, style: str | None = None) -> Drawing:
    """Return what draws, by a method or in a style; "METHOD:NAME=FACTOR,..." is a method told factors of its weights.

    Raises ToonkitError for an unknown one or for both, for a method that can be told nothing and for factors that it
    was not trained with, and WeightsError for weights that are absent or damaged.
    """
    if style is not None and method != CLASSICAL:
        raise ToonkitError(f"style {style!r} and method {method!r} are two ways to draw; choose one")
    if style is not None:
        return in_style(style)
    name, colon, setting = method.partition(":")
    known = methods()
    check_name("method", name, tuple(known))
    if not colon:
        return known[name]()
    told = {method: make for chapter in all_chapters() for method, make in chapter.told.items()}
    if name not in told:
        raise ToonkitError(f"method {name!r} cannot be told {setting!r}; {', '.join(told)} can")
    return told[name](factors_of(setting))


def factors_of(setting: str) -> dict[str, float]:
    """The factors of a setting "NAME=FACTOR,...". Raises ToonkitError for what is none."""
    found = pairs(setting.split(","))
    try:
        return {name: float(factor) for name, factor in found.items()}
    except ValueError as error:
        raise ToonkitError(f"the setting {setting!r} should read like 'texture=0.5,tv=2': {error}") from error


def in_style(style: str) -> Drawing:
    """What draws in a style, of the chapter that has several."""
    learnt = next(chapter.styles for chapter in all_chapters() if chapter.styles)
    return learnt(style)
