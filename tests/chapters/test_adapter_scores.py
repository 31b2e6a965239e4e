"""Runs with residual adapters: what they start from, and that their scores count what they say."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from toonkit.recipes.domains import DOMAINS, Domains, DomainsConfig, domain_examples
from torch import nn

from toonkit.chapters.adapters.styles.recipe import StyleAdapters
from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.weights import save_weights
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError
from toonkit.training import adapted

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
    scores = adapted.score_domains(made, "quick")
    groups = domain_examples("test", 20)
    shares = [
        float((group[f"{domain} label"] == number % 6).float().mean())
        for number, (domain, group) in enumerate(zip(DOMAINS, groups, strict=True))
    ]
    assert [scores[f"accuracy {domain}"].value for domain in DOMAINS] == pytest.approx(shares)
    assert scores["accuracy"].value == pytest.approx(sum(shares) / 7) and scores["accuracy"].n == 20
    assert scores["parameters"].entry() == {"value": 6 * 6 + 6, "n": 1, "low": 42, "high": 42}


@pytest.fixture
def base(tmp_path, monkeypatch):
    """Released stand-ins of the architecture that CartoonGAN's configuration says."""
    torch.manual_seed(0)
    config = CartoonGANConfig()
    networks = {
        "": CartoonGenerator(config.filters, config.blocks, config.norm),
        "-discriminator": CartoonDiscriminator(config.discriminator_filters, config.discriminator_norm),
    }
    monkeypatch.setattr(adapted, "released", lambda name: tmp_path / f"{name}.safetensors")
    for ending, network in networks.items():
        about = {"config": dataclasses.asdict(config) | {"omega": 7.0}}
        save_weights(tmp_path / f"cartoongan-faces{ending}.safetensors", network.state_dict(), about)
    return networks[""]


def test_a_style_starts_from_the_released_generator_and_says_which(base, tmp_path):
    made = adapted.style_recipe("wash", "series")
    assert torch.equal(made.translate(PHOTOS), base(PHOTOS)) and isinstance(made, StyleAdapters)
    facts = dataclasses.asdict(made.config)
    assert (facts["style"], facts["kind"], facts["initialisation"]) == ("wash", "series", "none")
    assert facts["base"] == digest_of(tmp_path / "cartoongan-faces.safetensors")
    assert facts["omega"] == 7.0 and facts["colour"] > 0  # what the base learnt by
    assert adapted.style_recipe("noir", "parallel").config.colour == 0


def test_a_separate_generator_starts_from_nothing(base):
    made = adapted.style_recipe("wash", "separate")
    assert not isinstance(made, StyleAdapters) and not torch.equal(made.translate(PHOTOS), base(PHOTOS))
    assert (made.config.style, made.config.initialisation) == ("wash", "classical")


def test_without_the_released_generator_nothing_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(adapted, "released", lambda name: tmp_path / f"{name}.safetensors")
    with pytest.raises(WeightsError, match=r"no weights at .*cartoongan-faces\.safetensors"):
        adapted.style_recipe("wash", "parallel")


def test_a_style_is_scored_on_its_own_hand_with_what_it_learnt(base):
    scores, worlds = {}, {}
    for style, kind in (("noir", "parallel"), ("ink", "separate")):
        made = adapted.style_recipe(style, kind)
        made.translate = lambda photos: photos
        scores[style] = adapted.score_style(made, "quick")
        worlds[style] = adapted._held_out_faces(style, 50).batch(range(50))
        error = (worlds[style]["photo"] - worlds[style]["toon"]).abs().mean()
        assert scores[style]["true error"].value == pytest.approx(float(error), abs=1e-5)
    whole = sum(weights.numel() for weights in base.parameters())
    assert scores["ink"]["parameters"].value == whole
    assert 0.1 * whole < scores["noir"]["parameters"].value < 0.15 * whole
