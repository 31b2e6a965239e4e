"""Generators out of their files: the same network comes back, any size is drawn, every wrong file is named."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from toonkit.chapters.cartoongan.figures import GENERATOR
from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.networks import ResnetGenerator
from toonkit.cli import main
from toonkit.export.pictures import toonify
from toonkit.images import read_picture, write_picture
from toonkit.networks import drawing, weights
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.drawing import draw
from toonkit.networks.weights import save_weights
from toonkit.project.errors import ToonkitError, WeightsError

CONFIG = dataclasses.asdict(CartoonGANConfig(filters=3, blocks=2))
ABOUT = {"recipe": "cartoongan", "network": "generator", "config": CONFIG}


@pytest.fixture
def released(tmp_path, monkeypatch):
    """A folder of released weights with one tiny generator for photographs; returns the generator."""
    (tmp_path / "released").mkdir()
    monkeypatch.setattr(weights, "RELEASED", tmp_path / "released")
    torch.manual_seed(0)
    generator = CartoonGenerator(3, 2).eval()
    save_weights(weights.released("cartoongan-photo"), generator.state_dict(), ABOUT)
    return generator


def pictures(height: int, width: int) -> torch.Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("by", ["cartoongan-photo", "text", "path"])
def test_the_generator_that_was_saved_comes_back(released, by):
    path = weights.released("cartoongan-photo")
    found = load_network({"cartoongan-photo": by, "text": str(path), "path": path}[by], GENERATOR)
    photos = pictures(16, 24)
    assert torch.equal(draw(found, photos), released(photos).detach())
    assert not any(parameter.requires_grad for parameter in found.parameters())


def test_the_norm_comes_from_the_file(tmp_path):
    batch = CartoonGenerator(3, 2, "batch").eval()
    config = CONFIG | {"norm": "batch"}
    save_weights(tmp_path / "batch.safetensors", batch.state_dict(), ABOUT | {"config": config})
    photos = pictures(8, 8)
    assert torch.equal(draw(load_network(tmp_path / "batch.safetensors", GENERATOR), photos), batch(photos).detach())


@pytest.mark.parametrize("downs", [1, 2])
def test_what_draws_photographs_comes_back_with_its_own_depth(tmp_path, downs):
    torch.manual_seed(0)
    network, path = ResnetGenerator(3, 1, downs).eval(), tmp_path / "recovery.safetensors"
    about = {"recipe": "recovery", "network": "to_photo", "config": {"filters": 3, "blocks": 1, "downs": downs}}
    save_weights(path, network.state_dict(), about)
    toons = pictures(14, 18)
    padded = torch.nn.functional.pad(toons, (0, -18 % 2**downs, 0, -14 % 2**downs), "reflect")
    assert torch.equal(draw(load_network(path, "to_photo of recovery"), toons), network(padded).detach()[..., :14, :18])
    with pytest.raises(
        WeightsError, match="to_photo of recovery, another architecture than the generator of cartoongan"
    ):
        load_network(path, GENERATOR)
    with pytest.raises(ToonkitError, match=rf"sides must be multiples of {2**downs}, not \(16, 15\)"):
        network(pictures(16, 15))


def test_a_discriminator_comes_back_with_its_own_norm(tmp_path):
    torch.manual_seed(0)
    discriminator = CartoonDiscriminator(16, "spectral").eval()
    save_weights(
        tmp_path / "discriminator.safetensors", discriminator.state_dict(), ABOUT | {"network": "discriminator"}
    )
    found = load_network(tmp_path / "discriminator.safetensors", "discriminator of cartoongan")
    assert torch.equal(found(pictures(16, 16)), discriminator(pictures(16, 16)).detach())
    with pytest.raises(WeightsError, match="holds discriminator of cartoongan, another architecture"):
        load_network(tmp_path / "discriminator.safetensors", GENERATOR)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 40), (3, 9), (8, 8), (61, 83)])
def test_any_size_is_drawn_as_torch_would_reflect_it(released, height, width):
    photos = pictures(height, width)
    drawn = draw(released, photos)
    assert drawn.shape == photos.shape and drawn.isfinite().all()
    right, down = max(8, -(-width // 4) * 4) - width, max(8, -(-height // 4) * 4) - height
    if right < width and down < height:  # torch reflects no further
        padded = torch.nn.functional.pad(photos, (0, right, 0, down), mode="reflect")
        assert torch.equal(drawn, released(padded).detach()[..., :height, :width])


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (ABOUT | {"recipe": "toonnet", "network": "toonnet"}, "holds toonnet of toonnet, another architecture"),
        (ABOUT | {"network": "discriminator"}, "holds discriminator of cartoongan"),
        ({"note": "mine"}, "holds something else"),
        (ABOUT | {"config": CONFIG | {"blocks": 3}}, r"another architecture: blocks\.2.* missing from the file"),
        (ABOUT | {"config": CONFIG | {"filters": 4}}, r"another architecture: .* is \(12,\), not \(16,\)"),
        (ABOUT | {"config": {"filters": 3}}, r"another architecture: blocks\.2.* missing from the file"),
        (ABOUT | {"config": CONFIG | {"norm": "layer"}}, "describes no generator .*unknown norm 'layer'"),
        (ABOUT | {"config": CONFIG | {"filters": "3"}}, "describes no generator"),
    ],
)
def test_another_architecture_is_refused(tmp_path, about, words):
    path = tmp_path / "w.safetensors"
    save_weights(path, CartoonGenerator(3, 2).state_dict(), about)
    with pytest.raises(WeightsError, match=words):
        load_network(path, GENERATOR)


def test_what_are_no_pictures_is_refused(released):
    with pytest.raises(ToonkitError, match=r"\(N, 3, H, W\)"):
        draw(released, pictures(8, 8)[0])
    with pytest.raises(ToonkitError, match="NaN"):
        draw(released, pictures(8, 8) * float("nan"))


def test_the_command_draws_with_the_released_generator(released, tmp_path, capsys):
    source, target = tmp_path / "a.png", tmp_path / "out.png"
    write_picture(source, pictures(10, 13)[0])
    assert main(["toonify", str(source), "-o", str(target), "--method", "reported"]) == 0
    expected = draw(released, read_picture(source)[None])[0]
    assert (read_picture(target) - expected).abs().max() < 0.02  # bytes


def test_absent_weights_stop_the_whole_call_and_nothing_else_draws(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(weights, "RELEASED", tmp_path / "nothing")
    source = tmp_path / "a.png"
    write_picture(source, pictures(8, 8)[0])
    with pytest.raises(WeightsError, match=r"no weights at .*cartoongan-photo\.safetensors"):
        toonify([source], tmp_path / "out", "reported")
    assert main(["toonify", str(source), "-o", str(tmp_path / "out"), "--method", "reported"]) == 2
    assert "no weights at" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_tiles_change_nothing_where_the_norm_is_local(monkeypatch):
    torch.manual_seed(0)
    drawer = CartoonGenerator(3, 2, "batch")
    drawer.train()(pictures(64, 64))  # statistics of its own
    drawer.eval()
    photos = pictures(150, 210)
    whole = draw(drawer, photos)
    monkeypatch.setattr(drawing, "TILE", 48)
    assert torch.allclose(draw(drawer, photos), whole, atol=1e-5)
    monkeypatch.setattr(drawing, "tiled", None)  # instance norm never comes near it
    assert draw(CartoonGenerator(3, 2).eval(), photos).shape == photos.shape
