"""Image Toonification's second use of residual adapters: a trained CartoonGAN learns one hand after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from toonkit.networks.adapters import Adapted
from toonkit.networks.features import Features
from toonkit.networks.weights import load_into
from toonkit.recipes.cartoongan import CartoonGAN, CartoonGANConfig

BASE = "ink"  # the hand of the CartoonGAN that is adapted


@dataclass(frozen=True)
class StyleConfig(CartoonGANConfig):
    """CartoonGAN's values hold, those of the base's architecture too; the report gives none for adapters."""

    style: str = "comic"  # ToonWorld's hand that is learnt
    kind: str = "parallel"  # "series", or "norm": the generator's norms alone, what adapters are compared with
    base: str = ""  # SHA-256 of the base generator's file: on another base the adapter would draw anything
    initialisation: str = "none"  # the base draws already


class AdaptedToStyle(Adapted):
    """An adapted network whose state is that of its present domain alone: what is averaged, kept and released."""

    def state_dict(self, *args: Any, **options: Any) -> dict[str, Any]:
        return self.part(self.domain).state_dict(*args, **options)

    def load_state_dict(self, *args: Any, **options: Any) -> Any:
        return self.part(self.domain).load_state_dict(*args, **options)


class StyleAdapters(CartoonGAN):
    """One more hand for a CartoonGAN: its generator and discriminator stand still, and adapters around each convolution
    learn by its losses. `base` holds the tensors of both. Batches as CartoonGAN's after its initialisation.

    Hands share no weight that learns, so one after the other or each in a run of its own is the same. Released is the
    generator's part for the style. Raises WeightsError for a base of another architecture.
    """

    name = "styles"
    released = ("generator",)

    def __init__(
        self, features: Features, base: Mapping[str, Mapping[str, Tensor]], config: StyleConfig | None = None
    ) -> None:
        super().__init__(features, config or StyleConfig())
        for name, network in self.networks.items():
            load_into(network, base[name], f"the base's {name} weights")
            # norms alone are asked of the generator; a discriminator may have none, and it is not released
            kind = "parallel" if (name, self.config.kind) == ("discriminator", "norm") else self.config.kind
            self.networks[name] = adapted = AdaptedToStyle(network, kind, BASE)
            part = adapted.add_domain(self.config.style)
            self.optimisers[name] = torch.optim.Adam(part.parameters(), **self.optimisers[name].defaults)
