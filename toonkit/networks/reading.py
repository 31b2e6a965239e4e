"""Several layers of a frozen network in one pass."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from toonkit.networks.features import Features


def read_layers(network: Features, pictures: Tensor, layers: Sequence[str]) -> list[Tensor]:
    """The layers of pictures (N, 3, H, W), (N, C, h, w) each, shallow to deep; gradients pass to the pictures."""
    x = network.prepare(pictures)
    done = 0
    seen = []
    for layer in layers:
        x = network.stages[done : network.layers[layer]](x)
        done = network.layers[layer]
        seen.append(x)
    return seen
