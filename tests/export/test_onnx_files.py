"""Generators as ONNX files: onnxruntime draws what PyTorch draws, at any size, and the facts beside say of what."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from toonkit.chapters.animated.networks import AnimatedGenerator
from toonkit.chapters.animated.recipe import AnimatedConfig
from toonkit.chapters.cartoongan.recipe import CartoonGANConfig
from toonkit.chapters.painted.networks import PaintingGenerator
from toonkit.chapters.painted.recipe import PaintedConfig
from toonkit.chapters.semantic.networks import SemanticGenerator
from toonkit.cli import main
from toonkit.export import onnx_files
from toonkit.networks import onnx_graphs, weights
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.weights import save_weights

CARTOONGAN = {"recipe": "cartoongan", "config": dataclasses.asdict(CartoonGANConfig(filters=3, blocks=2))}


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Times are not what is tested."""
    monkeypatch.setattr(onnx_files, "ROUNDS", 1)
    monkeypatch.setattr(onnx_files, "TIMED", (1, 16, 16))


def random_weights(path: Path, network: nn.Module, about: dict) -> nn.Module:
    """Give every number of a network another value, also the running values of a norm, and write its weights file."""
    generator = torch.Generator().manual_seed(0)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            noise = torch.rand(tensor.shape, generator=generator)
            tensor.copy_(0.5 + noise if name.endswith("running_var") else 0.6 * noise - 0.3)
    save_weights(path, network.state_dict(), {"network": "generator"} | about)
    return network.eval()


def tiny_cartoongan(path: Path) -> nn.Module:
    return random_weights(path, CartoonGenerator(3, 2), CARTOONGAN)


def tiny_animated(path: Path) -> nn.Module:
    config = AnimatedConfig(filters=2, blocks=2, noise=3)
    network = AnimatedGenerator(2, 2, config.norm, config.skips, noise=3)
    return random_weights(path, network, {"recipe": "animated", "config": dataclasses.asdict(config)})


def tiny_painted(path: Path) -> nn.Module:
    config = PaintedConfig(filters=2, blocks=1)
    return random_weights(path, PaintingGenerator(2, 1), {"recipe": "painted", "config": dataclasses.asdict(config)})


@pytest.mark.parametrize(("make", "channels"), [(tiny_cartoongan, [3]), (tiny_animated, [3, 3]), (tiny_painted, [6])])
def test_onnxruntime_draws_what_pytorch_draws_at_sizes_of_its_own(tmp_path, capsys, make, channels):
    """The sizes are others than those that the command compares; the drawings differ from place to place."""
    network = make(tmp_path / "tiny.safetensors")
    assert main(["export", str(tmp_path / "tiny.safetensors"), "-o", str(tmp_path / "new" / "tiny.onnx")]) == 0
    assert "differs from PyTorch by" in capsys.readouterr().out
    session = onnxruntime.InferenceSession(tmp_path / "new" / "tiny.onnx", providers=["CPUExecutionProvider"])
    given = session.get_inputs()
    assert [entry.shape[1] for entry in given] == channels
    for count, height, width in ((1, 16, 16), (3, 20, 44), (1, 60, 24)):
        shapes = [(count, c, height, width)[: len(entry.shape)] for c, entry in zip(channels, given, strict=True)]
        inputs = [torch.randn(shape, generator=torch.Generator().manual_seed(height)) for shape in shapes]
        with torch.no_grad():
            expected = network(*inputs).numpy()
        (drawn,) = session.run(None, {entry.name: x.numpy() for entry, x in zip(given, inputs, strict=True)})
        assert expected.shape == drawn.shape == (count, 3, height, width) and expected.std((2, 3)).min() > 1e-3
        np.testing.assert_allclose(drawn, expected, atol=1e-4, rtol=0)


def test_the_guided_filter_and_the_turned_weights_of_losses_are_in_the_file():
    """A generator that takes photograph, flat abstraction and settings; other settings draw otherwise."""
    torch.manual_seed(0)
    network = SemanticGenerator(4, 1, on_flat=True, controls=5).eval()
    session = onnxruntime.InferenceSession(onnx_graphs.to_onnx(network, {}), providers=["CPUExecutionProvider"])
    assert [entry.name for entry in session.get_inputs()] == ["photo_and_flat", "settings"]
    pictures, drawings = torch.rand(2, 6, 36, 60) * 2 - 1, []
    for settings in (torch.zeros(2, 5), torch.ones(2, 5)):
        with torch.no_grad():
            expected = network(pictures, settings).numpy()
        given = {"photo_and_flat": pictures.numpy(), "settings": settings.numpy()}
        drawings.append(session.run(None, given)[0])
        np.testing.assert_allclose(drawings[-1], expected, atol=1e-4, rtol=0)
    assert np.abs(drawings[0] - drawings[1]).max() > 1e-3


