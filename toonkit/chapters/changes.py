"""Numbers of a configuration changed by words, as a command line or a shared line of settings gives them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, get_args, get_origin, get_type_hints

from toonkit.chapters.contract import Config
from toonkit.project.errors import ToonkitError, check_name

TRUTH = {"true": True, "false": False}


def changed(config: Config, changes: Mapping[str, str]) -> Config:
    """The configuration with fields set to what the texts say: numbers, true or false, words, lists with commas.

    Raises ToonkitError for an unknown field, a text that is no value of it, and a value that the configuration refuses.
    """
    hints = get_type_hints(type(config))
    names = [field.name for field in fields(config)]
    values = {check_name("field", name, names): _value(name, text, hints[name]) for name, text in changes.items()}
    return replace(config, **values)


def sized(config: Config, size: int | None) -> Config:
    """The configuration with pictures of `size` pixels (None: its own). Raises ToonkitError where it has no size."""
    if size is None:
        return config
    if not hasattr(config, "size"):
        raise ToonkitError(f"{type(config).__name__} has no picture size to change; leave --size out")
    return replace(config, size=size)


def pairs(texts: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE texts as a dict. Raises ToonkitError for one without `=`, and for a name that comes twice."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise ToonkitError(f"{text!r} should read NAME=VALUE, as in texture=2")
        if name.strip() in found:
            raise ToonkitError(f"{name.strip()} is set twice: to {found[name.strip()]!r} and to {value.strip()!r}")
        found[name.strip()] = value.strip()
    return found


def _value(name: str, text: str, kind: Any) -> Any:
    """A text as a value of its field's type."""
    if kind is bool:
        return TRUTH[check_name(name, text.lower(), list(TRUTH))]
    if kind in (int, float):
        what = "a whole number" if kind is int else "a finite number"
        try:
            value = kind(text)
        except ValueError as error:
            raise ToonkitError(f"{name} is {text!r}, which is not {what}") from error
        if not math.isfinite(value):
            raise ToonkitError(f"{name} is {text!r}, which is not {what}")
        return value
    if kind is str:
        return text
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    raise ToonkitError(f"{name} cannot be set by a text; give it a variant of its own in the chapter")
