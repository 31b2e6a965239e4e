"""BLIP base and Stable Diffusion's autoencoder out of files of random weights with the published layout."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL
from network_files import stand_in
from published_files import tiny_autoencoder, tiny_blip, write_autoencoder, write_blip
from transformers import BlipConfig, BlipForConditionalGeneration

from toonkit.chapters.captions.published import PublishedCaptioner, PublishedTokenizer
from toonkit.chapters.captions.recipe import Captions, CaptionsConfig, build
from toonkit.chapters.latents.data import autoencoder_of
from toonkit.chapters.latents.encoding import encoded
from toonkit.chapters.latents.published import load_published_autoencoder
from toonkit.images.values import as_bytes
from toonkit.networks.pretrained import KEPT, fetch_network, network_files
from toonkit.project.errors import PictureError, SourceError, WeightsError


def pictures(side: int, seed: int = 0) -> torch.Tensor:
    return torch.rand((2, 3, side, side), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_blip_of_a_state_dict_is_transformers_own_before_and_after_it_is_kept(monkeypatch, tmp_path: Path) -> None:
    theirs = tiny_blip()
    folder = stand_in(monkeypatch, tmp_path, "blip-base", lambda at: write_blip(theirs, at))
    before = PublishedCaptioner(8).eval()
    fetch_network("blip-base")
    assert (folder / KEPT).is_file() and not (folder / "pytorch_model.bin").exists()
    after = PublishedCaptioner(8).eval()
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1)
    with torch.no_grad():
        wanted = theirs.vision_model(pixel_values=((pictures(32) + 1) / 2 - mean) / deviation).last_hidden_state
        for ours in (before, after):
            torch.testing.assert_close(ours.tokens_seen(pictures(32)), wanted, atol=1e-5, rtol=1e-5)
            assert all(torch.equal(value, ours.blip.state_dict()[key]) for key, value in theirs.state_dict().items())


def test_blip_s_tokenizer_reads_and_writes_captions_and_its_loss_falls(monkeypatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path, "blip-base", lambda at: write_blip(tiny_blip(), at))
    tokenizer = PublishedTokenizer()
    tokens = tokenizer.encode(["A cat sits in a room", "a mouse"], 8)
    assert tokens.tolist() == [[2, 5, 6, 8, 9, 5, 10, 3], [2, 5, 7, 3, 0, 0, 0, 0]]
    assert tokenizer.decode(tokens) == ["a cat sits in a room", "a mouse"]
    recipe = Captions(CaptionsConfig(network="base", rate=1e-2, length=8))
    losses = []
    for _ in range(12):
        ((_, terms),) = recipe.terms({"picture": pictures(32), "tokens": tokens})
        loss = terms["words"]()
        recipe.optimisers["captioner"].zero_grad()
        loss.backward()
        recipe.optimisers["captioner"].step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.6 * losses[0]
    assert len(recipe.networks["captioner"].eval().caption(pictures(32))) == 2


def test_a_blip_without_a_tensor_and_one_that_is_not_here_are_refused(monkeypatch, tmp_path: Path) -> None:
    lost = "text_decoder.bert.embeddings.LayerNorm.weight"
    folder = stand_in(monkeypatch, tmp_path, "blip-base", lambda at: write_blip(tiny_blip(), at, lost))
    with pytest.raises(WeightsError, match=f"the weights of blip-base lack {lost}"):
        PublishedCaptioner(8)
    (folder / "vocab.txt").unlink()
    with pytest.raises(SourceError, match=r"`toonkit fetch blip-base` downloads"):
        build(CaptionsConfig(network="base"))


def test_the_autoencoder_is_diffusers_own_and_scales_its_latents(monkeypatch, tmp_path: Path) -> None:
    theirs = tiny_autoencoder()
    stand_in(monkeypatch, tmp_path, "sd-vae-ft-mse", lambda at: write_autoencoder(theirs, at))
    ours = autoencoder_of("stable_diffusion")
    x = pictures(32)
    with torch.no_grad():
        latents = ours.encode(x)
        assert latents.shape == (2, 4, 32 // ours.multiple, 32 // ours.multiple) and ours.channels == 4
        torch.testing.assert_close(latents, theirs.encode(x).latent_dist.mean * 0.18215)
        torch.testing.assert_close(ours.decode(latents), theirs.decode(latents / 0.18215).sample)
        assert encoded(ours, as_bytes(x)).shape == latents.shape
    assert not any(weight.requires_grad for weight in ours.parameters())
    with pytest.raises(PictureError, match="36x36 pixels has no latent"):
        ours.encode(pictures(36))


def test_an_autoencoder_that_is_not_here_names_the_command(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    with pytest.raises(SourceError, match=r"`toonkit fetch sd-vae-ft-mse` downloads: .*334\.6 MB, licence MIT"):
        load_published_autoencoder()


def test_the_listed_files_are_as_large_as_the_published_networks() -> None:
    """BLIP base as transformers' own configuration has it; its file holds the matrix of words twice."""
    with torch.device("meta"):
        blip = BlipForConditionalGeneration(BlipConfig()).state_dict()
        down, up = ("DownEncoderBlock2D",) * 4, ("UpDecoderBlock2D",) * 4
        autoencoder = AutoencoderKL(3, 3, down, up, (128, 256, 512, 512), layers_per_block=2).state_dict()
    for name, tensors in (("blip-base", blip), ("sd-vae-ft-mse", autoencoder)):
        held = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
        size = network_files(name)[0].size
        assert 0 < size - held < 0.002 * size, name
