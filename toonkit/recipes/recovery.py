"""Cartoon to human recovery: two plain GANs and five CycleGANs that share every loss, from cartoon to photograph."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import torch
from torch import Tensor

from toonkit.losses.adversarial import discriminator_loss, generator_loss
from toonkit.losses.cycle import cycle_consistency, feature_cycle_consistency, identity_loss, supervised_loss
from toonkit.networks.cyclegan import PatchDiscriminator, ResidualDiscriminator, ResnetGenerator
from toonkit.project.errors import check_name
from toonkit.recipes.pool import ImagePool
from toonkit.recipes.recipe import Recipe, second_half

SIDES = {"photo": "toon", "toon": "photo"}  # what a generator draws, and what of


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


MODELS = {  # the report's table of models
    "gan_v1": {"cycle": False},
    "gan_v2": {"cycle": False, "generator_loss": True},
    "cyclegan": {},
    "cyclegan_v3": {"generator_loss": True},
    "cyclegan_v4": {"generator_loss": True, "feature_cycle": True},
    "cyclegan_v5": {"generator_loss": True, "feature_cycle": True, "soft_labels": True},
    "cyclegan_v6": {"generator_loss": True, "feature_cycle": True, "soft_labels": True, "residual_discriminator": True},
}


class Recovery(Recipe):
    """The batch: toon and photo, pairs of one scene, (N, 3, H, W) each; only eq. 5 and 6 look at who belongs to whom.

    `to_photo` draws a photograph of a cartoon, `to_toon` the way back; `judge_photo` and `judge_toon` tell true from
    drawn.
    """

    name = "recovery"
    released = ("to_photo",)

    def __init__(self, config: RecoveryConfig | None = None) -> None:
        c = self.config = config or RecoveryConfig()
        judge = ResidualDiscriminator if c.residual_discriminator else PatchDiscriminator
        self.drawn = tuple(SIDES) if c.cycle else ("photo",)
        self.networks = {f"to_{side}": ResnetGenerator(c.filters, c.blocks, c.downs) for side in self.drawn}
        self.networks |= {f"judge_{side}": judge(c.discriminator_filters) for side in self.drawn}
        self.optimisers = {
            kind: torch.optim.Adam(self._parameters(kind), c.rate, betas=(0.5, 0.999)) for kind in ("to", "judge")
        }
        self.pools = {side: ImagePool(c.pool) for side in self.drawn}

    def step(self, batch: dict[str, Tensor], progress: float) -> dict[str, Tensor]:
        for name in self.optimisers:
            self.set_rate(name, self.config.rate * second_half(progress))
        self._judges_learn(False)
        fakes, losses = {}, {}
        for side in self.drawn:
            fakes[side], found = self._draw(side, batch, progress)
            losses |= {f"{name} {side}": loss for name, loss in found.items()}
        self.update("to", sum(losses.values()))
        self._judges_learn(True)
        judged = {f"judge {side}": self._judge(side, batch[side], fakes[side]) for side in self.drawn}
        self.update("judge", sum(judged.values()))
        return {name: loss.detach() for name, loss in (losses | judged).items()}

    def translate(self, toon: Tensor) -> Tensor:
        """Cartoons to photographs, (N, 3, H, W)."""
        return self.networks["to_photo"](toon)

    def _draw(self, side: str, batch: dict[str, Tensor], progress: float) -> tuple[Tensor, dict[str, Tensor]]:
        """One direction's fakes and its weighted terms of eq. 4."""
        c, source, truth = self.config, batch[SIDES[side]], batch[side]
        generator = self.networks[f"to_{side}"]
        if not c.cycle:
            fake = generator(source)
            return fake, {"adversarial": self._adversarial(side, fake, truth, progress)}
        fake, same = generator(torch.cat([source, truth])).chunk(2)  # instance norm: as if each went through alone
        return fake, {
            "adversarial": self._adversarial(side, fake, truth, progress),
            "cycle": c.cycle_weight * self._cycle(SIDES[side], fake, source, progress),
            "identity": c.identity_weight * identity_loss(same, truth),
        }

    def _adversarial(self, side: str, fake: Tensor, truth: Tensor, progress: float) -> Tensor:
        c, judge = self.config, self.networks[f"judge_{side}"]
        if not c.generator_loss:
            return generator_loss(judge(fake), c.adversarial)
        with torch.no_grad():
            wanted = self._probability(judge(truth))
        weight = c.first_lambda + (c.last_lambda - c.first_lambda) * progress
        return supervised_loss(fake, truth, self._probability(judge(fake)), wanted, weight)

    def _probability(self, scores: Tensor) -> Tensor:
        return scores.sigmoid() if self.config.adversarial == "log" else scores

    def _cycle(self, side: str, fake: Tensor, source: Tensor, progress: float) -> Tensor:
        returned = self.networks[f"to_{side}"](fake)
        if not self.config.feature_cycle:
            return cycle_consistency(returned, source)
        middle = self.networks[f"judge_{side}"].lower
        with torch.no_grad():
            wanted = middle(source)
        return feature_cycle_consistency(returned, source, middle(returned), wanted, self.config.last_gamma * progress)

    def _judge(self, side: str, real: Tensor, fake: Tensor) -> Tensor:
        judge, c = self.networks[f"judge_{side}"], self.config
        return discriminator_loss(judge(real), judge(self.pools[side](fake)), kind=c.adversarial, soft=c.soft_labels)

    def _parameters(self, kind: str) -> list[Tensor]:
        return list(chain(*(self.networks[f"{kind}_{side}"].parameters() for side in self.drawn)))

    def _judges_learn(self, learn: bool) -> None:
        for weight in self._parameters("judge"):
            weight.requires_grad_(learn)


def recovery(model: str, **changes: object) -> Recovery:
    """One of the report's seven models; `changes` are to RecoveryConfig. Raises ToonkitError for an unknown model."""
    return Recovery(RecoveryConfig(**MODELS[check_name("model", model, tuple(MODELS))] | changes))
