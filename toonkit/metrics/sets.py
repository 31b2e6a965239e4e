"""Distances between sets of pictures in a feature space: FID and KID, both torchmetrics' own.

A score names the network of its features, and with it how pictures were resized: each network has one rule, which is
`Features.side`.
"""

from __future__ import annotations

import math
import warnings

import torch
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

from toonkit.metrics.scores import Score, jackknife
from toonkit.networks.features import Features


class GivenFeatures(nn.Module):
    """Stands where torchmetrics expects a feature network, for features that are at hand already."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.num_features = width

    def forward(self, features: Tensor) -> Tensor:
        return features


@torch.no_grad()
def pooled_features(network: Features, pictures: Tensor, batch: int = 100) -> Tensor:
    """Pooled features (N, D) of pictures (N, 3, H, W) in [-1, 1], a batch at a time."""
    return torch.cat([network.pooled(part) for part in pictures.split(batch)])


def fid(network: str, real: Tensor, fake: Tensor) -> Score:
    """Frechet distance of two sets of features (N, D), named `FID[network]`; biased upward where N is small.

    It is at least 0: where rounding leaves less, as for a set and itself, value and interval are cut there.
    """
    return jackknife(f"FID[{network}]", _frechet, (real, fake)).within(0, math.inf)


def kid(network: str, real: Tensor, fake: Tensor, subsets: int = 100, size: int = 500) -> Score:
    """Polynomial-kernel MMD^2 of two sets of features (N, D), named `KID[network]`: the mean over random subsets.

    There are `subsets` of them, of `size` samples or nine tenths of the smaller set. The estimate is unbiased, so for
    sets that are alike it is as often below 0 as above: neither value nor interval is cut.
    """
    size = min(size, int(0.9 * min(len(real), len(fake))))

    def distance(some_real: Tensor, some_fake: Tensor) -> float:
        return _kernel(some_real, some_fake, subsets, size)

    return jackknife(f"KID[{network}]", distance, (real, fake))


def _frechet(real: Tensor, fake: Tensor) -> float:
    return _compute(FrechetInceptionDistance(feature=GivenFeatures(real.shape[1])), real, fake)


def _kernel(real: Tensor, fake: Tensor, subsets: int, size: int) -> float:
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        torch.manual_seed(0)  # torchmetrics draws the subsets from the global generator; the caller's stays as it was
        warnings.simplefilter("ignore")  # a reminder that the metric keeps all features in memory
        metric = KernelInceptionDistance(feature=GivenFeatures(real.shape[1]), subsets=subsets, subset_size=size)
        return _compute(metric, real, fake)


def _compute(metric: FrechetInceptionDistance | KernelInceptionDistance, real: Tensor, fake: Tensor) -> float:
    metric.update(real, real=True)
    metric.update(fake, real=False)
    result = metric.compute()  # KID's is (mean, standard deviation of the subsets)
    return float(result[0] if isinstance(result, tuple) else result)
