"""What only ToonWorld allows: a translated picture against its true counterpart, its attributes and its mask."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from toonkit.metrics.scores import Score, jackknife, mean_score
from toonkit.networks.labels import Labels
from toonkit.networks.toonnet import ToonNet


def true_error(translated: Tensor, truth: Tensor) -> Score:
    """Mean absolute difference to the true counterpart, (N, 3, H, W) in [-1, 1] each; 0 is perfect, 2 the worst."""
    errors = (translated - truth).abs().flatten(1).mean(1)  # (N,)
    return mean_score("true error", errors).within(0, math.inf)


@torch.no_grad()
def read(network: ToonNet, pictures: Tensor, batch: int = 100) -> dict[str, Tensor]:
    """Numbers that toonnet sees in pictures (N, 3, H, W): class and style (N,), attributes (N, all), mask (N, H, W)."""
    batches = []
    for part in pictures.split(batch):
        logits = network(part)
        numbers = {name: logits[name].argmax(1) for name in ("class", "style", "mask")}
        attributes = [values.argmax(1) for values in network.labels.split(logits["attributes"]).values()]  # (n,) each
        batches.append(numbers | {"attributes": torch.stack(attributes, 1)})
    return {name: torch.cat([numbers[name] for numbers in batches]) for name in batches[0]}


def balanced_accuracy(seen: Tensor, truth: Tensor) -> float:
    """The share recognised of each value of an attribute, and their mean; (N,) each, a truth of -1 does not count."""
    values = truth[truth >= 0].unique()
    recognised = [(seen[truth == value] == value).float().mean() for value in values]
    return float(torch.stack(recognised).mean())


def attributes_kept(seen: Tensor, truth: Tensor, labels: Labels) -> dict[str, Score]:
    """Balanced accuracy of each attribute that the truth (N, all) has, and their mean as `attributes kept`.

    Both hold numbers into the values of `labels.attributes`, -1 where an attribute does not apply.
    """
    names = list(labels.attributes)
    present = [column for column in range(truth.shape[1]) if (truth[:, column] >= 0).any()]
    scores = {names[column]: share_recognised(names[column], seen[:, column], truth[:, column]) for column in present}

    def mean(some_seen: Tensor, some_truth: Tensor) -> float:
        accuracies = [balanced_accuracy(some_seen[:, column], some_truth[:, column]) for column in present]
        return sum(accuracies) / len(present)

    return scores | {"attributes kept": jackknife("attributes kept", mean, (seen, truth)).within(0, 1)}


def share_recognised(name: str, seen: Tensor, truth: Tensor) -> Score:
    """Balanced accuracy over the rows that apply, whose number is the score's N."""
    rows = truth >= 0
    return jackknife(name, balanced_accuracy, (seen[rows], truth[rows])).within(0, 1)


def mask_agreement(seen: Tensor, truth: Tensor) -> Score:
    """Mean intersection over union of the classes that occur in the truth, over all pixels of (N, H, W) each."""
    classes = int(max(seen.max(), truth.max())) + 1
    pairs = zip(seen, truth, strict=True)
    counts = torch.stack([_confusion(mask, true_mask, classes) for mask, true_mask in pairs])  # (N, classes, classes)
    return jackknife("mask agreement", lambda rows: _mean_iou(rows.sum(0)), (counts,)).within(0, 1)


def _confusion(seen: Tensor, truth: Tensor, classes: int) -> Tensor:
    """How many pixels of each true class (rows) were seen as each class (columns), in one mask (H, W)."""
    return torch.bincount((truth * classes + seen).flatten(), minlength=classes**2).view(classes, classes)


def _mean_iou(counts: Tensor) -> float:
    """Mean intersection over union of the classes that occur, from counts (classes, classes) of true and seen ones."""
    both = counts.diagonal().float()  # (classes,)
    true = counts.sum(1).float()
    seen = counts.sum(0).float()
    shares = both / (true + seen - both).clamp(min=1)
    return float(shares[true > 0].mean())
