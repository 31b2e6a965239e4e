"""toonnet's training: every head at once, on every family, in photographs and in every style."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.losses.overlap import overlap_loss
from toonkit.networks.labels import Labels
from toonkit.networks.toonnet import ToonNet
from toonkit.training.recipe import Batch, Recipe, Term


@dataclass(frozen=True)
class ToonNetConfig:
    """Ours; no report trains this network."""

    widths: tuple[int, ...] = (24, 48, 96, 192)
    residual: bool = False
    rate: float = 2e-3  # peak of a linear rise over the first 5 % and a cosine fall to 0
    weight_decay: float = 1e-3
    smoothing: float = 0.02
    shift: int = 2  # pixels by which a batch may be moved, so that places are not learnt by heart
    size: int = 64  # pixels
    batch: int = 64
    labels: Labels = field(default_factory=Labels.of_world)  # what its numbers mean

    @classmethod
    def of_file(cls, **entries: Any) -> ToonNetConfig:
        """The configuration in a file's header; older files do not say their labels."""
        return cls(**entries | {"labels": Labels.of_file(entries)})


def build(config: ToonNetConfig) -> dict[str, nn.Module]:
    """The network of a configuration."""
    return {"toonnet": ToonNet(config.widths, config.residual, config.labels)}


class ToonNetRecipe(Recipe):
    """Cross-entropy on class, style, attributes (those that apply) and mask."""

    name = "toonnet"
    released = ("toonnet",)

    def __init__(self, config: ToonNetConfig | None = None) -> None:
        self.config = config or ToonNetConfig()
        self.networks = build(self.config)
        parameters = self.networks["toonnet"].parameters()
        adam = torch.optim.AdamW(parameters, self.config.rate, weight_decay=self.config.weight_decay)
        self.optimisers = {"toonnet": adam}
        self.pools = {}

    def weights(self, progress: float) -> dict[str, float]:
        return {"class": 1.0, "style": 1.0, "attributes": 0.25, "mask": 2.0, "overlap": 2.0}

    def rates(self, progress: float) -> dict[str, float]:
        rise = progress / 0.05
        fall = 0.5 * (1 + float(torch.cos(torch.tensor(progress * math.pi))))
        return {"toonnet": self.config.rate * min(rise, fall, 1.0) + 1e-7}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        moves = torch.randint(-self.config.shift, self.config.shift + 1, (2,)).tolist()
        pictures = batch["picture"].roll(moves, (-2, -1))  # (N, 3, H, W)
        truth = batch | {"mask": batch["mask"].roll(moves, (-2, -1))}
        out = self.networks["toonnet"](pictures.to(memory_format=torch.channels_last))
        yield "toonnet", head_losses(out, truth, self.config.labels, self.config.smoothing)


def head_losses(out: Batch, truth: Batch, labels: Labels, smoothing: float = 0.0) -> dict[str, Term]:
    """Mean cross-entropy of each head (the sum over attributes); attributes that do not apply (-1) are left out."""

    def entropy(logits: Tensor, target: Tensor) -> Tensor:
        total = F.cross_entropy(logits.float(), target, ignore_index=-1, label_smoothing=smoothing, reduction="sum")
        return total / (target >= 0).sum().clamp(min=1)

    def attributes() -> Tensor:
        columns = labels.split(out["attributes"]).values()  # (N, values) each
        return sum(entropy(logits, truth["attributes"][:, k]) for k, logits in enumerate(columns))

    mask = truth["mask"].long()  # (N, H, W)
    return {
        "class": lambda: entropy(out["class"], truth["class"]),
        "style": lambda: entropy(out["style"], truth["style"]),
        "attributes": attributes,
        "mask": lambda: entropy(out["mask"], mask),
        "overlap": lambda: overlap_loss(out["mask"].float(), mask),
    }
