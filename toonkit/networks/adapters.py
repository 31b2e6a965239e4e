"""Residual adapters (Rebuffi et al., 2017 and 2018): one network for several domains, most of its weights shared."""

from __future__ import annotations

import copy
from typing import Self

from torch import Tensor, nn

from toonkit.project.errors import ToonkitError, check_name

KINDS = ("parallel", "series", "norm", "head")  # "norm" and "head" are what adapters are compared with
NORMS = (nn.InstanceNorm2d, nn.BatchNorm2d, nn.GroupNorm, nn.Identity)


class AdaptedLayer(nn.Module):
    """A layer w that all domains share, then one of each domain's own: the norm behind a convolution, or a head.

    parallel: norm(w * x + a * x); series: y = w * x, norm(y + a * norm'(y)). Each domain but the first has its 1x1
    convolution a (and norm'), which begins at zero, so that a fresh domain draws as the first. norm: no such a.
    """

    def __init__(self, shared: nn.Module, own: nn.Module, kind: str, first: str) -> None:
        super().__init__()
        self.shared, self.kind, self.domain = shared, kind, first
        self.domains = nn.ModuleDict({first: nn.ModuleDict({"own": own})})

    def add(self, domain: str, first: str) -> None:
        """Give a domain the first one's own layer, and an adapter at zero."""
        own = self.domains[first]["own"]
        part = nn.ModuleDict({"own": copy.deepcopy(own)})
        if isinstance(self.shared, nn.Conv2d) and self.kind in ("parallel", "series"):
            part["adapter"] = self._adapter(own)
        self.domains[domain] = part

    def _adapter(self, norm: nn.Module) -> nn.Sequential:
        w = self.shared
        if self.kind == "series":
            before = copy.deepcopy(norm)
            channels = w.out_channels
        else:  # strides apart: a strided 1x1's backward writes out of bounds in oneDNN 3.12, channels last and few
            before = nn.AvgPool2d(1, w.stride) if max(w.stride) > 1 else nn.Identity()
            channels = w.in_channels
        point = nn.Conv2d(channels, w.out_channels, 1, bias=isinstance(norm, nn.Identity))
        for weights in point.parameters():
            nn.init.zeros_(weights)
        return nn.Sequential(before, point)

    def forward(self, x: Tensor) -> Tensor:
        part = self.domains[self.domain]
        y = self.shared(x)  # (N, C', h, w), or (N, C') of a linear layer
        if "adapter" in part:
            y = y + part["adapter"](y if self.kind == "series" else x)  # the same shape
        return part["own"](y)


class Adapted(nn.Module):
    """A network with a part for each domain around every convolution and linear layer of its nn.Sequentials.

    The given network becomes the `first` domain, as it is. `domain` says which one draws. Shapes are the network's.
    Raises ToonkitError for an unknown kind and for a network in which there is nothing to adapt.
    """

    def __init__(self, network: nn.Module, kind: str = "parallel", first: str = "ink") -> None:
        super().__init__()
        self.network = network
        self.kind = check_name("kind of adapter", kind, KINDS)
        self.frozen = False
        for sequence in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
            _adapt(sequence, kind, first)
        self.layers = [module for module in network.modules() if isinstance(module, AdaptedLayer)]
        if not self.layers:
            raise ToonkitError(f"{type(network).__name__} has no layer that kind {kind!r} adapts; choose another kind")

    @property
    def multiple(self) -> int:
        """What the adapted generator's sides must be a multiple of."""
        return self.network.multiple

    @property
    def reach(self) -> int | None:
        """How many pixels to each side decide one of the adapted generator; None: the whole picture does."""
        return self.network.reach

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains in the order in which they were added."""
        return tuple(self.layers[0].domains)

    @property
    def domain(self) -> str:
        """The domain that draws. Setting it raises ToonkitError for one that was not added."""
        return self.layers[0].domain

    @domain.setter
    def domain(self, name: str) -> None:
        check_name("domain", name, self.domains)
        for layer in self.layers:
            layer.domain = name

    def add_domain(self, name: str) -> nn.ModuleList:
        """Add a domain that as yet gives what the first one gives, and let it alone learn. Returns its part."""
        if name in self.domains:
            raise ToonkitError(f"domain {name!r} is there already, among {', '.join(self.domains)}; choose another")
        for layer in self.layers:
            layer.add(name, self.domains[0])
        self.learn(name)
        return self.part(name)

    def part(self, name: str) -> nn.ModuleList:
        """What belongs to one domain alone: its state is its file, its parameters are what the domain costs."""
        check_name("domain", name, self.domains)
        return nn.ModuleList(layer.domains[name] for layer in self.layers)

    def learn(self, name: str, shared: bool = False) -> None:
        """Switch to a domain whose part learns; the `shared` layers too, or all the rest stands still to the bit."""
        self.domain, self.frozen = name, not shared
        self.requires_grad_(shared)
        self.part(name).requires_grad_(True)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Training or not; shared layers that are frozen stay in evaluation, for batch norm's running values."""
        super().train(mode and not self.frozen)
        self.part(self.domain).train(mode)
        self.training = mode
        return self

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x)


def _adapt(sequence: nn.Sequential, kind: str, first: str) -> None:
    """Replace the layers of a sequence, each convolution together with the norm behind it."""
    for place, layer in enumerate(sequence):
        if isinstance(layer, nn.Linear):
            sequence[place] = AdaptedLayer(nn.Identity(), layer, kind, first)
        elif isinstance(layer, nn.Conv2d) and kind != "head":
            follows = place + 1 < len(sequence) and isinstance(sequence[place + 1], NORMS)
            sequence[place] = AdaptedLayer(layer, sequence[place + 1] if follows else nn.Identity(), kind, first)
            if follows:
                sequence[place + 1] = nn.Identity()


def parameter_count(module: nn.Module) -> int:
    """How many numbers a module learns."""
    return sum(parameter.numel() for parameter in module.parameters())
