"""The measurement of damaged photographs: its errors by hand, and every number there with tiny networks."""

from __future__ import annotations

from dataclasses import asdict

import pytest
import torch

from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.chapters.inpainting import bench
from toonkit.networks import weights
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.weights import save_weights
from toonkit.project.errors import WeightsError
from toonkit.project.records import metric_at


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Released weights of a tiny generator and discriminator, and two hole sizes."""
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    monkeypatch.setattr(bench, "AREAS", (20, 30))
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
    expected = [f"{side}/{name}/20" for side in ("inside", "outside") for name in (*names, "undamaged")]
    expected += [f"seconds/{name}" for name in names]
    assert all(metric_at(found, path)["n"] == found["seeds"] == 2 for path in expected)
    inside, outside = found["inside"], found["outside"]
    both = [inside["nothing"][area]["value"] for area in ("20", "30")]
    assert inside["nothing"]["mean"]["value"] == pytest.approx(sum(both) / 2)
    one, other = (inside[name]["20"]["value"] for name in ("closest_latent", "inpaint_first"))
    less = found["inside less"]["closest_latent less inpaint_first"]
    assert less["20"]["value"] == pytest.approx(one - other)
    assert inside["closest_latent"]["20"] == inside["closest_unpasted"]["20"]
    assert outside["closest_latent"]["20"] == outside["optimise_latent"]["20"]  # the same drawing is pasted
    assert 0 < outside["undamaged"]["20"]["spread"] < 0.5 > outside["undamaged"]["20"]["value"] > 0


def test_without_weights_nothing_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    with pytest.raises(WeightsError, match=r"no weights at .*cartoongan-faces\.safetensors"):
        bench.measure(quick=True)
