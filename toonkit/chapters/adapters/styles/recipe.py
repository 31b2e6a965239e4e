"""Image Toonification's second use of residual adapters: a trained CartoonGAN learns one style after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from toonkit.chapters.cartoongan import recipe as cartoongan
from toonkit.chapters.cartoongan.recipe import CartoonGAN, CartoonGANConfig
from toonkit.networks.adapters import Adapted
from toonkit.networks.features import Features
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError, check_name

BASE = "ink"  # the style of the CartoonGAN that is adapted
FACES = "cartoongan-faces"  # the released generator that styles are added to; its discriminator lies beside it
Tensors = Mapping[str, Mapping[str, Tensor]]  # of the base's networks, by name


@dataclass(frozen=True)
class StyleConfig(CartoonGANConfig):
    """CartoonGAN's values hold, those of the base's architecture too; the report gives none for adapters."""

    style: str = "comic"  # ToonWorld's style that is learnt
    kind: str = "parallel"  # "series", or "norm": the generator's norms alone, what adapters are compared with
    base: str = ""  # SHA-256 of the base generator's file: on another base the adapter would draw anything
    initialisation: str = "none"  # the base draws already

    def __post_init__(self) -> None:
        super().__post_init__()
        check_name("photographs of a style", self.photographs, ("toonworld",))


class AdaptedToStyle(Adapted):
    """An adapted network whose state is that of its present domain alone: what is averaged, kept and released."""

    def state_dict(self, *args: Any, **options: Any) -> dict[str, Any]:
        return self.part(self.domain).state_dict(*args, **options)

    def load_state_dict(self, *args: Any, **options: Any) -> Any:
        return self.part(self.domain).load_state_dict(*args, **options)


def released_base(config: StyleConfig) -> Tensors:
    """The tensors of the released base. Raises WeightsError where it is absent or another than the configuration's."""
    path = released(FACES)
    generator, _ = load_weights(path)
    if config.base and config.base != digest_of(path):
        raise WeightsError(f"{path} is not the base that {config.style} was learnt on; train {config.style} again")
    return {"generator": generator, "discriminator": load_weights(released(f"{FACES}-discriminator"))[0]}


def build(config: StyleConfig, base: Tensors | None = None) -> dict[str, nn.Module]:
    """The base's networks (the released ones for None) with adapters for the style."""
    base = base or released_base(config)
    networks = {}
    for name, network in cartoongan.build(config).items():
        load_into(network, base[name], f"the base's {name} weights")
        # norms alone are asked of the generator; a discriminator may have none, and it is not released
        kind = "parallel" if (name, config.kind) == ("discriminator", "norm") else config.kind
        networks[name] = AdaptedToStyle(network, kind, BASE)
        networks[name].add_domain(config.style)
    return networks


class StyleAdapters(CartoonGAN):
    """One more style for a CartoonGAN: its generator and discriminator stand still, and adapters around each
    convolution learn by its losses. `base` holds the tensors of both. Batches as CartoonGAN's after its initialisation.

    Styles share no weight that learns, so one after the other or each in a run of its own is the same. Released is the
    generator's part for the style. Raises WeightsError for a base of another architecture.
    """

    name = "styles"
    released = ("generator",)

    def __init__(self, features: Features, config: StyleConfig | None = None, base: Tensors | None = None) -> None:
        super().__init__(features, config or StyleConfig())
        self.networks = build(self.config, base)
        self.optimisers = {
            name: torch.optim.Adam(network.part(self.config.style).parameters(), **self.optimisers[name].defaults)
            for name, network in self.networks.items()
        }
