"""Image Toonification's first use of residual adapters: one classifier for photographs, every hand and line art."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.filters import line_drawing
from toonkit.images.values import as_bytes
from toonkit.networks.adapters import KINDS, Adapted, parameter_count
from toonkit.networks.classifier import residual_classifier
from toonkit.networks.toonnet import HANDS
from toonkit.project.errors import check_name
from toonkit.recipes.recipe import Recipe
from toonkit.world import ToonWorld

LINES = "lines"  # the photograph's line drawing
DOMAINS = (*HANDS, LINES)  # the photograph first: the adapters' shared layers learn on it
TASK = "hair_style"  # an attribute of ToonWorld's faces that every domain shows, lines too, and none at once
VARIANTS = (*KINDS, "separate", "shared")


@dataclass(frozen=True)
class DomainsConfig:
    """Ours; the report has the architecture and neither data nor numbers."""

    variant: str = "parallel"  # or another of VARIANTS: other parts for each domain, a network for each, one for all
    widths: tuple[int, ...] = (16, 32, 64)
    rate: float = 3e-3  # falls linearly to 0 for each domain
    weight_decay: float = 1e-3
    batch: int = 32


class Domains(Recipe):
    """Domains are learnt one after the other, each in an equal share of the steps; by the shared network all at once.

    The batch: for each of DOMAINS `DOMAIN picture` (N, 3, H, W) and `DOMAIN label` (N,), the number of the hair style.
    """

    name = "domains"

    def __init__(self, config: DomainsConfig | None = None) -> None:
        c = self.config = config or DomainsConfig()
        if check_name("variant of domains", c.variant, VARIANTS) == "separate":
            self.networks = {domain: self._classifier() for domain in DOMAINS}
            learners = {domain: list(network.parameters()) for domain, network in self.networks.items()}
        else:
            network = self._classifier()
            learners = {"all": list(network.parameters())}
            if c.variant != "shared":
                network = Adapted(network, c.variant, DOMAINS[0])
                learners = {DOMAINS[0]: learners["all"]}
                learners |= {domain: list(network.add_domain(domain).parameters()) for domain in DOMAINS[1:]}
                network.learn(DOMAINS[0], shared=True)
            self.networks = {"classifier": network}
        self.optimisers = {
            name: torch.optim.AdamW(parameters, c.rate, weight_decay=c.weight_decay)
            for name, parameters in learners.items()
        }
        self.released, self.pools = tuple(self.networks), {}

    def _classifier(self) -> nn.Module:
        return residual_classifier(len(ToonWorld("faces").attribute_values[TASK]), self.config.widths)

    def step(self, batch: dict[str, Tensor], progress: float) -> dict[str, Tensor]:
        number, share = divmod(progress * len(self.optimisers), 1)
        name = list(self.optimisers)[int(number)]
        asked = DOMAINS if name == "all" else (name,)
        each = -(-self.config.batch // len(asked))
        pictures, labels = (
            torch.cat([batch[f"{domain} {side}"][:each] for domain in asked]) for side in ("picture", "label")
        )
        self.set_rate(name, self.config.rate * (1 - share))
        loss = F.cross_entropy(self._learner(name)(pictures).float(), labels)
        self.update(name, loss)
        return {"entropy": loss.detach()}

    def network(self, domain: str) -> nn.Module:
        """The network, ready for pictures of a domain."""
        network = self.networks.get(domain) or self.networks["classifier"]
        if isinstance(network, Adapted):
            network.domain = domain
        return network

    def _learner(self, name: str) -> nn.Module:
        """The network whose part for a domain learns; before a domain's first step it is as the first one's is now."""
        network = self.networks.get(name) or self.networks["classifier"]
        if isinstance(network, Adapted):
            network.learn(name, shared=name == DOMAINS[0])
            if name != DOMAINS[0] and not self.optimisers[name].state:
                network.part(name).load_state_dict(network.part(DOMAINS[0]).state_dict(), strict=False)
        return network

    def domain_parameters(self) -> int:
        """How many numbers one more domain needs."""
        network = self.networks.get(DOMAINS[1]) or self.networks["classifier"]
        if isinstance(network, Adapted):
            network = network.part(DOMAINS[1])
        return 0 if self.config.variant == "shared" else parameter_count(network)


def domain_examples(split: str, per_domain: int, size: int = 64, seed: int = 0) -> list[dict[str, Tensor]]:
    """For each of DOMAINS its pictures (N, 3, size, size) as bytes and hair styles (N,); no scene twice."""
    out = []
    for number, domain in enumerate(DOMAINS):
        scenes = range(number * per_domain, (number + 1) * per_domain)
        world = ToonWorld("faces", split, size, domain if domain in HANDS[1:] else "ink", seed=seed)
        pictures = (world.toons if domain in HANDS[1:] else world.photos)(scenes)
        if domain == LINES:
            pictures = line_drawing(pictures).expand(-1, 3, -1, -1)
        labels = world.describe(scenes)["attributes"][:, world.attribute_names.index(TASK)]
        out.append({f"{domain} picture": as_bytes(pictures), f"{domain} label": labels})
    return out
