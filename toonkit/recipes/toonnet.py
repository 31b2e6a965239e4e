"""toonnet's training: every head at once, on every family, in photographs and in every hand."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.images.values import as_bytes
from toonkit.networks.toonnet import CLASSES, HANDS, ToonNet, joint_attributes, joint_mask, split_attributes
from toonkit.recipes.recipe import Recipe
from toonkit.world import FAMILIES, ToonWorld


@dataclass(frozen=True)
class ToonNetConfig:
    """Ours; no report trains this network."""

    widths: tuple[int, ...] = (24, 48, 96, 192)
    residual: bool = False
    rate: float = 2e-3  # peak of a linear rise over the first 5 % and a cosine fall to 0
    weight_decay: float = 1e-3
    smoothing: float = 0.02
    shift: int = 2  # pixels by which a batch may be moved, so that places are not learnt by heart


class ToonNetRecipe(Recipe):
    """Cross-entropy on class, hand, attributes (those that apply) and mask."""

    name = "toonnet"
    released = ("toonnet",)

    def __init__(self, config: ToonNetConfig | None = None) -> None:
        self.config = config or ToonNetConfig()
        network = ToonNet(self.config.widths, self.config.residual)
        self.networks = {"toonnet": network}
        self.optimisers = {
            "toonnet": torch.optim.AdamW(network.parameters(), self.config.rate, weight_decay=self.config.weight_decay)
        }
        self.pools = {}

    def step(self, batch: dict[str, Tensor], progress: float) -> dict[str, Tensor]:
        rise, fall = progress / 0.05, 0.5 * (1 + float(torch.cos(torch.tensor(progress * torch.pi))))
        self.set_rate("toonnet", self.config.rate * min(rise, fall, 1.0) + 1e-7)
        moves = torch.randint(-self.config.shift, self.config.shift + 1, (2,)).tolist()
        pictures, masks = (batch[name].roll(moves, (-2, -1)) for name in ("picture", "mask"))
        network, optimiser = self.networks["toonnet"], self.optimisers["toonnet"]
        losses = head_losses(
            network(pictures.to(memory_format=torch.channels_last)), batch | {"mask": masks}, self.config.smoothing
        )
        optimiser.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        optimiser.step()
        return {name: loss.detach() for name, loss in losses.items()}


def head_losses(out: dict[str, Tensor], truth: dict[str, Tensor], smoothing: float = 0.0) -> dict[str, Tensor]:
    """Mean cross-entropy of each head; attributes that do not apply (-1) are left out."""

    def entropy(logits: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(logits.float(), target, ignore_index=-1, label_smoothing=smoothing, reduction="sum") / (
            target >= 0
        ).sum().clamp(min=1)

    columns = split_attributes(out["attributes"])
    attributes = sum(entropy(logits, truth["attributes"][:, k]) for k, logits in enumerate(columns.values()))
    return {
        "class": entropy(out["class"], truth["class"]),
        "style": entropy(out["style"], truth["style"]),
        "attributes": attributes / 4,
        "mask": 2 * entropy(out["mask"], truth["mask"].long()),
        "overlap": 2 * overlap_loss(out["mask"].float(), truth["mask"].long()),
    }


def overlap_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """1 - Dice, the mean over the classes in the batch: thin mouths and glasses count as much as wide walls.

    Logits (N, classes, H, W), truth (N, H, W) (Milletari et al., 2016).
    """
    share = logits.softmax(1)
    wanted = F.one_hot(truth, logits.shape[1]).movedim(-1, 1).to(share.dtype)
    hit, area = (share * wanted).sum((0, 2, 3)), (share + wanted).sum((0, 2, 3))
    return 1 - (2 * hit / area.clamp(min=1))[wanted.sum((0, 2, 3)) > 0].mean()


def examples(split: str, per_side: int, size: int = 64, seed: int = 0) -> dict[str, Tensor]:
    """Every family as photograph and in every hand, `per_side` pictures each, no scene twice.

    Returns picture (N, 3, H, W) and mask (N, H, W) as uint8, class, style, and attributes (N, all).
    """
    rows: dict[str, list[Tensor]] = {}
    for family in FAMILIES:
        for number, hand in enumerate(HANDS):
            world = ToonWorld(family, split, size, style=hand if number else "ink", seed=seed)
            for chunk in torch.arange(number * per_side, (number + 1) * per_side).split(64):
                for name, value in _labelled(world, chunk.tolist(), number).items():
                    rows.setdefault(name, []).append(value)
    return {name: torch.cat(values) for name, values in rows.items()}


def _labelled(world: ToonWorld, indices: list[int], number: int) -> dict[str, Tensor]:
    """One batch of one world in toonnet's label spaces; number 0 is the photograph."""
    batch, side = world.batch(indices), "toon" if number else "photo"
    return {
        "picture": as_bytes(batch[side]),
        "mask": joint_mask(world, batch["toon_mask" if number else "mask"]).to(torch.uint8),
        "class": batch["label"] + CLASSES.index(f"{world.family} {world.classes[0]}"),
        "style": torch.full((len(indices),), number),
        "attributes": joint_attributes(world, batch["attributes"]),
    }
