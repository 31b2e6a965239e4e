"""Latent diffusion: the noise schedule against closed forms, guidance, samplers on a world that is known, bad input."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from resuming import whole_and_resumed

from toonkit.chapters.latents.denoiser import STEPS, check_heads, noising, some_nulls
from toonkit.chapters.latents.losses import kl_loss, noise_loss
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.recipe import AutoencoderRecipe, ClassDiffusion, LatentsConfig, build, warm_cosine
from toonkit.chapters.latents.sampling import SAMPLERS, denoise, guided, noise_like, noised, sample_classes, scheduler
from toonkit.networks.features import features
from toonkit.project.errors import PictureError, ToonkitError

SMALL = LatentsConfig(widths=(32, 32), heads=4, tokens_width=16, batch=2, size=32)
SMALL_AUTOENCODER = LatentsConfig(part="autoencoder", filters=8, batch=2, size=32)


def pictures(count: int = 2, side: int = 32, seed: int = 0) -> torch.Tensor:
    return torch.rand((count, 3, side, side), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def latents(count: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.randn((count, 4, 8, 8), generator=torch.Generator().manual_seed(seed))


def alpha_squared(step: int) -> float:
    """The product of 1 - beta up to a step, betas linear in their square roots, computed by itself."""
    first, last = math.sqrt(0.0015), math.sqrt(0.0195)
    return math.prod(1 - (first + (last - first) * k / (STEPS - 1)) ** 2 for k in range(step + 1))


@pytest.mark.parametrize("step", [0, 10, 500, 999])
def test_noising_is_the_closed_form(step: int) -> None:
    clean, noise = latents().double(), latents(seed=1).double()
    kept = alpha_squared(step)
    wanted = math.sqrt(kept) * clean + math.sqrt(1 - kept) * noise
    found = noising().add_noise(clean, noise, torch.full((2,), step))
    assert torch.allclose(found, wanted, atol=1e-5)
    assert torch.allclose(noised(clean, noise, torch.tensor(step)), wanted, atol=1e-5)


def test_a_thousand_small_steps_of_noise_are_one_large_one() -> None:
    """Adding noise step by step, z <- sqrt(1 - beta) z + sqrt(beta) eta, has the closed form's mean and variance."""
    betas = noising().betas.double()
    mean, variance = 1.0, 0.0
    for beta in betas[:300].tolist():
        mean, variance = mean * math.sqrt(1 - beta), variance * (1 - beta) + beta
    assert mean**2 == pytest.approx(alpha_squared(299), rel=1e-4)
    assert variance == pytest.approx(1 - alpha_squared(299), rel=1e-4)


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_finds_a_cloud_whose_noise_is_known(name: str) -> None:
    """For latents N(m, s^2) the best prediction of the noise is linear; samples must have the mean and deviation."""
    mean, deviation = 0.7, 0.4

    def best(noisy: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
        kept = noising().alphas_cumprod[steps].view(-1, 1, 1, 1)
        variance = kept * deviation**2 + 1 - kept
        return (1 - kept).sqrt() * (noisy - kept.sqrt() * mean) / variance

    noise, generator = noise_like(64, 4, 8, seed=0)
    found = denoise(best, noise, scheduler(name, 200 if name == "ddpm" else 50), generator)
    assert float(found.mean()) == pytest.approx(mean, abs=0.03)
    assert float(found.std()) == pytest.approx(deviation, abs=0.05)


def test_guidance_mixes_the_two_predictions() -> None:
    torch.manual_seed(0)
    denoiser = build(SMALL)["denoiser"].eval()
    steps, labels = torch.full((2,), 500), torch.tensor([0, 2])
    tokens = denoiser.tokens_of(labels)
    null = denoiser.tokens_of(torch.full_like(labels, denoiser.null))
    with torch.no_grad():
        told, untold = denoiser(latents(), steps, tokens), denoiser(latents(), steps, null)
        assert not torch.allclose(told, untold, atol=1e-4)
        assert torch.equal(guided(denoiser, tokens, null, 1)(latents(), steps), told)
        assert torch.equal(guided(denoiser, tokens, null, 0)(latents(), steps), untold)
        mixed = guided(denoiser, tokens, null, 3)(latents(), steps)
    assert torch.allclose(mixed, 3 * told - 2 * untold, atol=1e-5)


def test_the_same_seed_draws_the_same_and_classes_differ() -> None:
    torch.manual_seed(0)
    denoiser = build(SMALL)["denoiser"].eval()
    draws = [sample_classes(denoiser, torch.tensor([k]), 8, seed=1, steps=3) for k in (0, 0, 1)]
    assert torch.equal(draws[0], draws[1]) and not torch.allclose(draws[0], draws[2], atol=1e-4)


def test_conditions_are_dropped_as_often_as_is_said() -> None:
    torch.manual_seed(0)
    labels = torch.arange(20000) % 3
    dropped = some_nulls(labels, 0.15, null=3)
    assert float((dropped == 3).float().mean()) == pytest.approx(0.15, abs=0.01)
    assert torch.equal(dropped[dropped != 3], labels[dropped != 3])


def test_losses_are_the_equations() -> None:
    mean, logvar = latents(), 0.3 * latents(seed=1)
    torch_kl = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, (logvar / 2).exp()), torch.distributions.Normal(0.0, 1.0)
    )
    assert kl_loss(mean, logvar).item() == pytest.approx(torch_kl.mean().item(), rel=1e-5)
    assert noise_loss(mean, logvar).item() == pytest.approx((mean - logvar).square().mean().item(), rel=1e-5)


