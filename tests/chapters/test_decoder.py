"""A decoder taught further: the latents stay as they are, and what the denoisers draw is decoded by either."""

from __future__ import annotations

import dataclasses
import warnings

import pytest
import torch
from resuming import whole_and_resumed

from toonkit.chapters.latents.data import AUTOENCODER, DECODER, autoencoder_of, batches
from toonkit.chapters.latents.decoder import DecoderRecipe
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.recipe import LatentsConfig
from toonkit.chapters.latents.scores import decoder_scores
from toonkit.chapters.tomjerry.recipe import TomJerryConfig
from toonkit.images.values import as_pictures
from toonkit.networks import weights
from toonkit.networks.features import features
from toonkit.networks.weights import load_weights
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.world import ToonWorld

SMALL = LatentsConfig(part="decoder", filters=8, batch=2, size=32)


def pictures(count: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.rand((count, 3, 32, 32), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def recipe(**changes: float) -> DecoderRecipe:
    torch.manual_seed(0)
    return DecoderRecipe(features("toonnet"), Autoencoder(8).eval(), dataclasses.replace(SMALL, **changes))


def batch(step: int) -> dict[str, torch.Tensor]:
    picture = pictures(seed=step)
    return {"picture": picture, "latent": picture.unfold(2, 4, 4).unfold(3, 4, 4).mean((-1, -2))[:, [0, 1, 2, 0]]}


def test_it_begins_as_the_first_decoder_and_leaves_that_and_the_encoder_alone() -> None:
    made = recipe()
    before = {name: weight.clone() for name, weight in made.autoencoder.state_dict().items()}
    first = made.autoencoder.decode(made.autoencoder.encode(pictures())).clamp(-1, 1)
    assert torch.equal(made.translate(pictures()), first)
    for step in range(3):
        made.step(batch(step), 0.3)
    assert not torch.allclose(made.translate(pictures()), first, atol=1e-4)
    assert all(torch.equal(weight, before[name]) for name, weight in made.autoencoder.state_dict().items())


def test_noise_on_the_latents_has_a_deviation_of_its_own_for_each_picture() -> None:
    """U(0, most) times N(0, 1) has the variance most^2 / 3; and 0 leaves the latents as they are, but for the scale."""
    made = recipe(noised=0.6)
    made.autoencoder.deviation.fill_(2.0)
    torch.manual_seed(1)
    found = made._disturbed(torch.zeros(4000, 4, 4, 4)) / 2
    assert float(found.square().mean()) == pytest.approx(0.6**2 / 3, rel=0.05)
    deviations = found.flatten(1).std(1)
    assert float(deviations.min()) < 0.05 and 0.55 < float(deviations.max()) < 0.9
    latent = torch.randn(2, 4, 4, 4)
    assert torch.equal(recipe(noised=0.0)._disturbed(latent), latent * recipe().autoencoder.deviation)


def test_the_discriminator_asks_for_what_an_error_cannot() -> None:
    """One latent, pictures of noise: the best decoding by L1 is grey, by a discriminator it is noisy."""
    roughness = {}
    for adversarial in (0.0, 1.0):
        made = recipe(perceptual=0.0, adversarial=adversarial, rate=2e-3, noised=0.0)
        latent = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(5))
        for step in range(60):
            made.step({"picture": pictures(seed=step).round(), "latent": latent}, 0.3)
        decoded = made.networks["decoder"](latent * made.autoencoder.deviation)
        roughness[adversarial] = decoded.detach().diff(dim=-1).abs().mean().item()
    assert roughness[1.0] > 2 * roughness[0.0]


def test_an_interrupted_run_ends_with_the_same_bytes(tmp_path) -> None:
    whole, resumed = whole_and_resumed(recipe, batch, tmp_path)
    assert whole == resumed


def test_its_batches_are_photographs_and_their_latents() -> None:
    config = LatentsConfig(part="decoder", toons=0.0, batch=4)
    found = batches(config, Profile("quick"), 0)(0)
    photo = as_pictures(found["picture"]) if found["picture"].dtype == torch.uint8 else found["picture"]
    with torch.no_grad():
        wanted = autoencoder_of("ours").encode(photo)
    assert torch.allclose(found["latent"], wanted, atol=1e-4)


def test_the_released_one_reads_the_same_latents_and_decodes_them_nearer_to_photographs() -> None:
    first, sharp = autoencoder_of("ours"), autoencoder_of("ours", "sharp")
    photos = ToonWorld("duo", "test", 64, count=32).photos(list(range(32)))
    with torch.no_grad():
        latents = first.encode(photos)
        assert torch.equal(latents, sharp.encode(photos))
        rough = [float(one.diff(dim=-1).abs().mean()) for one in (first.decode(latents), sharp.decode(latents), photos)]
    assert abs(rough[1] - rough[2]) < 0.5 * abs(rough[0] - rough[2]), rough
    about = load_weights(weights.released(DECODER))[1]
    assert (about["recipe"], about["network"]) == ("latents", "decoder")


def test_the_scores_tell_both_decoders_and_none_apart() -> None:
    made = DecoderRecipe(features("toonnet"), autoencoder_of("ours"), LatentsConfig(part="decoder"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few pictures
        found = decoder_scores(made, Profile("quick"))
    assert found["photo"] == found["first decoder"]  # before a step is taken
    assert found["photo untouched"]["true error"].value == 0 < found["photo"]["true error"].value


@pytest.mark.parametrize("changes", [{"filters": 16}, {"channels": 8}])
def test_a_decoder_of_another_size_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(ToonkitError, match="the autoencoder's filters and channels"):
        recipe(**changes)


def test_a_decoder_that_is_none_or_not_here_is_refused(tmp_path, monkeypatch) -> None:
    with pytest.raises(ToonkitError, match="decoder 'blunt'"):
        TomJerryConfig(decoder="blunt")
    with pytest.raises(ToonkitError, match="not of space 'stable_diffusion'"):
        TomJerryConfig(decoder="sharp", space="stable_diffusion")
    (tmp_path / f"{AUTOENCODER}.safetensors").write_bytes(weights.released(AUTOENCODER).read_bytes())
    monkeypatch.setattr(weights, "RELEASED", tmp_path)
    with pytest.raises(ToonkitError, match="latents-decoder"):
        autoencoder_of("ours", "sharp")
