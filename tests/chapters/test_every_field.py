"""Every field of every chapter's configuration does something, or says that it cannot."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import torch

from toonkit.chapters.contract import Chapter
from toonkit.chapters.index import all_chapters
from toonkit.project.errors import SourceError, ToonkitError, WeightsError
from toonkit.project.profiles import Profile

TRAINED = {chapter.name: chapter for chapter in all_chapters() if chapter.variants}
CASES = [(name, field.name) for name, chapter in TRAINED.items() for field in dataclasses.fields(chapter.config)]
ARCHITECTURE = {"filters": 4, "blocks": 1, "discriminator_filters": 4}
WIDTHS = {"toonnet": (4, 4, 8, 8), "domains": (4, 6), "latents": (32, 32)}
OTHER = {  # another value for each text, where one is enough
    "norm": "batch",
    "discriminator_norm": "batch",
    "initialisation": "reconstruction",
    "content": "toonnet_residual",
    "layer": "stage2",
    "photographs": "real",
    "style": "wash",
    "kind": "norm",
    "base": "0" * 64,  # a digest, or a released name that is none
    "variant": "series",
    "adversarial": "least_squares",
    "emoji": "corner",
    "size": 40,
    "source": "toon",
    "family": "duo",
    "frozen": "toonnet_residual",
    "patch": 21,
    "game": "minimax",
    "pictures": "open",
    "content_side": 48,
    "texture_network": "projected",
    "shift": "white_box",
    "features": "toonnet_residual",
    "structure_of": "flat",
    "structure_layer": "stage2",
    "target": "wanted",
    "segmentation": "segmentation-open",
    "encoder": "resnet18",
    "regions": ("foreground texture 3",),
    "segments": 20,
    "cut": "eyes_and_mouth",
    "part": "autoencoder",
    "autoencoder": "stable_diffusion",
    "widths": (32, 48),
    "network": "base",
    "words": ("a", "cat"),
    "sides": ("toon",),
    "width": 32,
    "query": "source",
    "conditioning": "concat",
    "meaning": "channels",
    "space": "stable_diffusion",
    "regularised": 1,
    "dropout": 1.0,
    "decoder": "sharp",
    "scenes": 10,
    "close": "squeezenet",
    "start": "projected-faces",
    "reverse": "projected-people",
}
ABSENT = SourceError, WeightsError  # an open source, or a released network, that is not on this machine
SECOND = {
    "norm": "none",
    "emoji": "anywhere",
    "network": "small",
    "source": "masks",
}  # where the configuration has the other value already


def small(chapter: Chapter, config: Any) -> Any:
    """The configuration with pictures, batches and, where no released base stands behind it, networks that are tiny."""
    changes = {"size": 32, "batch": 2, "pool": 3, "patch": 9, "widths": WIDTHS.get(chapter.name)}
    if getattr(config, "kind", "separate") == "separate" and getattr(config, "part", "") != "decoder":
        changes |= ARCHITECTURE
    known = {field.name for field in dataclasses.fields(config)}
    return dataclasses.replace(config, **{name: value for name, value in changes.items() if name in known})


def other(name: str, value: Any) -> Any:
    """Another value of a field."""
    if name in SECOND and OTHER[name] == value:
        return SECOND[name]
    if isinstance(OTHER.get(name), type(value)):
        return OTHER[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 2 * value + 0.1
    if isinstance(value, tuple):
        return tuple(width + 2 for width in value)
    return dataclasses.replace(value, styles=(*value.styles, "another"))  # of toonnet's labels


def networks(chapter: Chapter, config: Any) -> Any:
    made = chapter.recipe(config)
    shapes = {name: {key: v.shape for key, v in n.state_dict().items()} for name, n in made.networks.items()}
    return shapes, {name: repr(network) for name, network in made.networks.items()}


def schedules(chapter: Chapter, config: Any) -> Any:
    made = chapter.recipe(config)
    optimisers = {name: optimiser.defaults for name, optimiser in made.optimisers.items()}
    courses = [(made.weights(progress), made.rates(progress)) for progress in (0.0, 0.1, 0.25, 0.6, 0.95)]
    return repr(optimisers), courses, {name: pool.size for name, pool in made.pools.items()}


def first_batch(chapter: Chapter, config: Any) -> Any:
    """Shapes of the first batch, and sums over the first sixteen, since two pictures may show nothing of a field."""
    try:
        torch.manual_seed(0)
        data = chapter.data(config, Profile("quick"), 0)
        batches = [data(step) for step in range(16)]
    except SourceError as error:
        return f"asks for another source: {error}"
    return {
        name: (batches[0][name].shape, sum(float(batch[name].double().sum()) for batch in batches))
        for name in batches[0]
    }


def losses(chapter: Chapter, config: Any) -> Any:
    """All terms of a first step, those of weight 0, too."""
    batch = chapter.data(config, Profile("quick"), 0)(0)
    torch.manual_seed(0)
    made = chapter.recipe(config)
    torch.manual_seed(1)
    return {name: float(term()) for _, terms in made.terms(batch) for name, term in terms.items()}


@pytest.fixture(scope="module")
def known() -> dict:
    """What was already looked at, by chapter, variant and aspect."""
    return {}


@pytest.mark.parametrize(("name", "field"), CASES)
def test_a_field_has_an_effect(name: str, field: str, known: dict) -> None:
    chapter = TRAINED[name]
    undecided = []  # variants that need what is not on this machine
    for variant in in_search_order(chapter):
        config = small(chapter, chapter.variants[variant].config)
        for aspect in (networks, schedules, first_batch, losses):
            key = name, variant, aspect
            known[key] = known[key] if key in known else looked_at(aspect, chapter, config)
            try:
                changed = dataclasses.replace(config, **{field: other(field, getattr(config, field))})
                seen = aspect(chapter, changed) if changed != config else known[key]
            except SourceError:
                seen = known[key]
            except ToonkitError as error:
                seen = None if field in str(error) else known[key]
            if seen != known[key]:
                return
            if isinstance(known[key], ABSENT):
                undecided.append(variant)
    if undecided:
        pytest.skip(f"{', '.join(undecided)} of {name} need a source or weights that are not on this machine")
    pytest.fail(f"{chapter.config.__name__}.{field} has no effect in any variant of {name}")


def in_search_order(chapter: Chapter) -> list[str]:
    """The report's own variant, then the one for open pictures, which is the last, then the others."""
    first, *others = chapter.variants
    return [first, *others[-1:], *others[:-1]]


def looked_at(aspect: Any, chapter: Chapter, config: Any) -> Any:
    """An aspect of an unchanged configuration; the error where what it needs is not on this machine."""
    try:
        return aspect(chapter, config)
    except ABSENT as error:
        return error