def test_latents_have_deviation_one_once_training_has_measured_it() -> None:
    torch.manual_seed(0)
    network = Autoencoder(8)
    with torch.no_grad():
        for step in range(700):
            network._measure(3 * torch.randn(4, 4, 8, 8, generator=torch.Generator().manual_seed(step)))
    assert float(network.deviation) == pytest.approx(3, abs=0.05)
    network.eval()
    raw = network.posterior(pictures())[0]
    assert torch.allclose(network.encode(pictures()) * network.deviation, raw, atol=1e-5)
    assert network.encode(pictures()).shape == (2, 4, 8, 8)
    assert network.decode(network.encode(pictures())).shape == (2, 3, 32, 32)


def test_a_side_that_is_no_multiple_of_four_is_refused() -> None:
    with pytest.raises(PictureError, match="30x32 pixels has no latent; sides are multiples of 4"):
        Autoencoder(8).encode(torch.zeros(1, 3, 32, 30))


@pytest.mark.parametrize("heads", [0, 3, 7])
def test_heads_that_do_not_divide_are_refused(heads: int) -> None:
    with pytest.raises(ToonkitError, match=f"{heads} attention heads do not divide 32 channels"):
        check_heads(heads, (32,))
    with pytest.raises(ToonkitError, match="do not divide"):
        build(dataclasses.replace(SMALL, heads=heads))


@pytest.mark.parametrize(("name", "steps", "says"), [("euler", 10, "unknown sampler"), ("ddim", 0, "0 steps of 1000")])
def test_samplers_that_are_none_are_refused(name: str, steps: int, says: str) -> None:
    with pytest.raises(ToonkitError, match=says):
        scheduler(name, steps)


def test_the_rate_rises_and_falls() -> None:
    assert warm_cosine(0.0) == pytest.approx(1e-3)
    assert warm_cosine(0.02) == pytest.approx(1, abs=0.01)
    assert warm_cosine(1.0) == pytest.approx(1e-3)


def test_interrupted_runs_of_both_parts_end_with_the_same_bytes(tmp_path) -> None:
    def photos(step: int) -> dict[str, torch.Tensor]:
        return {"picture": pictures(seed=step)}

    def codes(step: int) -> dict[str, torch.Tensor]:
        return {"latent": latents(seed=step), "label": torch.tensor([step % 3, 1])}

    seen = features("toonnet")
    makers = {
        "autoencoder": (lambda: AutoencoderRecipe(seen, SMALL_AUTOENCODER), photos),
        "classes": (lambda: ClassDiffusion(SMALL), codes),
    }
    for name, (make, batch) in makers.items():
        whole, resumed = whole_and_resumed(make, batch, tmp_path / name)
        assert whole == resumed, name
