"""The recipe of "Tom and Jerry in real life": a frozen diffusion model learns to listen to a cartoon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from toonkit.chapters.captions.networks import Captioner
from toonkit.chapters.captions.published import PublishedCaptioner
from toonkit.chapters.latents import networks, published
from toonkit.chapters.latents.denoiser import STEPS, Denoiser, cross_channels, noising
from toonkit.chapters.latents.losses import noise_loss
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.published import PublishedAutoencoder
from toonkit.chapters.latents.recipe import BASES, DECODERS, warm_cosine
from toonkit.chapters.tomjerry.losses import predicted_clean, regularisation
from toonkit.chapters.tomjerry.model import SourceDenoiser, take_over
from toonkit.chapters.tomjerry.networks import CONDITIONINGS, CartoonEncoder, ConcatParts, SourceParts
from toonkit.project.errors import ToonkitError, check_name
from toonkit.training.recipe import Batch, Recipe, Term
from toonkit.world import ToonWorld

TARGETS = ("same class", "counterpart", "itself")
SOURCES = ("cartoon", "masks")
FACTORS = {"ours": networks.FACTOR, "stable_diffusion": published.FACTOR}  # pixels a side for a place of the latent


@dataclass(frozen=True)
class TomJerryConfig:
    """Every number of the recipe; the report's value beside it where it gives one, "ours" where not."""

    space: str = "ours"  # of the latents, and whose denoiser is frozen; "stable_diffusion": profile paper's
    conditioning: str = "attention"  # "concat": phi's map beside the latent, and the whole denoiser learns; ours
    query: str = "latent"  # "source" is eq. 5 as printed
    heads: int = 64  # 8, 16, 32, 64; table 1
    meaning: str = "number"  # of attention heads; "channels": of each head
    token: int = 8  # pixels a side of each token of phi: 8 a side of 64 px; ours
    placed: bool = False  # ours: each query is told its own place
    target: str = "same class"  # "counterpart": the true photograph, ours; "itself": the source is made of the target
    source: str = "cartoon"  # "masks": segmentation maps, its future work
    diffusion: float = 1.0  # weight of eq. 2; 0: "trained using only the regularization loss"
    blip: float = 1.0  # weight of eq. 7, of the clean latent that z_t implies: z_t itself depends on no weight
    first_step: int = 0  # noise levels at which eq. 7 is asked; not given
    last_step: int = 600  # beyond, what z_t implies is a blur that BLIP never saw
    regularised: int = 4  # ours: pictures of a batch that are decoded for eq. 7, to save time
    dropout: float = 0.15  # ours, of the condition
    decoder: str = "first"  # "sharp": the autoencoder's decoder as it was taught further (`train latents decoder`)
    scenes: int = 2000  # ours: of ToonWorld, a side; the report has 2,000 or 5,000, it says both
    rate: float = 1e-3  # not given
    batch: int = 16  # 4
    size: int = 64  # pixels; 512

    def __post_init__(self) -> None:
        check_name("latent space", self.space, tuple(BASES))
        check_name("conditioning", self.conditioning, CONDITIONINGS)
        if self.conditioning == "concat" and (self.placed or self.query != "latent"):
            raise ToonkitError("beside the latent a source has its place; placed and query are of cross-attention")
        check_name("target", self.target, TARGETS)
        check_name("source", self.source, SOURCES)
        check_name("decoder", self.decoder, DECODERS)
        if self.decoder != "first" and self.space != "ours":
            raise ToonkitError(f"decoder {self.decoder!r} is of our latents, not of space {self.space!r}; take 'first'")
        if not 0 <= self.first_step < self.last_step <= STEPS:
            raise ToonkitError(f"steps {self.first_step} to {self.last_step} of {STEPS}; choose 0 <= first < last")


def build(config: TomJerryConfig) -> dict[str, nn.Module]:
    """The parts that learn. Raises ToonkitError for heads that do not divide the channels."""
    channels = 3 if config.source == "cartoon" else len(ToonWorld("duo").mask_classes)
    frozen = BASES[config.space]
    width = frozen.tokens_width
    if config.conditioning == "concat":
        classes = len(ToonWorld("duo").classes)
        denoiser = Denoiser(frozen.widths, frozen.heads, width, classes, frozen.channels, beside=width)
        return {"parts": ConcatParts(channels, width, denoiser, FACTORS[config.space])}
    cross = cross_channels(frozen.widths)
    phi = CartoonEncoder(channels, width, patch=config.token)
    return {"parts": SourceParts(cross, phi, width, config.heads, config.meaning, config.query, config.placed)}


class TomJerry(Recipe):
    """The batch: source (N, C, H, W), its cartoon toon (N, 3, H, W), a photograph's latent (N, c, h, w), label (N,)."""

    name = "tomjerry"
    released = ("parts",)

    def __init__(
        self,
        denoiser: Denoiser,
        autoencoder: Autoencoder | PublishedAutoencoder,
        captioner: Captioner | PublishedCaptioner | None,
        config: TomJerryConfig,
    ) -> None:
        if config.blip and captioner is None:
            raise ToonkitError("eq. 7 needs a captioner, and this recipe was given none; set the weight blip to 0")
        self.config = config
        self.networks = build(config)
        take_over(self.networks["parts"], denoiser)
        self.model = SourceDenoiser(denoiser, self.networks["parts"])
        frozen = () if config.conditioning == "concat" else (self.model.denoiser,)
        self.autoencoder = autoencoder
        self.captioner = captioner
        self.frozen = (*frozen, autoencoder, *([captioner] if captioner else []))
        adam = torch.optim.AdamW(self.networks["parts"].parameters(), config.rate, weight_decay=1e-2)
        self.optimisers = {"parts": adam}
        self.pools = {}
        self.noising = noising()

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        latent = batch["latent"]  # (N, C, h, w)
        noise = torch.randn_like(latent)
        steps = torch.randint(STEPS, (len(latent),), device=latent.device)  # (N,)
        some = self.config.regularised
        steps[:some] = torch.randint(self.config.first_step, self.config.last_step, (min(some, len(steps)),))
        kept = torch.rand(len(latent), device=latent.device) >= self.config.dropout  # (N,)
        if self.captioner is not None:
            kept[:some] = True
        noisy = self.noising.add_noise(latent, noise, steps)  # (N, C, h, w)
        tokens = self.model.tokens_of(batch["label"], batch["source"], kept)  # (N, L, width)
        predicted = self.model(noisy, steps, tokens).float()  # (N, C, h, w)
        shown = predicted_clean(noisy, predicted, steps, self.noising)  # (N, C, h, w)
        terms: dict[str, Term] = {"noise": lambda: noise_loss(predicted, noise)}
        if self.captioner is not None:
            terms["blip"] = lambda: self._regularisation(shown[:some], batch["toon"][:some])
        yield "parts", terms

    def weights(self, progress: float) -> dict[str, float]:
        return {"noise": self.config.diffusion, "blip": self.config.blip}

    def rates(self, progress: float) -> dict[str, float]:
        return {"parts": self.config.rate * warm_cosine(progress)}

    def _regularisation(self, latents: Tensor, toons: Tensor) -> Tensor:
        """Eq. 7 of latents (n, C, h, w) and the cartoons (n, 3, H, W) that they are to be photographs of."""
        with torch.no_grad():
            wanted = self.captioner.tokens_seen(toons)  # (n, 1 + patches, width)
        decoded = self.autoencoder.decode(latents).clamp(-1, 1)  # (n, 3, H, W)
        return regularisation(self.captioner.tokens_seen(decoded), wanted)
