"""Published state dicts: what is opened, what stays closed, and the tiny autoencoder that comes of one."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderTiny

from toonkit.images import fit_picture
from toonkit.images.manifests import make_manifest
from toonkit.images.samples import sample_photo
from toonkit.networks.official import load_official
from toonkit.networks.tiny_autoencoder import CODE, TinyAutoencoder, taef2
from toonkit.networks.weights import load_into
from toonkit.project.errors import PictureError, SourceError, WeightsError

needs_mirror = pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
TOML = '[toys]\ntier = "open"\ntitle = "Toys"\nlicence = "CC0"\nhome = "https://toys.org"\nbase = "https://toys.org/"\n'


@pytest.fixture
def toys(tmp_path, monkeypatch) -> Path:
    """An empty source `toys` in a mirror; `_pin` lists what lies in it."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "sources.toml").write_text(TOML)
    (tmp_path / "mirror" / "toys").mkdir(parents=True)
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "mirror"))
    monkeypatch.setattr("toonkit.images.manifests.MANIFESTS", tmp_path / "manifests")
    return tmp_path / "mirror" / "toys"


def _pin(toys: Path) -> None:
    (toys.parents[1] / "manifests" / "toys.tsv").write_text(make_manifest(toys))


class Harmful:
    """When unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_tensors_by_name_come_back_as_they_were(toys):
    held = {"a.weight": torch.arange(6.0).view(2, 3).half(), "b": torch.ones(1, dtype=torch.int64)}
    torch.save(held, toys / "net[1].pth")  # a name with letters that a pattern would read otherwise
    _pin(toys)
    found = load_official("toys", "net[1].pth")
    assert found.keys() == held.keys()
    assert all(torch.equal(found[name], held[name]) and found[name].dtype == held[name].dtype for name in held)


def test_other_bytes_a_cut_file_and_an_absent_one_are_not_opened(toys, monkeypatch):
    torch.save({"a": torch.zeros(4)}, toys / "net.pth")
    _pin(toys)
    whole = (toys / "net.pth").read_bytes()
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("the file was opened"))
    changed = bytes([*whole[:-1], whole[-1] ^ 1])
    for content, words in ((changed, "SHA-256 .* instead of"), (whole[:-9], "bytes instead of"), (b"", "0 bytes")):
        (toys / "net.pth").write_bytes(content)
        with pytest.raises(SourceError, match=words):
            load_official("toys", "net.pth")
    (toys / "net.pth").unlink()
    with pytest.raises(SourceError, match="1 of 1 files of toys are not in TOONKIT_MIRROR"):
        load_official("toys", "net.pth")


def test_a_file_that_no_manifest_lists_is_not_opened(toys, monkeypatch):
    torch.save({"a": torch.zeros(4)}, toys / "net.pth")
    _pin(toys)
    torch.save({"a": torch.zeros(4)}, toys / "other.pth")
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("the file was opened"))
    for name in ("other.pth", "*", "../toys/net.pth", str(toys / "net.pth")):
        with pytest.raises(WeightsError, match=r"not in the manifest of toys, so it stays closed; listed: net\.pth"):
            load_official("toys", name)


def test_what_is_no_dictionary_of_tensors_is_refused_even_where_it_is_listed(toys, tmp_path):
    proof = tmp_path / "proof"
    torch.save({"a": Harmful(proof)}, toys / "object.pth")
    (toys / "pickle.pth").write_bytes(pickle.dumps(Harmful(proof), protocol=2))
    torch.save([torch.zeros(1)], toys / "list.pth")
    torch.save({"a": 3}, toys / "number.pth")
    torch.save({1: torch.zeros(1)}, toys / "unnamed.pth")
    torch.save({}, toys / "empty.pth")
    torch.save({"a": torch.zeros(4)}, toys / "whole.pth")
    (toys / "cut.pth").write_bytes((toys / "whole.pth").read_bytes()[:-40])
    (toys / "nothing.pth").write_bytes(b"")
    _pin(toys)
    for name in ("object", "pickle", "list", "number", "unnamed", "empty", "cut", "nothing"):
        with pytest.raises(WeightsError, match="it is not used"):
            load_official("toys", f"{name}.pth")
    assert not proof.exists()


def test_without_its_wide_blocks_it_is_diffusers_autoencoder():
    """What the blocks add that see the whole picture is set to nothing; all else must be diffusers' own network."""
    torch.manual_seed(0)
    ours = TinyAutoencoder().eval()
    theirs = AutoencoderTiny(latent_channels=CODE).eval()
    for name, tensor in ours.state_dict().items():
        if name.endswith("pool.3.weight"):
            tensor.zero_()
    kept = {name: tensor for name, tensor in ours.state_dict().items() if ".pool." not in name}
    load_into(theirs.encoder.layers, _part(kept, "encoder", 0), "encoder")
    load_into(theirs.decoder.layers, _part(kept, "decoder", 1), "decoder")  # ours begins with the squeezing
    pictures = torch.rand(2, 3, 32, 48) * 2 - 1
    with torch.no_grad():
        code = ours.encode(pictures)
        assert code.shape == (2, CODE, 4, 6) and torch.allclose(code, theirs.encode(pictures).latents, atol=1e-6)
        drawn = theirs.decode(5 * code).sample.clamp(-1, 1)
        assert torch.allclose(ours.decode(5 * code), drawn, atol=1e-6) and drawn.std() > 0


def _part(tensors: dict[str, torch.Tensor], part: str, shift: int) -> dict[str, torch.Tensor]:
    """Tensors of one part by diffusers' numbers of layers."""
    out = {}
    for name, tensor in tensors.items():
        kind, number, rest = name.split(".", 2)
        if kind == part:
            out[f"{int(number) - shift}.{rest}"] = tensor
    return out


def test_a_wide_block_normalises_over_the_whole_picture():
    """Independently, by numpy-like sums: 1x1 convolution, mean and deviation of each quarter of the channels."""
    torch.manual_seed(0)
    block = TinyAutoencoder().encoder[13]  # the last one before the code
    x = torch.randn(1, 64, 4, 6)
    wide = torch.einsum("oi,nihw->nohw", block.pool[0].weight[:, :, 0, 0], x)
    groups = wide.reshape(1, 4, -1)
    normed = (groups - groups.mean(2, keepdim=True)) / (groups.var(2, unbiased=False, keepdim=True) + 1e-5).sqrt()
    seen = torch.einsum("oi,nihw->nohw", block.pool[3].weight[:, :, 0, 0], normed.reshape(wide.shape).relu())
    assert torch.allclose(block(x), (block.conv(x + seen) + x + seen).relu(), atol=1e-5)


def test_sides_that_have_no_code_are_refused():
    with pytest.raises(PictureError, match="30x32 pixels has no code; both must be multiples of 8"):
        TinyAutoencoder().encode(torch.zeros(1, 3, 32, 30))


@needs_mirror
def test_a_photograph_comes_back():
    network = taef2()
    photos = torch.stack([fit_picture(sample_photo(name), 128) for name in ("cat", "coffee")])
    code = network.encode(photos)
    assert code.shape == (2, 32, 16, 16) and not any(weight.requires_grad for weight in network.parameters())
    error = ((network.decode(code) - photos) / 2).square().mean((1, 2, 3))  # on a scale from 0 to 1
    assert (-10 * error.log10()).min() >= 27  # decibels
