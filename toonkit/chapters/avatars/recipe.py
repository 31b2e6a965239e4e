"""Both ways between photographs of faces and one artist's avatars: CycleGAN's losses, projected discriminators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.losses.adversarial import discriminator_hinge, generator_hinge
from toonkit.losses.content import feature_distance, patch_colour
from toonkit.losses.cycle import cycle_consistency
from toonkit.networks.features import Features
from toonkit.networks.projected import LOUDNESS, ProjectedDiscriminator
from toonkit.networks.unet import UNetGenerator
from toonkit.training.recipe import Batch, Recipe, Term

SIDES = {"photo": "toon", "toon": "photo"}  # what a generator draws, and what of
LAYERS = {"conv1": 64, "fire2": 128, "fire5": 256, "fire7": 384}  # of SqueezeNet, and their channels
STRIDES = (2, 2, 1, 1)  # by how much the heads on them shrink first
CONTENT = 2  # fire5


@dataclass(frozen=True)
class AvatarsConfig:
    """Every number of the recipe; where it comes from beside it ("ours": by pictures of a few short runs)."""

    filters: int = 16  # CycleGAN 64
    blocks: int = 4  # CycleGAN 6 at 128 px
    head_filters: int = 32  # ours
    seen_at: int = 96  # pixels at which SqueezeNet is shown a picture; Projected GAN 224
    adversarial: float = 1.0  # Projected GAN's
    cycle: float = 5.0  # lambda of eq. 4; CycleGAN 10, beside weaker discriminators
    identity: float = 1.0  # eq. 4
    content: float = 0.5  # ours: fire5 of a picture and of what is drawn of it, relative L1
    colour: float = 4.0  # ours: a drawn skin is the colour of its photograph's
    patch: int = 12  # ours: pixels a side over which colours are averaged
    tolerance: float = 0.15  # ours: shaded skin and flat skin are not one colour
    rate: float = 4e-4  # ours; CycleGAN 2e-4 at batch 1
    decay: float = 0.3  # ours: the last share of the steps, over which rates fall linearly to 0
    batch: int = 4  # CycleGAN 1
    size: int = 96  # pixels; CycleGAN 256
    cut: str = "eyes"  # what both sides have in one place: "eyes" or "eyes_and_mouth"; ours
    lit: bool = False  # whether photographs are made equally bright first; ours


def build(config: AvatarsConfig) -> dict[str, nn.Module]:
    """A generator and a discriminator for each side that is drawn."""
    widths, strides = (*LAYERS.values(), 3), (*STRIDES, 2)  # the last head looks at the pixels
    heads = [config.head_filters] * len(widths)
    generators = {f"to_{side}": UNetGenerator(config.filters, config.blocks) for side in SIDES}
    return generators | {f"discriminator_{side}": ProjectedDiscriminator(widths, heads, strides) for side in SIDES}


class Avatars(Recipe):
    """The batch: photo and toon, unpaired, (N, 3, H, W) each.

    `to_toon` draws an avatar of a photograph, `to_photo` the way back. Both discriminators see colours: shown a random
    grey, as in white-box cartoonisation, they let 2,300 steps end in good lines on green and purple people.
    """

    name = "avatars"
    released = ("to_toon", "to_photo")

    def __init__(self, features: Features, config: AvatarsConfig | None = None) -> None:
        self.config = config or AvatarsConfig()
        self.features = features
        self.frozen = (features,)
        self.networks = build(self.config)
        self.optimisers = {
            kind: torch.optim.Adam(self._parameters(kind), self.config.rate, betas=(0.0, 0.99))
            for kind in ("to", "discriminator")
        }
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        drawn = {side: self.networks[f"to_{side}"](batch[of]).float() for side, of in SIDES.items()}
        seen = {side: self._see(pictures) for side, pictures in drawn.items()}  # once for both updates
        with torch.no_grad():
            given = {side: self._see(batch[side]) for side in SIDES}
        yield "discriminator", {f"discriminator_{side}": self._told_apart(side, given, seen) for side in SIDES}
        self._discriminators_learn(False)  # the generators' gradient passes through them and leaves none in them
        terms: dict[str, Term] = {}
        for side in SIDES:
            found = self._drawn_well(side, seen[side]) | self._kept(side, drawn[side], batch)
            found["content"] = _content(seen[side], given[SIDES[side]])
            terms |= {f"{name}_{side}": term for name, term in found.items()}
        yield "to", terms
        self._discriminators_learn(True)

    def weights(self, progress: float) -> dict[str, float]:
        kinds = ("adversarial", "cycle", "identity", "content", "colour")
        weights = {"discriminator": 1.0} | {name: getattr(self.config, name) for name in kinds}
        return {f"{name}_{side}": weight for name, weight in weights.items() for side in SIDES}

    def rates(self, progress: float) -> dict[str, float]:
        return dict.fromkeys(self.optimisers, self.config.rate * min(1.0, (1 - progress) / self.config.decay))

    def translate(self, photo: Tensor) -> Tensor:
        """Photographs to avatars, (N, 3, H, W)."""
        return self.networks["to_toon"](photo)

    def _see(self, pictures: Tensor) -> list[Tensor]:
        """What the heads look at, of pictures (N, 3, H, W): LAYERS of SqueezeNet, (N, C, h, w) each, and the pixels."""
        side = self.config.seen_at
        large = F.interpolate(pictures, (side, side), mode="bilinear", align_corners=False)  # (N, 3, side, side)
        layers = self.features.several(large, tuple(LAYERS))
        return [*(layer / LOUDNESS for layer in layers), pictures]

    def _told_apart(self, side: str, given: dict[str, list[Tensor]], seen: dict[str, list[Tensor]]) -> Term:
        discriminator = self.networks[f"discriminator_{side}"]
        detached = [layer.detach() for layer in seen[side]]
        return lambda: discriminator_hinge(discriminator(given[side]), discriminator(detached))

    def _drawn_well(self, side: str, seen: list[Tensor]) -> dict[str, Term]:
        discriminator = self.networks[f"discriminator_{side}"]
        return {"adversarial": lambda: generator_hinge(discriminator(seen))}

    def _kept(self, side: str, drawn: Tensor, batch: Batch) -> dict[str, Term]:
        """What a drawing (N, 3, H, W) keeps of what it was drawn of, and what is left alone."""
        source, truth = batch[SIDES[side]], batch[side]  # (N, 3, H, W) each
        back, forth = self.networks[f"to_{SIDES[side]}"], self.networks[f"to_{side}"]

        def colour() -> Tensor:
            wanted = F.avg_pool2d(source, self.config.patch)  # (N, 3, H / patch, W / patch)
            return patch_colour(drawn, wanted, self.config.patch, self.config.tolerance)

        return {
            "cycle": lambda: cycle_consistency(back(drawn).float(), source),
            "identity": lambda: F.l1_loss(forth(truth).float(), truth),
            "colour": colour,
        }

    def _parameters(self, kind: str) -> list[Tensor]:
        return list(chain(*(self.networks[f"{kind}_{side}"].parameters() for side in SIDES)))

    def _discriminators_learn(self, learn: bool) -> None:
        for weight in self._parameters("discriminator"):
            weight.requires_grad_(learn)


def _content(seen: list[Tensor], given: list[Tensor]) -> Term:
    """How far a drawing's content layer is from that of the picture that was given, (N, C, h, w) each."""
    return lambda: feature_distance(seen[CONTENT], given[CONTENT])
