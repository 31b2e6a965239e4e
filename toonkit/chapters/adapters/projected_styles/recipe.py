"""Residual adapters around the projected generator: one more style, by a discriminator on a frozen network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from toonkit.chapters.adapters.styles.recipe import BASE, AdaptedToStyle
from toonkit.chapters.projected import recipe as projected
from toonkit.chapters.projected.recipe import Projected, ProjectedConfig
from toonkit.networks.toonnet import ToonNet
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError

FACES = "projected-faces"  # the released generator that styles are added to


@dataclass(frozen=True)
class ProjectedStyleConfig(ProjectedConfig):
    """The projected recipe's values hold, those of the base's architecture too."""

    style: str = "comic"  # ToonWorld's style that is learnt
    kind: str = "parallel"  # of adapters
    base: str = ""  # SHA-256 of the base generator's file: on another base the adapter would draw anything


def build(config: ProjectedStyleConfig) -> dict[str, nn.Module]:
    """The released base with adapters for the style, and a discriminator of the style's own.

    Raises WeightsError where the base is absent or another than the configuration's.
    """
    networks = projected.build(config)
    path = released(FACES)
    tensors, _ = load_weights(path)
    if config.base and config.base != digest_of(path):
        raise WeightsError(f"{path} is not the base that {config.style} was learnt on; train {config.style} again")
    load_into(networks["generator"], tensors, "the base's weights")
    networks["generator"] = AdaptedToStyle(networks["generator"], config.kind, BASE)
    networks["generator"].add_domain(config.style)
    return networks


class ProjectedStyle(Projected):
    """One more style for the projected generator: it stands still, and adapters around its convolutions learn.

    Its discriminator sits on a frozen network and learns fast, so it begins anew. Released is the generator's part for
    the style. Batches as the projected recipe's, with cartoons in the style.
    """

    name = "projected_styles"
    released = ("generator",)

    def __init__(self, reader: ToonNet, config: ProjectedStyleConfig | None = None) -> None:
        super().__init__(reader, config or ProjectedStyleConfig())
        self.networks = build(self.config)
        learnt = {
            "generator": self.networks["generator"].part(self.config.style),
            "discriminator": self.networks["discriminator"],
        }
        self.optimisers = {
            name: torch.optim.Adam(part.parameters(), **self.optimisers[name].defaults) for name, part in learnt.items()
        }
