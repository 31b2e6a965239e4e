"""The errors that Toonkit raises on purpose. Each message says what was wrong, with which value, and what to do."""

from __future__ import annotations


class ToonkitError(ValueError):
    """Bad input from the user: an unknown name, a broken file, a value out of range."""


class PictureError(ToonkitError):
    """A file that is not a picture, is damaged, or is unsafe to open."""


class FilmError(ToonkitError):
    """A file that is no film, holds no picture, is damaged, or cannot be written."""


class SourceError(ToonkitError):
    """A source that is absent, was refused, or does not have the bytes its manifest promises."""


class WeightsError(ToonkitError):
    """Weights that are absent, changed, pickled, or of another architecture."""


class TrainingError(ToonkitError):
    """A training run that cannot go on: a loss that is not finite, or a run folder of another configuration."""


def check_name(kind: str, name: str, known: tuple[str, ...] | list[str]) -> str:
    """Return `name` if it is one of `known`, else raise ToonkitError listing them."""
    if name not in known:
        raise ToonkitError(f"unknown {kind} {name!r}; known: {', '.join(known)}")
    return name


def check_weight(name: str, value: float) -> float:
    """A loss weight. Raises ToonkitError for what is no number, is not finite or is below 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ToonkitError(f"{name} is {value!r}; a loss weight is a finite number of at least 0")
    return value
