"""Latent diffusion: the autoencoder, the class-conditional denoiser of its latents, and the sizes of both."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from toonkit.chapters.latents.denoiser import STEPS, Denoiser, noising, some_nulls
from toonkit.chapters.latents.losses import kl_loss, noise_loss, perceptual_loss
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.losses.content import content_loss
from toonkit.networks.features import Features
from toonkit.networks.projected import ProjectedDiscriminator
from toonkit.networks.toonnet import ToonNet
from toonkit.project.errors import ToonkitError, check_name
from toonkit.training.recipe import Batch, Recipe, Term
from toonkit.world import ToonWorld

PARTS = ("autoencoder", "classes", "decoder")
AUTOENCODERS = ("ours", "stable_diffusion")  # the released one, factor 4; the published one, factor 8
DECODERS = ("first", "sharp")  # of ours: as it was trained with its encoder, or taught further against it
RISE = 0.02  # share of the steps in which the rate rises
LAYERS = ("stage1", "stage2", "stage3")  # of the perceptual loss, and under the discriminator's heads
HEADS = (16, 32, 32, 16)  # filters of the discriminator's heads, on LAYERS and on pixels
STRIDES = (2, 2, 1, 2)  # by how much each head shrinks its map first, to save time


@dataclass(frozen=True)
class LatentsConfig:
    """Every number of all parts. The report names none; latent diffusion's own stand beside, "ours" where not."""

    part: str = "classes"  # "decoder": the autoencoder's own, taught further while the latents stay as they are
    autoencoder: str = "ours"  # whose latents the denoiser learns; "stable_diffusion" at 512 px
    filters: int = 24  # of the autoencoder at full size; 128 at 256 px
    channels: int = 4  # of a latent; 4 at factor 8, ours is factor 4
    content: str = "toonnet"  # the perceptual loss's network; VGG16 (LPIPS)
    perceptual: float = 0.5  # 1.0, of LPIPS
    kl: float = 1e-4  # 1e-6, of a sum over the latent
    toons: float = 0.25  # ours: share of cartoons among the autoencoder's pictures, so that they have latents too
    adversarial: float = 0.2  # of the decoder; latent diffusion balances it anew in every step
    noised: float = 0.15  # ours: noise on the decoder's latents, up to this deviation, as a denoiser leaves some
    widths: tuple[int, ...] = (64, 64)  # of the U-Net; (192, 384, 768) at 256 px
    heads: int = 4  # of attention; the report tries 8, 16, 32, 64 in the next stage
    tokens_width: int = 64  # 512
    dropout: float = 0.15  # of the condition; the original code has none, and then guidance has no null class
    rate: float = 5e-4  # 1e-4 at batch 64 and more steps
    batch: int = 16  # 4 ("an optimized batch size")
    size: int = 64  # pixels; 512

    def __post_init__(self) -> None:
        check_name("part of latent diffusion", self.part, PARTS)
        check_name("autoencoder", self.autoencoder, AUTOENCODERS)
        if self.part == "decoder" and self.autoencoder != "ours":
            raise ToonkitError(f"the decoder of autoencoder {self.autoencoder!r} is not taught here; choose 'ours'")


PAPER = {  # in the latent space of Stable Diffusion, with latent diffusion's own widths
    "autoencoder": "stable_diffusion",
    "widths": (192, 384, 768),
    "heads": 8,
    "tokens_width": 512,
    "rate": 1e-4,
    "batch": 4,
    "size": 512,
}
BASES = {"ours": LatentsConfig(), "stable_diffusion": replace(LatentsConfig(), **PAPER)}  # by whose latent space


def build(config: LatentsConfig) -> dict[str, nn.Module]:
    """The networks of a part, by name. Raises ToonkitError for heads that do not divide the widths."""
    if config.part == "autoencoder":
        return {"autoencoder": Autoencoder(config.filters, config.channels)}
    if config.part == "decoder":
        widths = (*ToonNet().widths[: len(LAYERS)], 3)  # of the maps that its discriminator sees, pixels last
        return {
            "decoder": Autoencoder(config.filters, config.channels).decoder,
            "discriminator": ProjectedDiscriminator(widths, HEADS, STRIDES),
        }
    classes = len(ToonWorld("duo").classes)
    return {"denoiser": Denoiser(config.widths, config.heads, config.tokens_width, classes, config.channels)}


def warm_cosine(progress: float) -> float:
    """The factor of a rate that rises over the first RISE of the steps and falls to 0 as a cosine does."""
    return min(progress / RISE, 0.5 * (1 + math.cos(math.pi * progress))) + 1e-3


class AutoencoderRecipe(Recipe):
    """The batch: picture (N, 3, H, W). L1, what the perceptual network sees, and a little KL."""

    name = "latents"
    released = ("autoencoder",)

    def __init__(self, features: Features, config: LatentsConfig) -> None:
        self.config = config
        self.features = features
        self.frozen = (features,)
        self.networks = build(config)
        adam = torch.optim.AdamW(self.networks["autoencoder"].parameters(), config.rate, betas=(0.9, 0.99))
        self.optimisers = {"autoencoder": adam}
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        picture = batch["picture"]
        decoded, mean, logvar = self.networks["autoencoder"](picture)  # (N, 3, H, W), latents twice
        yield (
            "autoencoder",
            {
                "error": lambda: content_loss(decoded, picture),
                "perceptual": lambda: self._perceptual(decoded, picture),
                "kl": lambda: kl_loss(mean, logvar),
            },
        )

    def weights(self, progress: float) -> dict[str, float]:
        return {"error": 1.0, "perceptual": self.config.perceptual, "kl": self.config.kl}

    def rates(self, progress: float) -> dict[str, float]:
        return {"autoencoder": self.config.rate * warm_cosine(progress)}

    def translate(self, picture: Tensor) -> Tensor:
        """Pictures encoded and decoded, (N, 3, H, W)."""
        network = self.networks["autoencoder"]
        return network.decode(network.encode(picture)).clamp(-1, 1)

    def _perceptual(self, decoded: Tensor, picture: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.features.several(picture, LAYERS)  # (N, width, H / 2^k, W / 2^k) each
        return perceptual_loss(self.features.several(decoded, LAYERS), wanted)


class ClassDiffusion(Recipe):
    """The batch: latent (N, C, h, w) of a photograph and its class, label (N,). Predicts the noise (eq. 2)."""

    name = "latents"
    released = ("denoiser",)

    def __init__(self, config: LatentsConfig) -> None:
        self.config = config
        self.networks = build(config)
        adam = torch.optim.AdamW(self.networks["denoiser"].parameters(), config.rate, weight_decay=1e-2)
        self.optimisers = {"denoiser": adam}
        self.pools = {}
        self.noising = noising()

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        denoiser: Denoiser = self.networks["denoiser"]
        latent = batch["latent"]  # (N, C, h, w)
        noise = torch.randn_like(latent)
        steps = torch.randint(STEPS, (len(latent),), device=latent.device)  # (N,)
        noisy = self.noising.add_noise(latent, noise, steps)  # (N, C, h, w)
        tokens = denoiser.tokens_of(some_nulls(batch["label"], self.config.dropout, denoiser.null))  # (N, L, width)
        yield "denoiser", {"noise": lambda: noise_loss(denoiser(noisy, steps, tokens), noise)}

    def weights(self, progress: float) -> dict[str, float]:
        return {"noise": 1.0}

    def rates(self, progress: float) -> dict[str, float]:
        return {"denoiser": self.config.rate * warm_cosine(progress)}
