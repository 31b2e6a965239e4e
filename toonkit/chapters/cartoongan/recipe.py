"""Image Toonification's CartoonGAN: initialisation on classical cartoons, three-way adversarial loss, content loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from toonkit.losses.adversarial import discriminator_loss, generator_loss
from toonkit.losses.content import colour_loss, content_loss
from toonkit.networks.cartoon_gan import CartoonDiscriminator, CartoonGenerator
from toonkit.networks.features import Features
from toonkit.project.errors import check_name
from toonkit.training.pool import ImagePool
from toonkit.training.recipe import Batch, Recipe, Term, second_half
from toonkit.world import FAMILIES

INITIALISATIONS = ("classical", "reconstruction", "none")
PHOTOGRAPHS = ("toonworld", "real")


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
    colour: float = 10.0  # ours: weight of colours averaged over 8 x 8 pixels, to which stage 3 is nearly blind
    smooth_edges: bool = True  # the discriminator's third kind of input
    discriminator_rate: float = 4e-4  # 2e-4 and 1e-5, as the generator's
    rate: float = 4e-4  # initialisation 2e-4, then 1e-5 at batch 8 over 200 epochs; a run of minutes needs more
    pool: int = 50
    batch: int = 8
    size: int = 64  # pixels; 256
    photographs: str = "toonworld"  # or "real", with the cartoons of all of ToonWorld's families
    family: str = "faces"  # of ToonWorld, where the photographs are its

    def __post_init__(self) -> None:
        check_name("initialisation", self.initialisation, INITIALISATIONS)
        check_name("photographs", self.photographs, PHOTOGRAPHS)
        check_name("family", self.family, FAMILIES)


def build(config: CartoonGANConfig) -> dict[str, nn.Module]:
    """The two networks of a configuration."""
    generator = CartoonGenerator(config.filters, config.blocks, config.norm)
    discriminator = CartoonDiscriminator(config.discriminator_filters, config.discriminator_norm)
    return {"generator": generator, "discriminator": discriminator}


class CartoonGAN(Recipe):
    """The batch: photo, toon, smooth (the toon's edges smoothed) and, to initialise, classical; (N, 3, H, W) each."""

    name = "cartoongan"
    released = ("generator", "discriminator")

    def __init__(self, features: Features, config: CartoonGANConfig | None = None) -> None:
        self.config = config or CartoonGANConfig()
        self.features = features
        self.frozen = (features,)
        self.networks = build(self.config)
        self.optimisers = {
            name: torch.optim.Adam(self.networks[name].parameters(), rate, betas=(0.5, 0.999))
            for name, rate in self._rates().items()
        }
        self.pools = {"fakes": ImagePool(self.config.pool)}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        fake = self.networks["generator"](batch["photo"])  # (N, 3, H, W)
        yield "discriminator", {"discriminator": lambda: self._discriminator_loss(batch, fake)}
        yield (
            "generator",
            {
                "initial_pixels": lambda: content_loss(fake, self._target(batch)),
                "initial_content": lambda: self._content(fake, self._target(batch)),
                "adversarial": lambda: generator_loss(self.networks["discriminator"](fake)),
                "content": lambda: self._content(fake, batch["photo"]),
                "colour": lambda: colour_loss(fake, batch["photo"]),
            },
        )

    def weights(self, progress: float) -> dict[str, float]:
        names = ("discriminator", "initial_pixels", "initial_content", "adversarial", "content", "colour")
        weights = dict.fromkeys(names, 0.0)
        if self._initialises(progress):
            return weights | {"initial_pixels": 1.0, "initial_content": 0.1 * self.config.omega}
        trained = {"content": self.config.omega, "colour": self.config.colour}
        return weights | {"discriminator": 1.0, "adversarial": 1.0} | trained

    def rates(self, progress: float) -> dict[str, float]:
        if self._initialises(progress):
            return {"generator": self.config.initial_rate}
        return {name: rate * second_half(progress) for name, rate in self._rates().items()}

    def translate(self, photo: Tensor) -> Tensor:
        """Photographs to cartoons, (N, 3, H, W)."""
        return self.networks["generator"](photo)

    def _rates(self) -> dict[str, float]:
        return {"generator": self.config.rate, "discriminator": self.config.discriminator_rate}

    def _initialises(self, progress: float) -> bool:
        """Whether the supervised start is still going on."""
        return self.config.initialisation != "none" and progress < self.config.initial_share

    def _target(self, batch: Batch) -> Tensor:
        """What the supervised start draws: the classical cartoon of the photo, or the photo itself, (N, 3, H, W)."""
        return batch["classical"] if self.config.initialisation == "classical" else batch["photo"]

    def _discriminator_loss(self, batch: Batch, fake: Tensor) -> Tensor:
        discriminator = self.networks["discriminator"]
        fakes = [discriminator(self.pools["fakes"](fake))]  # (N, 1, H / 4, W / 4) each
        if self.config.smooth_edges:
            fakes.append(discriminator(batch["smooth"]))
        return discriminator_loss(discriminator(batch["toon"]), *fakes)

    def _content(self, drawn: Tensor, target: Tensor) -> Tensor:
        with torch.no_grad():
            wanted = self.features(target, self.config.layer)  # (N, C, h, w)
        return content_loss(self.features(drawn, self.config.layer), wanted)
