"""Image Toonification's CartoonGAN: initialisation on classical cartoons, three-way adversarial loss, content loss."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.losses.adversarial import discriminator_loss, generator_loss
from toonkit.losses.content import content_loss
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.features import Features
from toonkit.recipes.pool import ImagePool
from toonkit.recipes.recipe import Recipe, second_half

COLOUR_PATCH = 8  # pixels


@dataclass(frozen=True)
class CartoonGANConfig:
    """The authors' values beside each; the report gives none but the structure."""

    filters: int = 16  # 64; slim enough for a CPU
    blocks: int = 4  # 8 ("auto-encoder model with 8 residual blocks")
    discriminator_filters: int = 16  # 32
    norm: str = "instance"  # the report's change; CartoonGAN had batch norm
    discriminator_norm: str = "spectral"  # instance, as the generator's; then it soon is too sure to teach anything
    initialisation: str = "classical"  # the report's: photo -> classical cartoon; or "reconstruction", "none"
    initial_rate: float = 1e-3  # 2e-4
    initial_share: float = 0.15  # share of the steps spent on it; 20 of 220 epochs there
    content: str = "toonnet"  # VGG19 there, ResNet in the report's comparison
    layer: str = "stage3"  # conv4_4 of VGG19, before its ReLU
    omega: float = 10.0  # weight of the content loss; 10 on VGG19's features, which are much larger than toonnet's
    colour: float = 10.0  # ours: weight of colours averaged over COLOUR_PATCH pixels, to which stage 3 is nearly blind
    smooth_edges: bool = True  # the discriminator's third kind of input
    discriminator_rate: float = 4e-4  # 2e-4 and 1e-5, as the generator's
    rate: float = 4e-4  # initialisation 2e-4, then 1e-5 at batch 8 over 200 epochs; a run of minutes needs more
    pool: int = 50
    batch: int = 8


class CartoonGAN(Recipe):
    """The batch: photo, toon, smooth (the toon's edges smoothed) and, to initialise, classical; (N, 3, H, W) each."""

    name = "cartoongan"
    released = ("generator", "discriminator")

    def __init__(self, features: Features, config: CartoonGANConfig | None = None) -> None:
        c = self.config = config or CartoonGANConfig()
        self.features = features
        generator, critic = (
            CartoonGenerator(c.filters, c.blocks, c.norm),
            CartoonDiscriminator(c.discriminator_filters, c.discriminator_norm),
        )
        self.networks = {"generator": generator, "discriminator": critic}
        self.rates = {"generator": c.rate, "discriminator": c.discriminator_rate}
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), self.rates[name], betas=(0.5, 0.999))
            for name, network in self.networks.items()
        }
        self.pools = {"fakes": ImagePool(c.pool)}

    def step(self, batch: dict[str, Tensor], progress: float) -> dict[str, Tensor]:
        if self.config.initialisation != "none" and progress < self.config.initial_share:
            return self._initialise(batch)
        for name, rate in self.rates.items():
            self.set_rate(name, rate * second_half(progress))
        fake = self.networks["generator"](batch["photo"])
        critic = self._criticise(batch, fake)
        return self._generate(batch["photo"], fake) | {"discriminator": critic}

    def translate(self, photo: Tensor) -> Tensor:
        """Photographs to cartoons, (N, 3, H, W)."""
        return self.networks["generator"](photo)

    def _initialise(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Supervised start: the classical cartoon of the photo, or the photo itself, in pixels and features."""
        self.set_rate("generator", self.config.initial_rate)
        target = batch["classical"] if self.config.initialisation == "classical" else batch["photo"]
        drawn = self.networks["generator"](batch["photo"])
        loss = content_loss(drawn, target) + 0.1 * self.config.omega * self._content(drawn, target)
        self.update("generator", loss)
        return {"initialisation": loss.detach()}

    def _criticise(self, batch: dict[str, Tensor], fake: Tensor) -> Tensor:
        critic = self.networks["discriminator"]
        fakes = [critic(self.pools["fakes"](fake))] + ([critic(batch["smooth"])] if self.config.smooth_edges else [])
        loss = discriminator_loss(critic(batch["toon"]), *fakes)
        self.update("discriminator", loss)
        return loss.detach()

    def _generate(self, photo: Tensor, fake: Tensor) -> dict[str, Tensor]:
        losses = {
            "adversarial": generator_loss(self.networks["discriminator"](fake)),
            "content": self._content(fake, photo),
            "colour": content_loss(F.avg_pool2d(fake, COLOUR_PATCH), F.avg_pool2d(photo, COLOUR_PATCH)),
        }
        c = self.config
        self.update("generator", losses["adversarial"] + c.omega * losses["content"] + c.colour * losses["colour"])
        return {name: loss.detach() for name, loss in losses.items()}

    def _content(self, drawn: Tensor, target: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.features(target, self.config.layer)
        return content_loss(self.features(drawn, self.config.layer), wanted)
