"""The recipe of "Generating Animated Variants": eq. 5 for the generator, eq. 6 for the discriminator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.animated.losses import (
    contrast_loss,
    fine_loss,
    game_loss,
    minimax_loss,
    saturation_loss,
    shading_loss,
)
from toonkit.chapters.animated.networks import AnimatedGenerator, PatchDiscriminator
from toonkit.losses.adversarial import generator_loss
from toonkit.losses.content import colour_loss, content_loss
from toonkit.networks.features import Features
from toonkit.project.errors import check_name, check_weight
from toonkit.training.pool import ImagePool
from toonkit.training.recipe import Batch, Recipe, Term, second_half

GAMES = ("non_saturating", "minimax")  # -log D(G), which every implementation has; log(1 - D(G)), as eq. 1 is written
PICTURES = ("toonworld", "open")  # people of ToonWorld; or portraits and drawings that are open to all
WEIGHTS = ("omega_0", "omega_f", "omega_1", "omega_e", "colour", "shading", "contrast", "saturation")


@dataclass(frozen=True)
class AnimatedConfig:
    """Every number of the recipe; the report's value beside it where it gives one, "ours" where not."""

    filters: int = 16  # not given
    blocks: int = 5  # 5
    norm: str = "batch"  # nothing is said of the generator's
    skips: bool = True  # from the i-th layer to the (n - i)-th
    noise: int = 8  # numbers of z, an input of the generator; not given
    discriminator_filters: int = 16  # not given
    discriminator_norm: str = "batch"  # batch norm; ours: "spectral"
    patch: int = 21  # pixels; "a new hyper-parameter", not given
    content: str = "toonnet"  # VGG16
    layer: str = "stage3"  # conv5_3; toonnet's deepest stage is blind to where things are
    content_side: int = 0  # 224: pixels that pictures are resized to for it; 0 leaves them
    game: str = "non_saturating"  # eq. 1 is minimax
    printed_sign: bool = False  # whether eq. 4 keeps the sign that is printed
    omega_0: float = 1.0  # eq. 5, of the adversarial loss; not given
    omega_f: float = 10.0  # eq. 5, of the coarse loss; not given
    omega_1: float = 1.0  # eq. 6, of the adversarial loss; not given
    omega_e: float = 10.0  # eq. 6, of the fine loss; 10
    colour: float = 10.0  # ours, of colours averaged over 8 x 8 pixels, to which deep features are nearly blind
    shading: float = 0.0  # future work: of light and shade
    contrast: float = 0.0  # future work: of colour contrast
    saturation: float = 0.0  # future work: of saturating values
    rate: float = 4e-4  # 1e-4, for 180,000 steps; a run of minutes needs more
    pool: int = 50  # not given
    batch: int = 8  # 1 ("due to limited GPU memory")
    size: int = 64  # pixels; 256
    pictures: str = "toonworld"

    def __post_init__(self) -> None:
        check_name("game", self.game, GAMES)
        check_name("pictures", self.pictures, PICTURES)
        for name in WEIGHTS:
            check_weight(name, getattr(self, name))


def build(config: AnimatedConfig) -> dict[str, nn.Module]:
    """The two networks of a configuration. Raises ToonkitError for a patch that its pictures cannot have."""
    generator = AnimatedGenerator(config.filters, config.blocks, config.norm, config.skips, config.noise)
    discriminator = PatchDiscriminator(
        config.patch, config.size, config.batch, config.discriminator_filters, config.discriminator_norm
    )
    return {"generator": generator, "discriminator": discriminator}


class Animated(Recipe):
    """The batch: photo, toon and smooth (the toon's edges smoothed), (N, 3, H, W) each.

    The discriminator sees no photograph, though the report calls its network conditional: pictures are no pairs, so it
    could tell a true cartoon by its not fitting the photograph. What conditions the generator is the coarse loss.
    """

    name = "animated"
    released = ("generator",)

    def __init__(self, features: Features, config: AnimatedConfig | None = None) -> None:
        self.config = config or AnimatedConfig()
        self.features = features
        self.frozen = (features,)
        self.networks = build(self.config)
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), self.config.rate, betas=(0.5, 0.999))
            for name, network in self.networks.items()
        }
        self.pools = {"fakes": ImagePool(self.config.pool)}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        photo, discriminator = batch["photo"], self.networks["discriminator"]
        noise = torch.randn(len(photo), self.config.noise)  # (N, noise)
        fake = self.networks["generator"](photo, noise)  # (N, 3, H, W)
        yield (
            "discriminator",
            {
                "discriminator": lambda: game_loss(discriminator(batch["toon"]), discriminator(self._old(fake))),
                "fine": lambda: self._fine(batch["smooth"]),
            },
        )
        yield (
            "generator",
            {
                "adversarial": lambda: self._adversarial(discriminator(fake)),
                "coarse": lambda: content_loss(self._seen(fake), self._wanted(photo)),
                "colour": lambda: colour_loss(fake, photo),
                "shading": lambda: shading_loss(fake),
                "contrast": lambda: contrast_loss(fake, batch["toon"]),
                "saturation": lambda: saturation_loss(fake),
            },
        )

    def weights(self, progress: float) -> dict[str, float]:
        c = self.config
        return {
            "discriminator": c.omega_1,
            "fine": c.omega_e,
            "adversarial": c.omega_0,
            "coarse": c.omega_f,
            "colour": c.colour,
            "shading": c.shading,
            "contrast": c.contrast,
            "saturation": c.saturation,
        }

    def rates(self, progress: float) -> dict[str, float]:
        return dict.fromkeys(self.optimisers, self.config.rate * second_half(progress))

    def translate(self, photo: Tensor, noise: Tensor | None = None) -> Tensor:
        """Photographs to drawings, (N, 3, H, W), with noise (N, noise), by default its mean."""
        return self.networks["generator"](photo, noise)

    def _old(self, fake: Tensor) -> Tensor:
        return self.pools["fakes"](fake)

    def _fine(self, smooth: Tensor) -> Tensor:
        loss = fine_loss(self.networks["discriminator"](smooth))
        return -loss if self.config.printed_sign else loss

    def _adversarial(self, scores: Tensor) -> Tensor:
        return minimax_loss(scores) if self.config.game == "minimax" else generator_loss(scores)

    def _seen(self, pictures: Tensor) -> Tensor:
        """The content layer (N, C, h, w) of pictures (N, 3, H, W)."""
        if side := self.config.content_side:
            pictures = F.interpolate(pictures.float(), (side, side), mode="bilinear", antialias=True)
        return self.features(pictures, self.config.layer)

    def _wanted(self, photo: Tensor) -> Tensor:
        with torch.no_grad():
            return self._seen(photo)
