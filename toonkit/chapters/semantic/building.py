"""The networks of a configuration, and its five weights as a controlled generator reads them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from toonkit.chapters.semantic.config import CONTROLS, SemanticConfig
from toonkit.chapters.semantic.networks import PatchDiscriminator, SemanticGenerator
from toonkit.chapters.semantic.views import TextureView
from toonkit.networks.projected import ProjectedDiscriminator
from toonkit.project.errors import ToonkitError, check_name

RANGE = 4.0  # controls are drawn from 1 / RANGE to RANGE times their weight


def build(config: SemanticConfig) -> dict[str, nn.Module]:
    """The generator and its two discriminators."""
    controls = len(CONTROLS) if config.controlled else 0
    generator = SemanticGenerator(config.filters, config.blocks, config.guide_eps, config.on_flat, controls)
    return {
        "generator": generator,
        "surface": PatchDiscriminator(3, config.discriminator_filters),
        "texture": _texture_network(config),
    }


def _texture_network(config: SemanticConfig) -> nn.Module:
    if config.texture_network == "patch":
        return PatchDiscriminator(1, config.discriminator_filters)
    return ProjectedDiscriminator(TextureView.WIDTHS, TextureView.FILTERS, [1] * len(TextureView.WIDTHS), 1)


def settings(factors: Mapping[str, float]) -> Tensor:
    """Factors of CONTROLS, 1 where none is named, as a generator reads them: (1, 5), -1 at 1 / RANGE, 1 at RANGE.

    Raises ToonkitError for an unknown control, and for a factor outside that range.
    """
    for name, factor in factors.items():
        check_name("control", name, CONTROLS)
        if not 1 / RANGE <= factor <= RANGE:
            raise ToonkitError(f"the factor of {name} is {factor!r}; it was learnt from {1 / RANGE:g} to {RANGE:g}")
    return torch.tensor([[math.log(factors.get(name, 1.0), RANGE) for name in CONTROLS]])
