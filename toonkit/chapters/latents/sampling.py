"""Latents out of noise: classifier-free guidance and the schedulers of diffusers, by one loop."""

from __future__ import annotations

from collections.abc import Callable

import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, SchedulerMixin
from torch import Tensor

from toonkit.chapters.latents.denoiser import BETAS, STEPS, Denoiser, noising
from toonkit.project.errors import ToonkitError, check_name

Predict = Callable[[Tensor, Tensor], Tensor]  # noisy latents (N, C, h, w) and steps (N,) -> the noise in them
GUIDANCES = (1.0, 2.0, 4.0)  # that are measured
SAMPLERS = ("ddpm", "ddim", "dpm_solver")
LIMIT = 4.0  # a clean latent has deviation 1: what a solver believes to be clean stays within so many of them


def scheduler(name: str, steps: int) -> SchedulerMixin:
    """A scheduler of diffusers for `steps` of the T = 1000: DDPM, DDIM (eta 0) or DPM-Solver++ (2M).

    Raises ToonkitError for another name, or for a number of steps that is not 1 to T.
    """
    check_name("sampler", name, SAMPLERS)
    if not 1 <= steps <= STEPS:
        raise ToonkitError(f"{steps} steps of {STEPS}; choose a number from 1 to {STEPS}")
    common = {"num_train_timesteps": STEPS, "beta_start": BETAS[0], "beta_end": BETAS[1]}
    common |= {"beta_schedule": "scaled_linear"}
    cut = {"clip_sample": True, "clip_sample_range": LIMIT, "timestep_spacing": "trailing"}
    if name == "ddpm":
        made = DDPMScheduler(**common, **cut)
    elif name == "ddim":
        made = DDIMScheduler(**common, **cut, set_alpha_to_one=True)
    else:
        made = DPMSolverMultistepScheduler(**common, algorithm_type="dpmsolver++", timestep_spacing="trailing")
    made.set_timesteps(steps)
    return made


def guided(denoiser: Denoiser, tokens: Tensor, null: Tensor, guidance: float) -> Predict:
    """The noise with classifier-free guidance: null + guidance * (conditional - null) (Ho and Salimans, 2022).

    Tokens (N, L, width) of the condition and of no condition. Guidance 1 is the conditional prediction, 0 the
    unconditional; neither then computes the other.
    """

    def predict(noisy: Tensor, steps: Tensor) -> Tensor:
        if guidance == 1:
            return denoiser(noisy, steps, tokens)
        without = denoiser(noisy, steps, null)  # (N, C, h, w)
        return without + guidance * (denoiser(noisy, steps, tokens) - without) if guidance else without

    return predict


@torch.no_grad()
def denoise(predict: Predict, noisy: Tensor, solver: SchedulerMixin, generator: torch.Generator) -> Tensor:
    """Latents (N, C, h, w), noisy at the first of the solver's steps, made clean step by step."""
    for step in solver.timesteps:
        noise = predict(noisy, step.expand(len(noisy)).to(noisy.device))  # (N, C, h, w)
        noisy = solver.step(noise, step, noisy, generator=generator).prev_sample
    return noisy


def noised(latents: Tensor, noise: Tensor, step: Tensor) -> Tensor:
    """z_t = alpha_t z + sigma_t eta of clean latents and noise, (N, C, h, w) each, at one step."""
    return noising().add_noise(latents, noise, step.expand(len(latents)))


def noise_like(
    count: int, channels: int, side: int, seed: int, device: torch.device | str = "cpu"
) -> tuple[Tensor, torch.Generator]:
    """Standard normal latents (count, channels, side, side), and the generator that goes on from there.

    They are drawn on the CPU, so that they are the same on every device.
    """
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, channels, side, side, generator=generator).to(device), generator


@torch.no_grad()
def sample_classes(
    denoiser: Denoiser,
    labels: Tensor,
    side: int,
    seed: int = 0,
    guidance: float = 2.0,
    steps: int = 20,
    sampler: str = "ddim",
) -> Tensor:
    """Clean latents (N, C, side, side) of classes (N,), where these and the denoiser are."""
    noisy, generator = noise_like(len(labels), denoiser.unet.config.in_channels, side, seed, labels.device)
    null = denoiser.tokens_of(torch.full_like(labels, denoiser.null))
    predict = guided(denoiser, denoiser.tokens_of(labels), null, guidance)
    return denoise(predict, noisy, scheduler(sampler, steps), generator)
