"""The autoencoder's decoder taught further against a discriminator; encoder, latents and denoisers stay as they are.

So whatever draws latents goes on unchanged. Stable Diffusion's decoder was tuned after its denoiser too, though for
another aim, a smaller squared error (`sd-vae-ft-mse`).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from toonkit.chapters.latents.losses import perceptual_loss
from toonkit.chapters.latents.networks import Autoencoder
from toonkit.chapters.latents.recipe import LAYERS, LatentsConfig, build, warm_cosine
from toonkit.losses.adversarial import discriminator_hinge, generator_hinge
from toonkit.losses.content import content_loss
from toonkit.networks.features import Features
from toonkit.project.errors import ToonkitError
from toonkit.training.recipe import Batch, Recipe, Term


class DecoderRecipe(Recipe):
    """The batch: picture (N, 3, H, W) and its latent (N, C, h, w). The autoencoder that is given stays as it is.

    The discriminator sees the picture and what the frozen network sees of it (Projected GAN): a mean of all that a
    latent could have been has no fur.
    """

    name = "latents"
    released = ("decoder",)

    def __init__(self, features: Features, autoencoder: Autoencoder, config: LatentsConfig) -> None:
        self.config = config
        self.features = features
        self.autoencoder = autoencoder
        self.frozen = (features, autoencoder)
        self.networks = build(config)
        _take_over(self.networks["decoder"], autoencoder.decoder)
        self.optimisers = {
            name: torch.optim.AdamW(network.parameters(), config.rate, betas=(0.0, 0.99))
            for name, network in self.networks.items()
        }
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        picture, discriminator = batch["picture"], self.networks["discriminator"]
        decoded = self.networks["decoder"](self._disturbed(batch["latent"])).float()  # (N, 3, H, W)
        seen = self._see(decoded)  # once for both updates
        with torch.no_grad():
            wanted = self._see(picture)
        blind = [one.detach() for one in seen]
        yield (
            "discriminator",
            {"discriminator": lambda: discriminator_hinge(discriminator(wanted), discriminator(blind))},
        )
        discriminator.requires_grad_(False)  # the decoder's gradient passes through it and leaves none in it
        yield (
            "decoder",
            {
                "error": lambda: content_loss(decoded, picture),
                "perceptual": lambda: perceptual_loss(seen[: len(LAYERS)], wanted[: len(LAYERS)]),
                "adversarial": lambda: generator_hinge(discriminator(seen)),
            },
        )
        discriminator.requires_grad_(True)

    def weights(self, progress: float) -> dict[str, float]:
        c = self.config
        judged = float(c.adversarial > 0)  # nobody asks a discriminator that counts for nothing
        return {"discriminator": judged, "error": 1.0, "perceptual": c.perceptual, "adversarial": c.adversarial}

    def rates(self, progress: float) -> dict[str, float]:
        return dict.fromkeys(self.optimisers, self.config.rate * warm_cosine(progress))

    def translate(self, picture: Tensor) -> Tensor:
        """Pictures encoded, and decoded by what has been taught, (N, 3, H, W)."""
        decoder = self.networks["decoder"]
        return decoder(self.autoencoder.encode(picture) * self.autoencoder.deviation).float().clamp(-1, 1)

    def _disturbed(self, latent: Tensor) -> Tensor:
        """Latents (N, C, h, w) with noise, each of a deviation of its own, as the decoder takes them."""
        most = torch.rand(len(latent), 1, 1, 1, device=latent.device) * self.config.noised  # (N, 1, 1, 1)
        return (latent + most * torch.randn_like(latent)) * self.autoencoder.deviation

    def _see(self, pictures: Tensor) -> list[Tensor]:
        """What the heads look at, of pictures (N, 3, H, W): LAYERS of the frozen network, and the pixels."""
        return [*self.features.several(pictures, LAYERS), pictures]


def _take_over(decoder: nn.Module, first: nn.Module) -> None:
    """Start from the first decoder's weights. Raises ToonkitError where it is of another size."""
    known, mine = first.state_dict(), decoder.state_dict()
    other = next((name for name in mine if mine[name].shape != known[name].shape), None)
    if other:
        raise ToonkitError(
            f"{other}: a decoder of {tuple(mine[other].shape)} cannot go on from one of {tuple(known[other].shape)}; "
            "give it the autoencoder's filters and channels"
        )
    decoder.load_state_dict(known)
