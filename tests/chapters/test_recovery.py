"""The seven models: what each learns from, what the schedules do, that networks have the shapes they should."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from toonkit.chapters.recovery.networks import PatchDiscriminator, ResidualDiscriminator, ResnetGenerator
from toonkit.chapters.recovery.recipe import MODELS, Recovery, recovery
from toonkit.project.errors import ToonkitError

TINY = {"filters": 4, "blocks": 1, "discriminator_filters": 4, "pool": 3}


def model(name: str, seed: int = 0, **changes) -> Recovery:
    torch.manual_seed(seed)
    return recovery(name, **TINY | changes)


def batch(seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.rand((2, 3, 32, 32), generator=generator) * 2 - 1 for name in ("toon", "photo")}


def state(made: Recovery) -> dict[str, torch.Tensor]:
    return {
        f"{name} {key}": value.clone() for name, n in made.networks.items() for key, value in n.state_dict().items()
    }


def probability(made: Recovery, side: str, pictures: torch.Tensor) -> torch.Tensor:
    return made.networks[f"discriminator_{side}"](pictures).sigmoid()


@pytest.mark.parametrize("name", MODELS)
def test_every_network_of_a_model_learns_and_all_losses_are_finite(name):
    made = model(name)
    before = {key: copy.deepcopy(network.state_dict()) for key, network in made.networks.items()}
    losses = made.step(batch(), 0.5)
    assert all(loss.isfinite() for loss in losses.values())
    for key, network in made.networks.items():
        assert any(not torch.equal(value, before[key][k]) for k, value in network.state_dict().items()), key
    sides = ("photo", "toon") if "cycle" in name else ("photo",)
    assert set(made.networks) == {f"{kind}_{side}" for kind in ("to", "discriminator") for side in sides}
    assert made.translate(batch()["toon"]).shape == (2, 3, 32, 32)


@pytest.mark.parametrize("name", [name for name in MODELS if "cycle" in name])
def test_the_terms_are_those_of_the_equations(name):
    made, data, progress = model(name), batch(), 0.25
    toon, photo = data["toon"], data["photo"]
    with torch.no_grad():
        fake, net = made.translate(toon), made.networks
        back, same = net["to_toon"](fake), net["to_photo"](photo)
        pixels, middle = (back - toon).abs().mean(), net["discriminator_toon"].lower
        apart = (middle(back) - middle(toon)).abs().mean()
        gamma = 0.9 * progress if made.config.feature_cycle else 0.0
        score = probability(made, "photo", fake)
        supervised, scores = (fake - photo).square().mean(), (probability(made, "photo", photo) - score).abs().mean()
        identity = (same - photo).square().mean()
    expected = {"cycle_photo": pixels, "identity_photo": identity}
    total = 10 * (gamma * apart + (1 - gamma) * pixels) + identity
    if made.config.feature_cycle:
        expected["feature_cycle_photo"] = apart
    if made.config.generator_loss:
        expected |= {"supervised_photo": supervised, "scores_photo": scores}
        total = total + 0.75 * supervised + 0.25 * scores
    else:
        expected["adversarial_photo"] = -score.log().mean()
        total = total - score.log().mean()
    losses, weights = made.step(data, progress), made.weights(progress)
    generators = {term for term in losses if term.endswith("_photo")} - {"discriminator_photo"}
    assert generators == expected.keys()
    for term, value in expected.items():
        assert float(losses[term]) == pytest.approx(float(value), rel=1e-4), term
    assert sum(weights[term] * float(losses[term]) for term in expected) == pytest.approx(float(total), rel=1e-4)


def pull(name: str, data: dict[str, torch.Tensor]) -> torch.Tensor:
    """The gradient of one step at a model's generators."""
    made = model(name)
    made.step(data, 0.2)
    return torch.cat([weight.grad.flatten() for weight in made.optimisers["to"].param_groups[0]["params"]])


@pytest.mark.parametrize("name", MODELS)
def test_who_belongs_to_whom_matters_only_to_the_generator_loss(name):
    data = batch()
    paired, swapped = pull(name, data), pull(name, data | {"photo": data["photo"].flip(0)})
    near = float((paired - swapped).norm() / paired.norm())
    assert (near > 1e-3) if MODELS[name].get("generator_loss") else (near < 1e-4)


def test_the_discriminator_learns_from_drawn_and_true_pictures_alone():
    made, data = model("cyclegan_v4"), batch()
    with torch.no_grad():
        scores = [probability(made, "photo", picture) for picture in (data["photo"], made.translate(data["toon"]))]
    made.optimisers["to"].step = lambda: None
    before = {key: value for key, value in state(made).items() if key.startswith("to_")}
    losses = made.step(data, 0.5)
    expected = -(scores[0].log().mean() + (1 - scores[1]).log().mean()) / 2
    assert float(losses["discriminator_photo"]) == pytest.approx(float(expected), rel=1e-4)
    assert all(torch.equal(value, before[key]) for key, value in state(made).items() if key in before)
    assert all(weight.requires_grad for weight in made.networks["discriminator_photo"].parameters())


def test_the_rates_fall_over_the_second_half():
    made = model("gan_v1", rate=1e-3)
    for progress, expected in ((0.0, 1e-3), (0.5, 1e-3), (0.75, 5e-4), (1.0, 0.0)):
        made.step(batch(), progress)
        assert [o.param_groups[0]["lr"] for o in made.optimisers.values()] == pytest.approx([expected, expected])


def test_soft_labels_and_the_second_discriminator_are_where_the_table_has_them():
    kinds = {name: type(model(name).networks["discriminator_photo"]) for name in MODELS}
    assert {name for name, kind in kinds.items() if kind is ResidualDiscriminator} == {"cyclegan_v6"}
    for name, soft in (("cyclegan_v4", False), ("cyclegan_v5", True)):
        found = []
        for seed in (1, 2):
            made = model(name)
            torch.manual_seed(seed)  # labels are drawn anew in every step
            found.append(float(made.step(batch(), 0.3)["discriminator_photo"]))
        assert (found[0] != found[1]) is soft
    with pytest.raises(ToonkitError, match="unknown model 'cyclegan_v7'; known: gan_v1"):
        recovery("cyclegan_v7")


def test_networks_have_the_authors_shapes_and_reach():
    """CycleGAN's: 11.378 M weights in the generator of nine blocks, 2.765 M in the discriminator, 70 x 70 pixels."""
    count = lambda network: sum(w.numel() for k, w in network.named_parameters())  # noqa: E731
    affine = lambda network: sum(2 * m.num_features for m in network.modules() if isinstance(m, nn.InstanceNorm2d))  # noqa: E731
    generator, discriminator = ResnetGenerator(), PatchDiscriminator()
    assert count(generator) - affine(generator) == 11_378_179
    assert count(discriminator) - affine(discriminator) == 2_764_737
    for made in (discriminator.eval(), ResidualDiscriminator(8).eval()):
        assert made(torch.rand(1, 3, 64, 64)).shape == (1, 1, 6, 6)
    picture = torch.rand(1, 3, 256, 256, requires_grad=True)
    plain = PatchDiscriminator(4, "none")
    plain(picture)[0, 0, 15, 15].backward()
    seen = picture.grad[0].abs().sum(0).nonzero()
    assert (seen.amax(0) - seen.amin(0) + 1).tolist() == [70, 70]
    with pytest.raises(ToonkitError, match=r"multiples of 4, not \(30, 32\)"):
        ResnetGenerator(4, 1)(torch.rand(1, 3, 30, 32))
