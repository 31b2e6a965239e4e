"""Trained networks out of their files, built as their chapter builds them for training."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from torch import nn

from toonkit.chapters.contract import Config, Drawing, System
from toonkit.chapters.index import chapter_names, find_chapter
from toonkit.chapters.run_places import run_folder
from toonkit.networks.drawing import draw
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.environment import project_root
from toonkit.project.errors import SourceError, ToonkitError, WeightsError
from toonkit.project.profiles import Profile


def weights_file(weights: str | Path) -> Path:
    """The file that `weights` means: itself, or for a plain name the released one."""
    path = Path(weights)
    return released(weights) if isinstance(weights, str) and path.name == weights.split(".")[0] else path


def load_network(weights: str | Path, expected: str = "") -> nn.Module:
    """The network in a weights file, or in the released one that a plain name says; ready to draw, on the CPU.

    `expected` is what it must be, such as "generator of cartoongan". Raises WeightsError where the file is absent,
    damaged, or holds another network.
    """
    return load_configured(weights, expected)[0]


def load_configured(weights: str | Path, expected: str = "") -> tuple[nn.Module, Config]:
    """The same network with the configuration that it was trained with."""
    path = weights_file(weights)
    tensors, about = load_weights(path)
    found = " of ".join(str(about[key]) for key in ("network", "recipe") if key in about) or "something else"
    if found != (expected or found):
        raise WeightsError(f"{path} holds {found}, another architecture than the {expected}")
    built, config = _build(path, about)
    load_into(built, tensors, f"the weights in {path}")
    return built.eval().requires_grad_(False), config


def load_trained(chapter: str, variant: str, network: str, size: int) -> nn.Module:
    """A network that profile paper trained here for `size` pixels with seed 0, as other chapters of the report need it.

    Raises ToonkitError, saying the command, where there is none.
    """
    own = find_chapter(chapter).variant(variant)[1].configured(Profile("paper"))
    place = run_folder(chapter, variant, "paper", 0, None if own.size == size else size)
    path = project_root() / place / f"{network}.safetensors"
    if not path.is_file():
        resized = "" if own.size == size else f" --size {size}"
        command = f"toonkit train {chapter} {variant} --profile paper{resized}"
        raise ToonkitError(f"profile 'paper' cannot run here: {path} is missing; `{command}` trains it first")
    return load_network(path, f"{network} of {chapter}")


def drawing_of(weights: str | Path, expected: str = "") -> Drawing:
    """What draws with a released network: pictures of any size. Raises as `load_network` does."""
    return partial(draw, load_network(weights, expected))


def system_of(weights: str, expected: str, **facts: Any) -> System:
    """A System that draws with one released network; `facts` are its further fields."""
    return System((weights,), partial(drawing_of, weights, expected), **facts)


def _build(path: Path, about: dict) -> tuple[nn.Module, Config]:
    """The network that a file's header describes, and its configuration."""
    if about.get("recipe") not in chapter_names():
        raise WeightsError(f"{path} is of chapter {about.get('recipe')!r}; known: {', '.join(chapter_names())}")
    chapter = find_chapter(about["recipe"])
    try:
        config = chapter.configured(about.get("config", {}))
        return chapter.build(config)[about["network"]], config
    except SourceError:  # what a frozen part of it comes from is not on this machine
        raise
    except (KeyError, TypeError, ToonkitError) as error:
        raise WeightsError(
            f"{path} describes no {about.get('network')} ({error!r}); use a file that Toonkit wrote"
        ) from error
