"""Image Toonification's first use of residual adapters: one classifier for photographs, every style and line art."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.adapters.domains.networks import residual_classifier
from toonkit.networks.adapters import KINDS, Adapted, parameter_count
from toonkit.project.errors import check_name
from toonkit.training.recipe import Batch, Recipe, Term
from toonkit.world import STYLES, ToonWorld

LINES = "lines"  # the photograph's line drawing
DOMAINS = ("photo", *STYLES, LINES)  # the photograph first: the adapters' shared layers learn on it
TASK = "hair_style"  # an attribute of ToonWorld's faces that every domain shows, lines too, and none at once
VARIANTS = (*KINDS, "separate", "shared")
ALL = "all"  # the shared network learns every domain at once


@dataclass(frozen=True)
class DomainsConfig:
    """Ours; the report has the architecture and neither data nor numbers."""

    variant: str = "parallel"  # or another of VARIANTS: other parts for each domain, a network for each, one for all
    widths: tuple[int, ...] = (16, 32, 64)
    rate: float = 3e-3  # falls linearly to 0 for each domain
    weight_decay: float = 1e-3
    batch: int = 32
    size: int = 64  # pixels

    def __post_init__(self) -> None:
        check_name("variant of domains", self.variant, VARIANTS)


def build(config: DomainsConfig) -> dict[str, nn.Module]:
    """A classifier for each domain, or the one that they share, with a part for each where adapters are asked for."""
    classes = len(ToonWorld("faces").attribute_values[TASK])
    if config.variant == "separate":
        return {domain: residual_classifier(classes, config.widths) for domain in DOMAINS}
    network = residual_classifier(classes, config.widths)
    if config.variant == "shared":
        return {"classifier": network}
    adapted = Adapted(network, config.variant, DOMAINS[0])
    for domain in DOMAINS[1:]:
        adapted.add_domain(domain)
    adapted.learn(DOMAINS[0], shared=True)
    return {"classifier": adapted}


class Domains(Recipe):
    """Domains are learnt one after the other, each in an equal share of the steps; by the shared network all at once.

    The batch: for each of DOMAINS `DOMAIN picture` (N, 3, H, W) and `DOMAIN label` (N,), the number of the hair style.
    """

    name = "domains"

    def __init__(self, config: DomainsConfig | None = None) -> None:
        self.config = config or DomainsConfig()
        self.networks = build(self.config)
        self.released = tuple(self.networks)
        self.optimisers = {
            name: torch.optim.AdamW(parameters, self.config.rate, weight_decay=self.config.weight_decay)
            for name, parameters in self._learners().items()
        }
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        for name in self.optimisers:
            yield name, {f"entropy_{name}": lambda name=name: self._entropy(name, batch)}

    def weights(self, progress: float) -> dict[str, float]:
        learner, _ = self._turn(progress)
        return {f"entropy_{name}": float(name == learner) for name in self.optimisers}

    def rates(self, progress: float) -> dict[str, float]:
        learner, share = self._turn(progress)
        return {learner: self.config.rate * (1 - share)}

    def network(self, domain: str) -> nn.Module:
        """The network, ready for pictures of a domain."""
        network = self.networks.get(domain) or self.networks["classifier"]
        if isinstance(network, Adapted):
            network.domain = domain
        return network

    def domain_parameters(self) -> int:
        """How many numbers one more domain needs."""
        if self.config.variant == "shared":
            return 0
        network = self.networks.get(DOMAINS[1]) or self.networks["classifier"]
        return parameter_count(network.part(DOMAINS[1]) if isinstance(network, Adapted) else network)

    def _learners(self) -> dict[str, list[Tensor]]:
        """The weights that learn in each turn."""
        network = self.networks.get("classifier")
        if network is None:
            return {domain: list(network.parameters()) for domain, network in self.networks.items()}
        if not isinstance(network, Adapted):
            return {ALL: list(network.parameters())}
        parts = {domain: list(network.part(domain).parameters()) for domain in DOMAINS[1:]}
        later = {id(weights) for part in parts.values() for weights in part}
        first = [weights for weights in network.parameters() if id(weights) not in later]
        return {DOMAINS[0]: first} | parts

    def _turn(self, progress: float) -> tuple[str, float]:
        """Whose turn it is, and how far it has come."""
        number, share = divmod(progress * len(self.optimisers), 1)
        return list(self.optimisers)[int(number)], share

    def _entropy(self, name: str, batch: Batch) -> Tensor:
        domains = DOMAINS if name == ALL else (name,)
        each = -(-self.config.batch // len(domains))
        pictures = torch.cat([batch[f"{domain} picture"][:each] for domain in domains])  # (N, 3, H, W)
        labels = torch.cat([batch[f"{domain} label"][:each] for domain in domains])  # (N,)
        return F.cross_entropy(self._learner(name)(pictures).float(), labels)

    def _learner(self, name: str) -> nn.Module:
        """The network whose part for a domain learns; before a domain's first step it is as the first one's is now."""
        network = self.networks.get(name) or self.networks["classifier"]
        if isinstance(network, Adapted):
            network.learn(name, shared=name == DOMAINS[0])
            if name != DOMAINS[0] and not self.optimisers[name].state:
                network.part(name).load_state_dict(network.part(DOMAINS[0]).state_dict(), strict=False)
        return network
