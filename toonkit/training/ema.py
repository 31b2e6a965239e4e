"""An exponential moving average of a network's weights, which draws better than the last step's."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

UNIT_VECTORS = ("._u", "._v")  # of spectral norm; a mean of unit vectors is shorter, and the network's gain grows by it


class Average:
    """average = decay * average + (1 - decay) * weights after every step; early on the decay is (1 + n) / (10 + n)."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.state: dict[str, Tensor] = {key: value.detach().clone() for key, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Take in the weights after step `step`; whole numbers and spectral norm's vectors are copied."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for key, value in network.state_dict().items():
            if value.is_floating_point() and not key.endswith(UNIT_VECTORS):
                self.state[key].mul_(decay).add_(value, alpha=1 - decay)
            else:
                self.state[key].copy_(value)

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take up the averages of a checkpoint, on the device where the network is."""
        self.state = {key: value.clone().to(self.state[key].device) for key, value in tensors.items()}
