"""Residual adapters around the projected generator: one more style, by a discriminator on a frozen network."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from toonkit.chapters.adapters.styles.recipe import BASE, AdaptedToStyle
from toonkit.chapters.projected import recipe as projected
from toonkit.chapters.projected.recipe import Projected, ProjectedConfig
from toonkit.networks.toonnet import ToonNet
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError, WeightsError

FACES = "projected-faces"  # the released generator that styles are added to
ARCHITECTURE = ("filters", "blocks", "norm", "downs", "controlled")  # which the base decides


@dataclass(frozen=True)
class ProjectedStyleConfig(ProjectedConfig):
    """The projected recipe's values hold, those of the base's architecture too."""

    style: str = "comic"  # ToonWorld's style that is learnt
    kind: str = "parallel"  # of adapters
    base: str = ""  # SHA-256 of the base generator's file: on another base the adapter would draw anything

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, only in (("start", ""), ("close", "toonnet")):
            if getattr(self, name) != only:
                raise ToonkitError(f"{name} is {getattr(self, name)!r}; a style begins at {FACES}: leave it {only!r}")


def base_tensors(config: ProjectedStyleConfig) -> dict[str, Tensor]:
    """The tensors of the released base. Raises WeightsError where it is absent, or another than the configuration's."""
    path = released(FACES)
    tensors, about = load_weights(path)
    if config.base and config.base != digest_of(path):
        raise WeightsError(
            f"{path} is not the base {config.base[:8]} that {config.style} was learnt on; train it again"
        )
    own = {field.name: field.default for field in fields(ProjectedConfig)} | about["config"]
    for name in ARCHITECTURE:
        if getattr(config, name) != own[name]:
            raise WeightsError(
                f"{name} is {getattr(config, name)}, and {own[name]} in the base {path}, which a style leaves as it is"
            )
    return tensors


def build(config: ProjectedStyleConfig) -> dict[str, nn.Module]:
    """The released base with adapters for the style, and a discriminator of the style's own.

    Raises WeightsError as `base_tensors` does.
    """
    tensors = base_tensors(config)
    networks = projected.build(config)
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
