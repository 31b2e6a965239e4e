"""Cartoon to human recovery: two plain GANs and five CycleGANs that share every loss, from cartoon to photograph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor, nn

from toonkit.chapters.recovery.networks import PatchDiscriminator, ResidualDiscriminator, ResnetGenerator
from toonkit.losses.adversarial import KINDS, discriminator_loss, generator_loss
from toonkit.losses.cycle import cycle_consistency, feature_difference, identity_loss, score_difference, supervised_loss
from toonkit.project.errors import check_name
from toonkit.training.pool import ImagePool
from toonkit.training.recipe import Batch, Recipe, Term, second_half

SIDES = {"photo": "toon", "toon": "photo"}  # what a generator draws, and what of
EMOJI = ("none", "corner", "anywhere")  # where training cartoons bear the app's mark
FAMILIES = ("faces", "duo")  # of ToonWorld: people, as the report has it; or the cat and mouse of latent diffusion


@dataclass(frozen=True)
class RecoveryConfig:
    """The report names no number but lambda's and gamma's directions; where CycleGAN's are known they stand beside."""

    cycle: bool = True  # a second generator for the way back, eq. 2 to 4
    generator_loss: bool = False  # eq. 5 to 7 in place of eq. 1 for the generators
    feature_cycle: bool = False  # eq. 8 in place of eq. 2
    soft_labels: bool = False
    residual_discriminator: bool = False
    adversarial: str = "log"  # eq. 1; CycleGAN ships "least_squares"
    cycle_weight: float = 10.0  # lambda of eq. 4
    identity_weight: float = 1.0  # eq. 4; CycleGAN 5, of an L1 norm
    first_lambda: float = 1.0  # of eq. 7, falls linearly ...
    last_lambda: float = 0.0
    last_gamma: float = 0.9  # of eq. 8, grows linearly from 0: "close but not equal to 1"
    filters: int = 16  # 64
    blocks: int = 4  # 9 at 256 px, 6 at 128 px
    downs: int = 1  # 2 at 256 px
    discriminator_filters: int = 16  # 64
    rate: float = 1e-3  # 2e-4, at batch 1; of 4e-4, 1e-3, 2e-3 the best after 600 steps, on validation scenes
    pool: int = 50
    batch: int = 4  # 1
    size: int = 64  # pixels; 256
    emoji: str = "none"  # "corner": in the lower left of every cartoon, as the report's app has it; or "anywhere"
    family: str = "faces"  # of ToonWorld's scenes

    def __post_init__(self) -> None:
        check_name("adversarial loss", self.adversarial, tuple(KINDS))
        check_name("place of the emoji", self.emoji, EMOJI)
        check_name("family", self.family, FAMILIES)


MODELS = {  # the report's table of models
    "gan_v1": {"cycle": False},
    "gan_v2": {"cycle": False, "generator_loss": True},
    "cyclegan": {},
    "cyclegan_v3": {"generator_loss": True},
    "cyclegan_v4": {"generator_loss": True, "feature_cycle": True},
    "cyclegan_v5": {"generator_loss": True, "feature_cycle": True, "soft_labels": True},
    "cyclegan_v6": {"generator_loss": True, "feature_cycle": True, "soft_labels": True, "residual_discriminator": True},
}


def build(config: RecoveryConfig) -> dict[str, nn.Module]:
    """A generator and a discriminator for each side that is drawn."""
    kind = ResidualDiscriminator if config.residual_discriminator else PatchDiscriminator
    sides = _drawn(config)
    generators = {f"to_{side}": ResnetGenerator(config.filters, config.blocks, config.downs) for side in sides}
    return generators | {f"discriminator_{side}": kind(config.discriminator_filters) for side in sides}


def _drawn(config: RecoveryConfig) -> tuple[str, ...]:
    """The sides that a generator draws: both where there is a way back."""
    return tuple(SIDES) if config.cycle else ("photo",)


