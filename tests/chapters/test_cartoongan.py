"""CartoonGAN's update: who learns from what, in which phase, and what its variants change. Tiny networks."""

from __future__ import annotations

import copy
import math
from dataclasses import replace

import pytest
import torch

from toonkit.chapters.cartoongan.recipe import CartoonGAN, CartoonGANConfig
from toonkit.networks.features import toonnet_features
from toonkit.networks.toonnet import ToonNet

INITIAL = {"initial_pixels", "initial_content"}  # the terms of the initialisation
LATER = 0.3  # progress after the initialisation, before the rates fall
TINY = CartoonGANConfig(filters=4, blocks=1, discriminator_filters=4, pool=4, batch=2)


def recipe(seed: int = 0, **changes) -> CartoonGAN:
    torch.manual_seed(seed)
    return CartoonGAN(toonnet_features(ToonNet((4, 4, 8, 8))), replace(TINY, **changes))


def batch(seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    names = ("photo", "classical", "toon", "smooth")
    return {name: torch.rand((2, 3, 16, 16), generator=generator) * 2 - 1 for name in names}


def states(made: CartoonGAN) -> dict[str, dict[str, torch.Tensor]]:
    return {name: copy.deepcopy(network.state_dict()) for name, network in made.networks.items()}


def moved(made: CartoonGAN, before: dict) -> set[str]:
    """Names of the networks of which any weight changed."""
    now = {name: dict(network.named_parameters()) for name, network in made.networks.items()}
    return {name for name in now if any(not torch.equal(now[name][key], before[name][key]) for key in now[name])}


def without(data: dict[str, torch.Tensor], *names: str) -> dict[str, torch.Tensor]:
    """The batch with NaN for some of its pictures: a step that looks at them cannot hide it."""
    return data | {name: torch.full_like(data[name], math.nan) for name in names}


def frozen(made: CartoonGAN, name: str) -> CartoonGAN:
    """With an optimiser that does nothing for one network."""
    made.optimisers[name].step = lambda: None
    return made


def test_the_initialisation_trains_the_generator_alone_on_classical_pairs():
    made, data = recipe(), batch()
    before = states(made)
    losses = made.step(without(data, "toon", "smooth"), 0.0)
    assert set(losses) == INITIAL and all(loss.isfinite() for loss in losses.values())
    assert moved(made, before) == {"generator"} and made.pools["fakes"].pictures is None
    assert all(weight.grad is None for weight in made.networks["discriminator"].parameters())


def test_the_initialisation_loss_is_pixels_and_a_tenth_of_the_content():
    made, data = recipe(omega=3.0), batch()
    with torch.no_grad():
        drawn = made.translate(data["photo"])
        apart = [made.features(picture, "stage3") for picture in (drawn, data["classical"])]
    pixels, content = (drawn - data["classical"]).abs().mean(), (apart[0] - apart[1]).abs().mean()
    weights, losses = made.weights(0.0), made.step(data, 0.0)
    assert torch.allclose(losses["initial_pixels"], pixels, atol=1e-6)
    assert torch.allclose(losses["initial_content"], content, atol=1e-6)
    total = sum(weights[name] * losses.get(name, 0.0) for name in weights)
    assert torch.allclose(total, pixels + 0.3 * content, atol=1e-6)


def test_the_initialisations_start_from_what_they_are_named_after():
    data = batch()
    for kind, ignored in (("classical", ("toon", "smooth")), ("reconstruction", ("toon", "smooth", "classical"))):
        losses = recipe(initialisation=kind).step(without(data, *ignored), 0.0)
        assert set(losses) == INITIAL and all(loss.isfinite() for loss in losses.values()), kind
    assert all(loss.isnan() for loss in recipe().step(without(data, "classical"), 0.0).values())
    none = recipe(initialisation="none").step(without(data, "classical"), 0.0)
    assert set(none) == {"discriminator", "adversarial", "content", "colour"}
    assert all(loss.isfinite() for loss in none.values())


@pytest.mark.parametrize("share", [0.15, 0.5])
def test_the_initialisation_ends_where_the_configuration_says(share):
    made = recipe(initial_share=share)
    assert set(made.step(batch(), share - 0.01)) == INITIAL
    assert "adversarial" in made.step(batch(), share)


def test_after_it_the_classical_cartoons_play_no_part():
    losses = recipe().step(without(batch(), "classical"), LATER)
    assert set(losses) == {"discriminator", "adversarial", "content", "colour"}
    assert all(loss.isfinite() and not loss.requires_grad for loss in losses.values())


def test_the_three_losses_are_the_reports():
    """Against logarithms of probabilities in float64, both networks standing still."""
    made, data = frozen(frozen(recipe(), "generator"), "discriminator"), batch()
    with torch.no_grad():
        drawn = made.translate(data["photo"])
        pictures = {"toon": data["toon"], "smooth": data["smooth"], "drawn": drawn}
        d = {name: torch.sigmoid(made.networks["discriminator"](x).double()) for name, x in pictures.items()}
        content = (made.features(drawn, "stage3") - made.features(data["photo"], "stage3")).abs().mean()
        patches = [x.double().unfold(2, 8, 8).unfold(3, 8, 8).mean((-1, -2)) for x in (drawn, data["photo"])]
    terms = (d["toon"].log(), (1 - d["smooth"]).log(), (1 - d["drawn"]).log())
    losses = made.step(data, LATER)
    assert float(losses["discriminator"]) == pytest.approx(-float(sum(term.mean() for term in terms)) / 3, abs=1e-5)
    assert float(losses["adversarial"]) == pytest.approx(-float(d["drawn"].log().mean()), abs=1e-5)
    assert float(losses["content"]) == pytest.approx(float(content), abs=1e-5)
    assert float(losses["colour"]) == pytest.approx(float((patches[0] - patches[1]).abs().mean()), abs=1e-5)


def test_each_update_reaches_its_own_network_only():
    for still, learns in (("generator", "discriminator"), ("discriminator", "generator")):
        made = frozen(recipe(), still)
        before = states(made)
        made.step(batch(), LATER)
        assert moved(made, before) == {learns}


def test_the_discriminators_update_leaves_no_gradient_in_the_generator():
    made, data = recipe(), batch()
    fake = made.translate(data["photo"])
    made.update("discriminator", made._discriminator_loss(data, fake))
    assert all(weight.grad is None for weight in made.networks["generator"].parameters())
    assert all(weight.grad is not None for weight in made.networks["discriminator"].parameters())


def test_the_perceptual_network_never_changes():
    made = recipe()
    before = copy.deepcopy(made.features.state_dict())
    for progress in (0.0, LATER):
        made.step(batch(), progress)
    after = made.features.state_dict()
    assert all(torch.equal(after[key], before[key]) for key in before)
    assert all(weight.grad is None for weight in made.features.parameters())


def test_a_discriminator_alone_comes_to_tell_the_three_apart():
    made, data = frozen(recipe(discriminator_rate=2e-3), "generator"), batch()
    losses = [float(made.step(data, LATER)["discriminator"]) for _ in range(60)]
    assert abs(losses[0] - math.log(2)) < 0.1 and losses[-1] < 0.5 * losses[0]
    discriminator = made.networks["discriminator"]
    with torch.no_grad():
        scores = {name: float(discriminator(data[name]).mean()) for name in ("toon", "smooth")}
        scores["drawn"] = float(discriminator(made.translate(data["photo"])).mean())
    assert scores["toon"] > max(scores["smooth"], scores["drawn"])


def test_a_generator_alone_lowers_what_it_is_asked_to():
    made = frozen(recipe(rate=2e-3), "discriminator")
    history = [made.step(batch(), LATER) for _ in range(40)]
    totals = [float(x["adversarial"] + TINY.omega * x["content"] + TINY.colour * x["colour"]) for x in history]
    assert totals[-1] < 0.9 * totals[0]


def test_the_initialisation_learns_its_target():
    made, data = recipe(rate=2e-3), batch()
    history = [made.step(data, 0.0) for _ in range(40)]
    weights = made.weights(0.0)
    losses = [sum(weights[name] * float(loss) for name, loss in entry.items()) for entry in history]
    assert losses[-1] < 0.9 * losses[0]


def test_smoothed_cartoons_are_the_third_kind_only_where_asked():
    data = batch()
    two = recipe(smooth_edges=False).step(without(data, "smooth"), LATER)["discriminator"]
    assert two.isfinite() and recipe().step(without(data, "smooth"), LATER)["discriminator"].isnan()


def test_the_discriminator_sees_drawings_out_of_the_pool_and_the_generator_its_own():
    made, data = recipe(), batch()
    with torch.no_grad():
        drawn = made.translate(data["photo"])
    made.step(data, LATER)
    assert torch.allclose(made.pools["fakes"].pictures, drawn, atol=1e-6)
    for number in range(1, 4):
        made.step(batch(number), LATER)
    assert len(made.pools["fakes"].pictures) == TINY.pool and not made.pools["fakes"].pictures.requires_grad
    made.pools["fakes"] = lambda fake: torch.full_like(fake, math.nan)  # spoils the discriminator's loss alone
    losses = made.step(data, LATER)
    assert losses["discriminator"].isnan() and losses["content"].isfinite()


def test_omega_weighs_the_content():
    """A generator that is asked to keep the photograph keeps it better than one that is not."""
    found = {}
    for omega in (0.0, 50.0):
        made = frozen(recipe(rate=2e-3, omega=omega), "discriminator")
        for _ in range(39):
            made.step(batch(), LATER)
        with torch.no_grad():  # what the next step would measure, where the weight is 0, too
            found[omega] = float(made._content(made.translate(batch()["photo"]), batch()["photo"]))
    assert found[50.0] < found[0.0]


def test_the_rate_is_constant_then_falls_to_zero():
    made = recipe()
    for progress, share in ((LATER, 1.0), (0.5, 1.0), (0.75, 0.5), (1.0, 0.0)):
        made.step(batch(), progress)
        rates = [made.optimisers[name].param_groups[0]["lr"] for name in ("generator", "discriminator")]
        assert rates == pytest.approx([TINY.rate * share, TINY.discriminator_rate * share])


def test_the_norm_is_the_reports_unless_named():
    kinds = {type(module) for module in recipe().networks["generator"].modules()}
    assert torch.nn.InstanceNorm2d in kinds and torch.nn.BatchNorm2d not in kinds
    kinds = {type(module) for module in recipe(norm="batch").networks["generator"].modules()}
    assert torch.nn.BatchNorm2d in kinds and torch.nn.InstanceNorm2d not in kinds


def test_the_spectral_discriminator_cannot_stretch():
    """Every convolution but the last has 1 as its largest singular value, and none has a norm of features."""
    discriminator = recipe().networks["discriminator"]
    with torch.no_grad():
        for _ in range(300):
            discriminator(batch()["toon"])  # the power iteration goes on with every pass
    stack = [module for module in discriminator.modules() if isinstance(module, torch.nn.Conv2d)]
    largest = [float(torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2)) for layer in stack]
    assert largest[:-1] == pytest.approx([1.0] * (len(stack) - 1), abs=0.01) and largest[-1] != pytest.approx(1.0)
    kinds = {type(module) for module in recipe(discriminator_norm="instance").networks["discriminator"].modules()}
    assert torch.nn.InstanceNorm2d in kinds
