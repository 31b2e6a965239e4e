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
    parts = []
    for part in pictures.split(batch):
        out = network(part)
        columns = [logits.argmax(1) for logits in network.labels.split(out["attributes"]).values()]
        numbers = {name: out[name].argmax(1) for name in ("class", "style", "mask")}
        parts.append(numbers | {"attributes": torch.stack(columns, 1)})
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def balanced_accuracy(seen: Tensor, truth: Tensor) -> float:
    """Mean over the values of an attribute of the share recognised, (N,) each; rows with truth -1 do not count."""
    values = truth[truth >= 0].unique()
    return float(torch.stack([(seen[truth == value] == value).float().mean() for value in values]).mean())


def attributes_kept(seen: Tensor, truth: Tensor, labels: Labels) -> dict[str, Score]:
    """Balanced accuracy of each attribute that the truth (N, all) has, and their mean as `attributes kept`.

    Both hold numbers into the values of `labels.attributes`, -1 where an attribute does not apply.
    """
    present = [k for k in range(truth.shape[1]) if (truth[:, k] >= 0).any()]
    names = list(labels.attributes)
    out = {names[k]: share_recognised(names[k], seen[:, k], truth[:, k]) for k in present}

    def mean(a: Tensor, b: Tensor) -> float:
        return sum(balanced_accuracy(a[:, k], b[:, k]) for k in present) / len(present)

    return out | {"attributes kept": jackknife("attributes kept", mean, (seen, truth)).within(0, 1)}


def share_recognised(name: str, seen: Tensor, truth: Tensor) -> Score:
    """Balanced accuracy over the rows that apply, whose number is the score's N."""
    rows = truth >= 0
    return jackknife(name, balanced_accuracy, (seen[rows], truth[rows])).within(0, 1)


def mask_agreement(seen: Tensor, truth: Tensor) -> Score:
    """Mean intersection over union of the classes that occur in the truth, over all pixels of (N, H, W) each."""
    classes = int(max(seen.max(), truth.max())) + 1
    counts = torch.stack([_confusion(a, b, classes) for a, b in zip(seen, truth, strict=True)])  # (N, classes, classes)
    return jackknife("mask agreement", lambda rows: _mean_iou(rows.sum(0)), (counts,)).within(0, 1)


def _confusion(seen: Tensor, truth: Tensor, classes: int) -> Tensor:
    return torch.bincount((truth * classes + seen).flatten(), minlength=classes**2).view(classes, classes)


def _mean_iou(counts: Tensor) -> float:
    hit, wanted, given = counts.diagonal().float(), counts.sum(1).float(), counts.sum(0).float()
    there = wanted > 0
    return float((hit / (wanted + given - hit).clamp(min=1))[there].mean())