def test_the_facts_name_the_weights_and_other_weights_draw_otherwise(tmp_path):
    path = tmp_path / "a.safetensors"
    network = tiny_cartoongan(path)
    first = onnx_files.export_onnx(path, tmp_path / "first.onnx")
    facts = json.loads((tmp_path / "first.json").read_text())
    assert facts == json.loads(json.dumps(first.facts))
    assert facts["weights"] == {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    content = (tmp_path / "first.onnx").read_bytes()
    assert facts["onnx"]["sha256"] == hashlib.sha256(content).hexdigest()
    header = {entry.key: entry.value for entry in onnx.load_from_string(content).metadata_props}
    assert header["weights_sha256"] == facts["weights"]["sha256"]
    assert [entry["shape"] for entry in facts["compared"]] == ["1x3x64x64", "2x3x96x160", "1x3x232x120"]
    assert all(0 <= entry["difference"] <= 1e-4 for entry in facts["compared"])
    assert facts["milliseconds"]["onnxruntime"] > 0 and facts["milliseconds"]["pytorch"] > 0

    network.decoder[-2].bias.data[0] += 0.5  # of the last convolution: red
    save_weights(path, network.state_dict(), {"network": "generator"} | CARTOONGAN)
    second = onnx_files.export_onnx(path, tmp_path / "second.onnx")
    assert second.facts["weights"]["sha256"] != facts["weights"]["sha256"]
    photo = {"photo": np.zeros((1, 3, 16, 16), np.float32)}
    one, other = (
        onnxruntime.InferenceSession(tmp_path / f"{name}.onnx").run(None, photo)[0] for name in ("first", "second")
    )
    assert (np.arctanh(other[:, 0]) - np.arctanh(one[:, 0])).mean() == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_allclose(other[:, 1:], one[:, 1:], atol=1e-6)


def test_a_file_without_its_abstraction_says_what_its_last_channels_are(tmp_path):
    tiny_painted(tmp_path / "a.safetensors")
    written = onnx_files.export_onnx(tmp_path / "a.safetensors", tmp_path / "a.onnx")
    assert "flat_cartoon" in written.facts["flat"] and "strength 0.018" in written.facts["flat"]
    assert "the last three channels are flat_cartoon" in str(written)
    tiny_cartoongan(tmp_path / "b.safetensors")
    other = onnx_files.export_onnx(tmp_path / "b.safetensors", tmp_path / "b.onnx")
    assert "flat" not in other.facts and "channels" not in str(other)


def test_a_file_that_draws_otherwise_is_not_written(tmp_path, monkeypatch, capsys):
    tiny_cartoongan(tmp_path / "a.safetensors")
    true = onnx_files.by_pytorch
    monkeypatch.setattr(onnx_files, "by_pytorch", lambda *given: true(*given) + 2e-4)
    assert main(["export", str(tmp_path / "a.safetensors"), "-o", str(tmp_path / "a.onnx")]) == 2
    assert "at 1x3x64x64 the ONNX file draws 0.0002 otherwise" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]


def test_bad_input_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(weights, "RELEASED", tmp_path / "released")
    discriminator = CartoonDiscriminator(16, "spectral")
    save_weights(tmp_path / "d.safetensors", discriminator.state_dict(), CARTOONGAN | {"network": "discriminator"})
    tiny_cartoongan(tmp_path / "a.safetensors")
    (tmp_path / "old.onnx").write_bytes(b"old")
    (tmp_path / "noted.json").write_bytes(b"old")
    for name, out, words in (
        ("nothing", "b.onnx", "no weights at"),
        ("d.safetensors", "b.onnx", "holds a CartoonDiscriminator, which draws no pictures"),
        ("a.safetensors", "b.pt", "name one that ends in .onnx"),
        ("a.safetensors", "old.onnx", "exists already"),
        ("a.safetensors", "noted.onnx", "noted.json exists already"),
    ):
        source = name if "." not in name else str(tmp_path / name)
        assert main(["export", source, "-o", str(tmp_path / out)]) == 2
        assert words in capsys.readouterr().err
    assert (tmp_path / "old.onnx").read_bytes() == b"old" and not (tmp_path / "noted.onnx").exists()
