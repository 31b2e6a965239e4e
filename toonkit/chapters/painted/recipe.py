"""Photographs to painted comics: projected discriminators, and white-box cartoonisation's views of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.painted.networks import PaintingGenerator, SurfaceDiscriminator
from toonkit.filters import guided_filter
from toonkit.filters.colour import shift_weights
from toonkit.filters.flat import with_flat
from toonkit.losses.adversarial import discriminator_hinge, generator_hinge
from toonkit.losses.content import colour_loss, feature_distance
from toonkit.losses.flatness import step_distance, unrest
from toonkit.networks.features import Features
from toonkit.networks.projected import SQUEEZENET as LAYERS
from toonkit.networks.projected import ProjectedDiscriminator
from toonkit.training.recipe import Batch, Recipe, Term

STRUCTURE = 1  # fire2
CONTENT = 3  # fire5
KEPT = ("content", "structure", "pixel", "steps", "unrest", "colour")


@dataclass(frozen=True)
class PaintedConfig:
    """Every number of the recipe, its source beside it ("ours": by pictures of a few short runs)."""

    filters: int = 16  # white-box cartoonisation 32; slim enough for a CPU
    blocks: int = 4  # white-box 4
    strength: float = 0.018  # of the flat abstraction; Xu et al. 0.02, which makes faces pale
    rate: float = 1e-3  # white-box and Projected GAN 2e-4; a run of an hour needs more
    discriminator_rate: float = 4e-4  # ours
    decay: float = 0.4  # ours: the last share of the steps, over which rates fall linearly to 0
    # adversarial term of what a random grey of the picture shows the frozen network
    texture: float = 0.5  # white-box 1, which hatches here
    surface: float = 0.3  # white-box 0.1: adversarial term of the guided-filtered picture
    surface_radius: int = 3  # white-box 5, on pictures twice as large
    surface_eps: float = 0.2  # white-box
    content: float = 0.5  # fire5 of the flat abstraction, relative L1
    structure: float = 0.5  # fire2 of the flat abstraction, relative L1
    pixel: float = 4.0  # L1 to the flat abstraction
    steps: float = 8.0  # L1 between its steps from pixel to pixel and the flat abstraction's
    unrest: float = 6.0  # total variation where the flat abstraction is flat
    colour: float = 5.0  # L1 to the photograph's colours over `colour_patch` pixels
    colour_patch: int = 16  # pixels; coarser than any line
    batch: int = 4  # Projected GAN 64; white-box 16
    size: int = 128  # pixels


def build(config: PaintedConfig) -> dict[str, nn.Module]:
    """The generator and its two discriminators."""
    widths = list(LAYERS.values())
    return {
        "generator": PaintingGenerator(config.filters, config.blocks),
        "texture": ProjectedDiscriminator(widths, [width // 2 if width < 128 else 64 for width in widths], [1] * 4, 1),
        "surface": SurfaceDiscriminator(),
    }


class Painted(Recipe):
    """The batch: photo, flat (its abstraction) and toon, (N, 3, H, W) each."""

    name = "painted"
    released = ("generator",)

    def __init__(self, features: Features, config: PaintedConfig | None = None) -> None:
        c = self.config = config or PaintedConfig()
        self.features = features
        self.frozen = (features,)
        self.networks = build(c)
        generator, texture, surface = self.networks.values()
        told_apart = [*texture.parameters(), *surface.parameters()]
        self.optimisers = {
            "generator": torch.optim.Adam(generator.parameters(), c.rate, betas=(0.0, 0.99)),
            "discriminator": torch.optim.Adam(told_apart, c.discriminator_rate, betas=(0.0, 0.99)),
        }
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        drawn = self.networks["generator"](torch.cat([batch["photo"], batch["flat"]], 1)).float()  # (N, 3, H, W)
        grey = shift_weights("white_box").to(drawn)
        fake = self._views(drawn, grey)
        yield "discriminator", self._discriminator_terms(self._views(batch["toon"], grey), fake)
        texture, surface = self.networks["texture"], self.networks["surface"]
        for network in (texture, surface):  # the generator's gradient passes through them and leaves none in them
            network.requires_grad_(False)
        adversarial: dict[str, Term] = {
            "texture": lambda: generator_hinge(texture(fake[0])),
            "surface": lambda: generator_hinge([surface(fake[1])]),
        }
        yield "generator", adversarial | self._kept(drawn, batch["photo"], batch["flat"])
        for network in (texture, surface):
            network.requires_grad_(True)

    def weights(self, progress: float) -> dict[str, float]:
        kept = {name: getattr(self.config, name) for name in ("texture", "surface", *KEPT)}
        return kept | {"discriminator_texture": 1.0, "discriminator_surface": 1.0}

    def rates(self, progress: float) -> dict[str, float]:
        factor = min(1.0, (1 - progress) / self.config.decay)
        return {"generator": factor * self.config.rate, "discriminator": factor * self.config.discriminator_rate}

    @torch.no_grad()
    def translate(self, photo: Tensor) -> Tensor:
        """Photographs to paintings, (N, 3, H, W), H and W multiples of 4."""
        return self.networks["generator"](with_flat(photo, self.config.strength))

    def _views(self, pictures: Tensor, grey: Tensor) -> tuple[list[Tensor], Tensor]:
        """A picture as the discriminators see it: layers of the frozen network (N, C, h, w) each, and its surface."""
        shown = (pictures * grey.view(1, 3, 1, 1)).sum(1, keepdim=True).expand_as(pictures)  # (N, 3, H, W)
        half = F.avg_pool2d(pictures, 2)  # (N, 3, H/2, W/2): a surface needs no more, and costs a quarter
        surface = guided_filter(half, radius=self.config.surface_radius, eps=self.config.surface_eps)
        return self._look(shown), surface

    def _look(self, pictures: Tensor) -> list[Tensor]:
        """The frozen network's LAYERS of pictures (N, 3, H, W), (N, C, h, w) each."""
        return self.features.several(pictures, tuple(LAYERS))

    def _discriminator_terms(
        self, real: tuple[list[Tensor], Tensor], fake: tuple[list[Tensor], Tensor]
    ) -> dict[str, Term]:
        texture, surface = self.networks["texture"], self.networks["surface"]
        layers = [layer.detach() for layer in fake[0]]
        return {
            "discriminator_texture": lambda: discriminator_hinge(texture(real[0]), texture(layers)),
            "discriminator_surface": lambda: discriminator_hinge([surface(real[1])], [surface(fake[1].detach())]),
        }

    def _kept(self, drawn: Tensor, photo: Tensor, flat: Tensor) -> dict[str, Term]:
        """What a drawing keeps of its photograph and of the flat abstraction, (N, 3, H, W) each."""
        seen = self._look(drawn)
        with torch.no_grad():
            wanted = self._look(flat)
        return {
            "content": lambda: feature_distance(seen[CONTENT], wanted[CONTENT]),
            "structure": lambda: feature_distance(seen[STRUCTURE], wanted[STRUCTURE]),
            "pixel": lambda: F.l1_loss(drawn, flat),
            "steps": lambda: step_distance(drawn, flat),
            "unrest": lambda: unrest(drawn, flat),
            "colour": lambda: colour_loss(drawn, photo, self.config.colour_patch),
        }
