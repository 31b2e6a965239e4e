"""The networks of a configuration."""

from __future__ import annotations

from torch import nn

from toonkit.chapters.semantic.config import CONTROLS, SemanticConfig
from toonkit.chapters.semantic.networks import PatchDiscriminator, SemanticGenerator
from toonkit.chapters.semantic.views import TextureView
from toonkit.networks.projected import ProjectedDiscriminator


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
