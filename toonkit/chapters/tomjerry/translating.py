"""Cartoons into photographs: by the source-conditioned model, by the class alone, and by partial noising."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.captions.networks import Captioner
from toonkit.chapters.captions.published import PublishedCaptioner
from toonkit.chapters.contract import Drawing
from toonkit.chapters.latents.data import AUTOENCODER, DECODER, autoencoder_of
from toonkit.chapters.latents.denoiser import STEPS, Denoiser
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.published import PublishedAutoencoder
from toonkit.chapters.latents.sampling import denoise, guided, noise_like, noised, scheduler
from toonkit.chapters.loading import load_configured, load_network, load_trained
from toonkit.chapters.tomjerry.data import one_hot, segmented
from toonkit.chapters.tomjerry.model import SourceDenoiser
from toonkit.chapters.tomjerry.recipe import TomJerry, TomJerryConfig
from toonkit.networks.features import load_toonnet
from toonkit.networks.toonnet import READS_AT
from toonkit.world import ToonWorld

BASE = "latents-classes"  # the released class-conditional denoiser
CAPTIONER = "captions-both"
OURS = TomJerryConfig()
RELEASED = "tomjerry"
AS_REPORTED = "tomjerry-reported"  # eq. 5 as printed, eq. 7 as the only loss
DRAWS_WITH = (RELEASED, BASE, AUTOENCODER, DECODER, "toonnet")  # toonnet says of which class a cartoon is
GUIDANCE = 2.0
SAMPLING = 20  # DDIM steps
TOGETHER = 50  # pictures of 64 px drawn at once
CAPTIONED = 384  # pixels at which the published BLIP sees


def base_denoiser(config: TomJerryConfig = OURS) -> Denoiser:
    """The frozen class-conditional denoiser: the released one, or what profile paper trained in its latent space.

    Raises WeightsError or ToonkitError where it is not there.
    """
    if config.space != "ours":
        return load_trained("latents", "classes", "denoiser", config.size)
    return load_network(BASE, "denoiser of latents")


def base_autoencoder(config: TomJerryConfig = OURS) -> Autoencoder | PublishedAutoencoder:
    """The autoencoder of the latent space. Raises WeightsError or SourceError where it is not there."""
    return autoencoder_of(config.space, config.decoder)


def base_captioner(config: TomJerryConfig) -> Captioner | PublishedCaptioner:
    """The captioner that eq. 7 asks: the released one, or the published one as profile paper tuned it.

    Raises WeightsError or ToonkitError where it is not there.
    """
    if config.space != "ours":
        return load_trained("captions", "both", "captioner", min(config.size, CAPTIONED))
    return load_network(CAPTIONER, "captioner of captions")


def released_model(weights: str = RELEASED) -> tuple[SourceDenoiser, Autoencoder]:
    """A released model, and the autoencoder whose decoder it draws with. Raises WeightsError where one is absent."""
    parts, config = load_configured(weights, "parts of tomjerry")
    return SourceDenoiser(base_denoiser(config), parts).eval(), base_autoencoder(config)


def untrained_model(config: TomJerryConfig) -> tuple[SourceDenoiser, Autoencoder | PublishedAutoencoder]:
    """A model as its training begins, and its autoencoder: what is new has random weights, always the same.

    Raises WeightsError where a released network is not here.
    """
    denoiser, autoencoder = base_denoiser(config), base_autoencoder(config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        begun = TomJerry(denoiser, autoencoder, None, replace(config, blip=0.0))  # eq. 7's captioner is not asked
    return begun.model.eval(), autoencoder


def sources(model: SourceDenoiser, toons: Tensor) -> Tensor:
    """What a model is told of cartoons (N, 3, H, W): these, or their segmentation, by how many channels phi reads."""
    return toons if model.parts.phi.body[0].in_channels == 3 else one_hot(segmented(toons))


@torch.no_grad()
def photographs(
    model: SourceDenoiser,
    autoencoder: Autoencoder | PublishedAutoencoder,
    toons: Tensor,
    labels: Tensor,
    seed: int = 0,
    guidance: float = GUIDANCE,
    steps: int = SAMPLING,
    sampler: str = "ddim",
) -> Tensor:
    """Photographs (N, 3, H, W) of square cartoons (N, 3, H, W) of classes (N,), drawn where the networks are."""
    drawn = []
    device = next(model.parameters()).device
    together = max(1, TOGETHER * READS_AT**2 // (toons.shape[-1] * toons.shape[-2]))
    for number, (some, classes) in enumerate(zip(toons.split(together), labels.split(together), strict=True)):
        source, classes = sources(model, some).to(device), classes.to(device)
        predict = guided(model, model.tokens_of(classes, source), model.null_tokens(classes, source), guidance)
        side = some.shape[-1] // autoencoder.multiple
        noisy, generator = noise_like(len(some), autoencoder.channels, side, seed + 1000 * number, device)
        clean = denoise(predict, noisy, scheduler(sampler, steps), generator)
        drawn.append(autoencoder.decode(clean).clamp(-1, 1).cpu())
    return torch.cat(drawn)


@torch.no_grad()
def partly_noised(
    denoiser: Denoiser,
    autoencoder: Autoencoder,
    toons: Tensor,
    labels: Tensor,
    strength: float,
    seed: int = 0,
    guidance: float = GUIDANCE,
    steps: int = SAMPLING,
) -> Tensor:
    """SDEdit (Meng et al., 2022): cartoons noised to `strength` of the T steps, denoised as photographs of their class.

    Cartoons (N, 3, H, W), classes (N,); strength 1 forgets the cartoon, 0 returns what the autoencoder makes of it.
    `steps` are those of a whole way from noise; so many of them are taken as begin below the strength.
    """
    latents = autoencoder.encode(toons)  # (N, C, h, w)
    solver = scheduler("ddim", steps)
    solver.timesteps = solver.timesteps[solver.timesteps < strength * STEPS]
    if len(solver.timesteps):
        noise, generator = noise_like(len(toons), autoencoder.channels, latents.shape[-1], seed)
        null = denoiser.tokens_of(torch.full_like(labels, denoiser.null))
        predict = guided(denoiser, denoiser.tokens_of(labels), null, guidance)
        latents = denoise(predict, noised(latents, noise, solver.timesteps[0]), solver, generator)
    return autoencoder.decode(latents).clamp(-1, 1)


def classes_seen(toons: Tensor) -> Tensor:
    """Which of duo's classes (N,) toonnet sees in cartoons (N, 3, H, W): cat, mouse or both."""
    network = load_toonnet()
    world = ToonWorld("duo")
    numbers = network.labels.class_numbers(world, torch.arange(len(world.classes)))  # (3,)
    with torch.no_grad():
        return network(toons)["class"][:, numbers].argmax(1)


def tomjerry() -> Drawing:
    """The released model as a drawing of any picture. It sees and draws READS_AT pixels a side, stretched."""
    model, autoencoder = released_model()

    def draw(pictures: Tensor) -> Tensor:
        side = (READS_AT, READS_AT)
        toons = F.interpolate(pictures, side, mode="bilinear", antialias=True).clamp(-1, 1)
        drawn = photographs(model, autoencoder, toons, classes_seen(toons))  # (N, 3, READS_AT, READS_AT)
        return F.interpolate(drawn, pictures.shape[-2:], mode="bicubic", antialias=True).clamp(-1, 1)

    return draw
