"""More styles for the projected generator: at first nothing changes, a style alone learns, another base is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from toonkit.chapters.adapters.projected_styles.recipe import FACES, ProjectedStyle, ProjectedStyleConfig, build
from toonkit.chapters.index import find_chapter
from toonkit.chapters.loading import load_network
from toonkit.chapters.projected.data import batches
from toonkit.networks.adapters import parameter_count
from toonkit.networks.features import load_toonnet
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError
from toonkit.project.profiles import Profile
from toonkit.world import STYLES, ToonWorld

CONFIG = ProjectedStyleConfig(style="pastel", batch=2)


@pytest.fixture(scope="module")
def recipe() -> ProjectedStyle:
    return ProjectedStyle(load_toonnet(), CONFIG)


def test_a_fresh_style_draws_as_the_base() -> None:
    photos = ToonWorld("faces", "test", 64).photos(range(2))
    drawn = build(CONFIG)["generator"].eval()(photos)
    torch.testing.assert_close(drawn, load_network(FACES, "generator of projected")(photos), rtol=0, atol=1e-5)


def test_the_style_alone_learns(recipe: ProjectedStyle) -> None:
    generator = recipe.networks["generator"]
    shared = {name: weights.clone() for name, weights in generator.network.named_parameters()}
    part = [weights.clone() for weights in generator.part("pastel").parameters()]
    recipe.step(batches(CONFIG, Profile("quick"), 0)(0), 0.0)
    changed = {name for name, weights in generator.network.named_parameters() if not torch.equal(weights, shared[name])}
    assert changed and all(".domains.pastel." in name for name in changed)
    now = list(generator.part("pastel").parameters())
    assert any(not torch.equal(before, after) for before, after in zip(part, now, strict=True))
    base = load_network(FACES, "generator of projected")
    assert parameter_count(generator.part("pastel")) < 0.15 * parameter_count(base)


def test_its_cartoons_are_in_the_style() -> None:
    chapter = find_chapter("projected_styles")
    assert set(chapter.variants) == set(STYLES[1:])
    batch = chapter.data(CONFIG, Profile("quick"), 0)(0)
    everything = ToonWorld("faces", "train", 64, "pastel", count=64).toons(range(64))
    for toon in batch["toon"]:
        assert (everything - toon).abs().amax((1, 2, 3)).min() <= 1 / 127  # as bytes: one of the style's own


def test_another_base_is_refused() -> None:
    assert build(replace(CONFIG, base=digest_of(released(FACES))))
    with pytest.raises(WeightsError, match="pastel was learnt on; train it again"):
        build(replace(CONFIG, base="0" * 64))
