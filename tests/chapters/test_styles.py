"""More styles for a trained CartoonGAN: it starts as the base, which stands still, a file holds one style. Tiny."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch

from toonkit.chapters.adapters.styles.recipe import StyleAdapters, StyleConfig
from toonkit.chapters.cartoongan.recipe import CartoonGAN
from toonkit.networks.adapters import Adapted, parameter_count
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.features import toonnet_features
from toonkit.networks.toonnet import ToonNet
from toonkit.networks.weights import load_into, load_weights
from toonkit.project.errors import ToonkitError, WeightsError
from toonkit.training.loop import train
from toonkit.training.run_files import Plan
from toonkit.world import STYLES

TINY = StyleConfig(filters=4, blocks=1, discriminator_filters=4, discriminator_norm="instance", pool=4, batch=2)
LATER = STYLES[1:]  # the styles that the base does not draw


def features():
    torch.manual_seed(5)
    return toonnet_features(ToonNet((4, 4, 8, 8)))


def base(discriminator_norm: str = "instance") -> dict[str, dict[str, torch.Tensor]]:
    torch.manual_seed(0)
    discriminator = CartoonDiscriminator(4, discriminator_norm)
    return {"generator": CartoonGenerator(4, 1).state_dict(), "discriminator": discriminator.state_dict()}


def recipe(style: str = "comic", **changes) -> StyleAdapters:
    config = replace(TINY, style=style, **changes)
    return StyleAdapters(features(), config, base(config.discriminator_norm))


def batch(seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.rand((2, 3, 16, 16), generator=generator) * 2 - 1 for name in ("photo", "toon", "smooth")}


def drawn(network: Adapted, style: str) -> torch.Tensor:
    network.domain = style
    with torch.no_grad():
        return network(batch(9)["photo"])


@pytest.mark.parametrize("kind", ["parallel", "series", "norm"])
def test_it_starts_as_the_base_and_by_cartoongans_losses(kind):
    made, plain = recipe(kind=kind), CartoonGAN(features(), replace(TINY, initialisation="none"))
    for name, tensors in base().items():
        load_into(plain.networks[name], tensors, name)
    photo = batch()["photo"]
    assert torch.equal(made.translate(photo), plain.translate(photo))
    for network in (*made.networks.values(), *plain.networks.values()):
        network.train()
    ours, theirs = made.step(batch(), 0.0), plain.step(batch(), 0.0)
    assert ours.keys() == theirs.keys() >= {"discriminator", "adversarial", "content"}
    same = ours.keys() - {"adversarial"}  # measured by discriminators that have made different steps
    assert {name: float(ours[name]) for name in same} == {name: float(theirs[name]) for name in same}


@pytest.mark.parametrize("discriminator_norm", ["instance", "spectral", "batch"])
@pytest.mark.parametrize("kind", ["parallel", "series", "norm"])
def test_only_what_belongs_to_the_style_moves(kind, discriminator_norm):
    """Spectral norm's estimates and batch norm's running values of the base stand still, too."""
    made = recipe(kind=kind, discriminator_norm=discriminator_norm)
    for network in made.networks.values():
        network.train()
    whole = {name: network.network for name, network in made.networks.items()}
    before = {name: copy.deepcopy(network.state_dict()) for name, network in whole.items()}
    for step in range(3):
        made.step(batch(step), 0.1)
    for name, network in whole.items():
        moved = {key for key, value in network.state_dict().items() if not torch.equal(value, before[name][key])}
        assert moved and all(".domains.comic." in key for key in moved), name


def test_the_rates_are_cartoongans():
    made, plain = recipe(rate=2e-3), CartoonGAN(features(), replace(TINY, rate=2e-3))
    for name in ("generator", "discriminator"):
        assert made.optimisers[name].defaults == plain.optimisers[name].defaults


def test_four_styles_learnt_one_after_the_other_leave_the_earlier_ones_to_the_bit(tmp_path):
    """Each in its own run, its file put into one network: nothing but the new style's part is in it."""
    plain = CartoonGenerator(4, 1)
    load_into(plain, base()["generator"], "base")
    network = Adapted(plain, "parallel", "ink")
    expected = {"ink": drawn(network, "ink")}
    for number, style in enumerate(LATER):
        made = recipe(style)
        train(made, batch, Plan(2 + number, seed=number, quiet=True, ema=0.5), tmp_path / style)
        tensors, about = load_weights(tmp_path / style / "generator.safetensors")
        load_into(made.networks["generator"], tensors, style)  # the average, as what scores a run does
        expected[style] = drawn(made.networks["generator"], style)
        part = network.add_domain(style)
        load_into(part, tensors, style)
        assert sum(map(torch.numel, tensors.values())) == parameter_count(part) < parameter_count(network) / 3
        assert (about["recipe"], about["network"], about["config"]["style"]) == ("styles", "generator", style)
        for old, picture in expected.items():
            assert torch.equal(drawn(network, old), picture), (style, old)
    pictures = list(expected.values())
    assert all(not torch.equal(a, b) for k, a in enumerate(pictures) for b in pictures[:k])


def test_a_run_resumes_to_the_bit(tmp_path):
    def broken(step: int) -> dict[str, torch.Tensor]:
        if step == 5:
            raise KeyboardInterrupt
        return batch(step)

    plan = Plan(8, save_every=3, ema=0.9, quiet=True)
    train(recipe(), batch, plan, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(recipe(), broken, plan, tmp_path / "parts")
    assert train(recipe(), batch, plan, tmp_path / "parts")["resumed_at"] == [3]
    whole, parts = ((tmp_path / name / "generator.safetensors").read_bytes() for name in ("whole", "parts"))
    assert whole == parts


def test_another_base_and_another_kind_are_refused():
    with pytest.raises(WeightsError, match=r"the base's generator weights are of another architecture: blocks\.1"):
        recipe(blocks=2)
    with pytest.raises(ToonkitError, match="unknown kind of adapter 'both'; known: parallel, series"):
        recipe(kind="both")
    with pytest.raises(ToonkitError, match="'ink' is there already"):
        recipe("ink")
