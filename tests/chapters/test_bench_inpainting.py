"""The measurement of damaged photographs: its errors by hand, and every number there with tiny networks."""

from __future__ import annotations

from dataclasses import asdict

import pytest
import torch

from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.course.bench import inpainting as bench
from toonkit.networks import weights
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.weights import save_weights
from toonkit.project.errors import WeightsError


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Released weights of a tiny generator and discriminator, and two hole sizes."""
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    monkeypatch.setattr(bench, "AREAS", (20, 30))
    monkeypatch.setattr(torch, "set_num_threads", lambda number: None)  # it would stay for the tests that follow
    config = asdict(CartoonGANConfig(filters=2, blocks=1, discriminator_filters=2))
    torch.manual_seed(0)
    both = {
        "generator": ("", CartoonGenerator(2, 1)),
        "discriminator": ("-discriminator", CartoonDiscriminator(2, "spectral")),
    }
    for kind, (name, network) in both.items():
        about = {"recipe": "cartoongan", "network": kind, "config": config}
        save_weights(weights.released(f"cartoongan-faces{name}"), network.state_dict(), about)


def test_errors_are_means_over_each_side_of_the_mask():
    truth, masks = torch.zeros(2, 3, 4, 4), torch.zeros(2, 1, 4, 4)
    masks[0, :, 0, 0], masks[1, :, 1, :2] = 1, 1
    drawn = torch.where(masks > 0, torch.tensor([0.5, -1.0, 0.0]).view(3, 1, 1), truth)
    drawn[0, 0, 3, 3] = 0.29
    found = bench.errors(drawn, truth, masks)
    assert found["inside"] == pytest.approx(0.5) and found["outside"] == pytest.approx(0.29 / (3 * 29))


def test_every_way_is_measured_over_seeds(tiny):
    found = bench.measure(quick=True)
    names = ("nothing", "closest_latent", "closest_unpasted", "optimise_latent", "optimise_closest", "inpaint_first")
    expected = {f"{side}_{name}_20" for side in ("inside", "outside") for name in (*names, "undamaged")}
    expected |= {f"seconds_{name}" for name in names}
    assert expected <= found.keys() and all(found[key]["n"] == found["seeds"] == 2 for key in expected)
    both = [found[f"inside_nothing_{area}"]["value"] for area in (20, 30)]
    assert found["inside_nothing"]["value"] == pytest.approx(sum(both) / 2)
    one, other = (found[f"inside_{name}_20"]["value"] for name in ("closest_latent", "inpaint_first"))
    assert found["inside_closest_latent_less_inpaint_first_20"]["value"] == pytest.approx(one - other)
    assert found["inside_closest_latent_20"] == found["inside_closest_unpasted_20"]
    assert found["outside_closest_latent_20"] == found["outside_optimise_latent_20"]  # the same drawing is pasted
    assert 0 < found["outside_undamaged_20"]["spread"] < 0.5 > found["outside_undamaged_20"]["value"] > 0


def test_without_weights_nothing_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    with pytest.raises(WeightsError, match=r"no weights at .*cartoongan-faces\.safetensors"):
        bench.measure(quick=True)
