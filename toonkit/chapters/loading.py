"""Trained networks out of their files, built as their chapter builds them for training."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from toonkit.chapters.contract import Drawing, System
from toonkit.chapters.index import chapter_names, find_chapter
from toonkit.networks.drawing import draw
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.errors import ToonkitError, WeightsError


def load_network(weights: str | Path, expected: str = "") -> nn.Module:
    """The network in a weights file, or in the released one that a plain name says; ready to draw, on the CPU.

    `expected` is what it must be, such as "generator of cartoongan". Raises WeightsError where the file is absent,
    damaged, or holds another network.
    """
    path = Path(weights)
    if isinstance(weights, str) and path.name == weights.split(".")[0]:
        path = released(weights)
    tensors, about = load_weights(path)
    found = " of ".join(str(about[key]) for key in ("network", "recipe") if key in about) or "something else"
    if found != (expected or found):
        raise WeightsError(f"{path} holds {found}, another architecture than the {expected}")
    built = _build(path, about)
    load_into(built, tensors, f"the weights in {path}")
    return built.eval().requires_grad_(False)


def drawing_of(weights: str, expected: str = "") -> Drawing:
    """What draws with a released network: pictures of any size. Raises as `load_network` does."""
    return partial(draw, load_network(weights, expected))


def system_of(weights: str, expected: str, **facts: Any) -> System:
    """A System that draws with one released network; `facts` are its further fields."""
    return System((weights,), partial(drawing_of, weights, expected), **facts)


def _build(path: Path, about: dict) -> nn.Module:
    """The network that a file's header describes."""
    if about.get("recipe") not in chapter_names():
        raise WeightsError(f"{path} is of chapter {about.get('recipe')!r}; known: {', '.join(chapter_names())}")
    chapter = find_chapter(about["recipe"])
    try:
        return chapter.build(chapter.configured(about.get("config", {})))[about["network"]]
    except (KeyError, TypeError, ToonkitError) as error:
        raise WeightsError(
            f"{path} describes no {about.get('network')} ({error!r}); use a file that Toonkit wrote"
        ) from error
