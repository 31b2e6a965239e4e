"""Training of the segmentation networks: cross-entropy and Dice of every pixel's class."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from toonkit.chapters.segmentation.classes import CLASSES
from toonkit.chapters.segmentation.networks import SQUEEZENET, segmentation_network
from toonkit.losses.overlap import overlap_loss
from toonkit.project.errors import check_name
from toonkit.training.recipe import Batch, Recipe, Term

ROOM = 0.1  # the share of the rate that is left at the end


@dataclass(frozen=True)
class SegmentationConfig:
    """Ours; the report takes a network that was trained elsewhere."""

    pictures: str = "toonworld"  # photographs and cartoons of every family; or "open": photographs with masks
    encoder: str = "timm-mobilenetv3_small_minimal_100"
    rate: float = 2e-3  # falls linearly
    weight_decay: float = 1e-3
    batch: int = 16
    size: int = 64  # pixels

    def __post_init__(self) -> None:
        check_name("pictures", self.pictures, tuple(CLASSES))


OPEN = SegmentationConfig(pictures="open", encoder=SQUEEZENET, batch=8, size=128)


def build(config: SegmentationConfig) -> dict[str, nn.Module]:
    """The network of a configuration. Raises SourceError where it needs SqueezeNet and that is not here."""
    return {"segmentation": segmentation_network(config.encoder, len(CLASSES[config.pictures]()))}


class Segmentation(Recipe):
    """The batch: picture (N, 3, H, W) and mask (N, H, W), numbers into the classes of `config.pictures`."""

    name = "segmentation"
    released = ("segmentation",)

    def __init__(self, config: SegmentationConfig | None = None) -> None:
        self.config = config or SegmentationConfig()
        self.networks = build(self.config)
        learnt = self.networks["segmentation"].parameters()
        adam = torch.optim.AdamW(learnt, self.config.rate, weight_decay=self.config.weight_decay)
        self.optimisers = {"segmentation": adam}
        self.pools = {}

    def terms(self, batch: Batch) -> Iterator[tuple[str, dict[str, Term]]]:
        logits = self.networks["segmentation"](batch["picture"])  # (N, classes, H, W)
        mask = batch["mask"].long()  # (N, H, W)
        yield (
            "segmentation",
            {"mask": lambda: F.cross_entropy(logits, mask), "overlap": lambda: overlap_loss(logits, mask)},
        )

    def weights(self, progress: float) -> dict[str, float]:
        return {"mask": 1.0, "overlap": 1.0}

    def rates(self, progress: float) -> dict[str, float]:
        return {"segmentation": self.config.rate * (1 - (1 - ROOM) * progress)}

    def translate(self, pictures: Tensor) -> Tensor:
        """Logits (N, classes, H, W) of pictures (N, 3, H, W)."""
        return self.networks["segmentation"](pictures)
