"""Runs with residual adapters: what they start from, and that their scores count what they say."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
import torch
from torch import nn

from toonkit.chapters.adapters.domains.data import domain_examples
from toonkit.chapters.adapters.domains.recipe import DOMAINS, Domains, DomainsConfig
from toonkit.chapters.adapters.domains.scores import scores as domain_scores
from toonkit.chapters.adapters.styles.chapter import CHAPTER
from toonkit.chapters.adapters.styles.recipe import StyleAdapters, StyleConfig
from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.networks import weights
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.weights import save_weights
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError
from toonkit.project.profiles import Profile
from toonkit.world import ToonWorld

PHOTOS = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1)) * 2 - 1


class Always(nn.Module):
    """Says the same of every picture."""

    def __init__(self, label: int) -> None:
        super().__init__()
        self.label = label

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.eye(6)[self.label].expand(len(pictures), 6)


def test_accuracy_is_the_share_of_right_answers_in_each_domain_and_over_all(monkeypatch):
    made = Domains(DomainsConfig("head", widths=(4, 6)))
    monkeypatch.setattr(made, "network", lambda domain: Always(DOMAINS.index(domain) % 6))
    scores = domain_scores(made, Profile("quick"))
    accuracy = scores["accuracy"]
    groups = domain_examples("test", 20)
    shares = [
        float((group[f"{domain} label"] == number % 6).float().mean())
        for number, (domain, group) in enumerate(zip(DOMAINS, groups, strict=True))
    ]
    assert [accuracy[domain].value for domain in DOMAINS] == pytest.approx(shares)
    assert accuracy["mean"].value == pytest.approx(sum(shares) / 7) and accuracy["mean"].n == 20
    assert scores["parameters"].entry() == {"value": 6 * 6 + 6, "n": 1, "low": 42, "high": 42}


@pytest.fixture
def released(tmp_path, monkeypatch):
    """A folder of released weights with the perceptual network alone."""
    shutil.copy(weights.released("toonnet"), tmp_path)
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    return tmp_path


@pytest.fixture
def base(released):
    """Released stand-ins of the architecture that CartoonGAN's configuration says."""
    torch.manual_seed(0)
    config = CartoonGANConfig()
    networks = {
        "": CartoonGenerator(config.filters, config.blocks, config.norm),
        "-discriminator": CartoonDiscriminator(config.discriminator_filters, config.discriminator_norm),
    }
    for ending, network in networks.items():
        about = {"config": dataclasses.asdict(config)}
        save_weights(released / f"cartoongan-faces{ending}.safetensors", network.state_dict(), about)
    return networks[""]


def style_recipe(style: str, **changes):
    """The recipe of a style's variant, of another kind where that is named."""
    config = CHAPTER.variant(style)[1].config if style in CHAPTER.variants else StyleConfig(style=style)
    return CHAPTER.recipe(dataclasses.replace(config, **changes))


def test_a_style_starts_from_the_released_generator_and_says_which(base, released):
    made = style_recipe("wash", kind="series", omega=7.0)
    assert torch.equal(made.translate(PHOTOS), base(PHOTOS)) and isinstance(made, StyleAdapters)
    facts = dataclasses.asdict(made.config)
    assert (facts["style"], facts["kind"], facts["initialisation"]) == ("wash", "series", "none")
    assert facts["base"] == digest_of(released / "cartoongan-faces.safetensors")
    assert facts["omega"] == 7.0 and facts["colour"] > 0  # what it learns by
    assert style_recipe("noir").config.colour == 0


def test_a_separate_generator_starts_from_nothing(base):
    made = style_recipe("wash_separate")
    assert not isinstance(made, StyleAdapters) and not torch.equal(made.translate(PHOTOS), base(PHOTOS))
    assert (made.config.style, made.config.initialisation) == ("wash", "classical")


def test_without_the_released_generator_nothing_starts(released):
    with pytest.raises(WeightsError, match=r"no weights at .*cartoongan-faces\.safetensors"):
        style_recipe("wash")


def test_a_style_is_scored_on_its_own_drawings_with_what_it_learnt(base):
    scores = {}
    for style, kind in (("noir", "parallel"), ("ink", "separate")):
        made = style_recipe(style, kind=kind)
        made.translate = lambda photos: photos
        scores[style] = CHAPTER.scores(made, Profile("quick"))
        world = ToonWorld("faces", "test", 64, style, 100).batch(range(50))
        error = (world["photo"] - world["toon"]).abs().mean()
        assert scores[style]["drawn"]["true error"].value == pytest.approx(float(error), abs=1e-5)
    whole = sum(numbers.numel() for numbers in base.parameters())
    assert scores["ink"]["parameters"].value == whole
    assert 0.1 * whole < scores["noir"]["parameters"].value < 0.15 * whole