class Recovery(Recipe):
    """The batch: toon and photo, pairs of one scene, (N, 3, H, W) each; only eq. 5 and 6 look at who belongs to whom.

    `to_photo` draws a photograph of a cartoon, `to_toon` the way back; `discriminator_photo` and `discriminator_toon`
    tell true from drawn.
    """

    name = "recovery"
    released = ("to_photo",)

    def __init__(self, config: RecoveryConfig | None = None) -> None:
        self.config = config or RecoveryConfig()
        self.drawn = _drawn(self.config)
        self.networks = build(self.config)
        self.optimisers = {
            kind: torch.optim.Adam(self._parameters(kind), self.config.rate, betas=(0.5, 0.999))
            for kind in ("to", "discriminator")
        }
        self.pools = {side: ImagePool(self.config.pool) for side in self.drawn}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        self._discriminators_learn(False)
        fakes: dict[str, Tensor] = {}
        terms: dict[str, Term] = {}
        for side in self.drawn:
            fakes[side], found = self._direction(side, batch)
            terms |= {f"{name}_{side}": term for name, term in found.items()}
        yield "to", terms
        self._discriminators_learn(True)
        yield (
            "discriminator",
            {
                f"discriminator_{side}": lambda side=side: self._discriminator_loss(side, batch[side], fakes[side])
                for side in self.drawn
            },
        )

    def weights(self, progress: float) -> dict[str, float]:
        c = self.config
        supervised = c.first_lambda + (c.last_lambda - c.first_lambda) * progress  # lambda of eq. 7
        gamma = c.last_gamma * progress if c.feature_cycle else 0.0  # of eq. 8
        weights = {
            "adversarial": 0.0 if c.generator_loss else 1.0,
            "supervised": supervised if c.generator_loss else 0.0,
            "scores": 1 - supervised if c.generator_loss else 0.0,
            "cycle": c.cycle_weight * (1 - gamma),
            "feature_cycle": c.cycle_weight * gamma,
            "identity": c.identity_weight,
            "discriminator": 1.0,
        }
        return {f"{name}_{side}": weight for name, weight in weights.items() for side in SIDES}

    def rates(self, progress: float) -> dict[str, float]:
        return dict.fromkeys(self.optimisers, self.config.rate * second_half(progress))

    def translate(self, toon: Tensor) -> Tensor:
        """Cartoons to photographs, (N, 3, H, W)."""
        return self.networks["to_photo"](toon)

    def _direction(self, side: str, batch: Batch) -> tuple[Tensor, dict[str, Term]]:
        """One direction's fakes (N, 3, H, W) and its terms of eq. 4."""
        source, truth = batch[SIDES[side]], batch[side]
        generator = self.networks[f"to_{side}"]
        if not self.config.cycle:
            fake = generator(source)
            return fake, self._adversarial(side, fake, truth)
        # instance norm: each picture as if it went through alone
        fake, same = generator(torch.cat([source, truth])).chunk(2)  # (N, 3, H, W) each
        cycle = self._cycle(SIDES[side], fake, source)
        return fake, self._adversarial(side, fake, truth) | cycle | {"identity": lambda: identity_loss(same, truth)}

    def _adversarial(self, side: str, fake: Tensor, truth: Tensor) -> dict[str, Term]:
        """Eq. 1, or eq. 5 and 6 in its place."""
        discriminator = self.networks[f"discriminator_{side}"]

        def scores() -> Tensor:
            with torch.no_grad():
                wanted = self._probability(discriminator(truth))  # (N, 1, h, w)
            return score_difference(self._probability(discriminator(fake)), wanted)

        return {
            "adversarial": lambda: generator_loss(discriminator(fake), self.config.adversarial),
            "supervised": lambda: supervised_loss(fake, truth),
            "scores": scores,
        }

    def _probability(self, scores: Tensor) -> Tensor:
        return scores.sigmoid() if self.config.adversarial == "log" else scores

    def _cycle(self, side: str, fake: Tensor, source: Tensor) -> dict[str, Term]:
        """Eq. 2, and the features of eq. 8."""
        returned = self.networks[f"to_{side}"](fake)  # (N, 3, H, W)
        middle = self.networks[f"discriminator_{side}"].lower

        def features() -> Tensor:
            with torch.no_grad():
                wanted = middle(source)  # (N, C, h, w)
            return feature_difference(middle(returned), wanted)

        return {"cycle": lambda: cycle_consistency(returned, source), "feature_cycle": features}

    def _discriminator_loss(self, side: str, real: Tensor, fake: Tensor) -> Tensor:
        discriminator = self.networks[f"discriminator_{side}"]
        scores = discriminator(real), discriminator(self.pools[side](fake))  # (N, 1, h, w) each
        return discriminator_loss(*scores, kind=self.config.adversarial, soft=self.config.soft_labels)

    def _parameters(self, kind: str) -> list[Tensor]:
        return list(chain(*(self.networks[f"{kind}_{side}"].parameters() for side in self.drawn)))

    def _discriminators_learn(self, learn: bool) -> None:
        for weight in self._parameters("discriminator"):
            weight.requires_grad_(learn)


def recovery(model: str, **changes: object) -> Recovery:
    """One of the report's seven models; `changes` are to RecoveryConfig. Raises ToonkitError for an unknown model."""
    return Recovery(RecoveryConfig(**MODELS[check_name("model", model, tuple(MODELS))] | changes))
