"""Are two sets of features one distribution? Kernel MMD and leave-one-out 1-NN, by the batch.

Both are exactly as GAN-Metrics (Xu et al., 2018) defines them, which Cartoon to human recovery measures with.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torchmetrics import Metric

from toonkit.metrics.distances import distance_blocks, nearest_is_own
from toonkit.metrics.scores import Score, jackknife
from toonkit.project.errors import ToonkitError


class TwoSampleMetric(Metric):
    """Collects features (N, D) of real and fake pictures; what compares them runs over all pairs in blocks.

    The precision is that of the features given (float32 or float64). `update` raises ToonkitError for features that
    are not (N, D) or not finite, `compute` for sets of unequal size or of fewer than two samples.
    """

    full_state_update = False
    real: list[Tensor]
    fake: list[Tensor]

    def __init__(self) -> None:
        super().__init__()
        for side in ("real", "fake"):
            self.add_state(side, default=[], dist_reduce_fx="cat")

    def update(self, features: Tensor, real: bool) -> None:
        """Add a batch of features (N, D) to one of the sets."""
        if features.ndim != 2 or not features.is_floating_point():
            given = f"{tuple(features.shape)} of {features.dtype}"
            raise ToonkitError(f"features are (N, D), floating point, not {given}; pool them first")
        if not features.isfinite().all():
            bad = int((~features.isfinite().all(1)).sum())
            raise ToonkitError(f"{bad} of {len(features)} features are not finite; look at the pictures or the network")
        getattr(self, "real" if real else "fake").append(features.detach())

    def _sets(self) -> tuple[Tensor, Tensor]:
        """All real and all fake features, (N, D) each: copies, which may be changed."""
        batches = [[side] if isinstance(side, Tensor) else side for side in (self.real, self.fake)]
        sizes = [sum(len(batch) for batch in side) for side in batches]
        if min(sizes) < 2 or sizes[0] != sizes[1]:
            raise ToonkitError(f"sets of one size, at least 2, are compared, not {sizes[0]} real and {sizes[1]} fake")
        return torch.cat(batches[0]), torch.cat(batches[1])


class KernelMMD(TwoSampleMetric):
    """sqrt(mean Kxx + mean Kyy - 2 mean Kxy) with the kernel k = exp(-d^2 / (2 sigma^2 s)).

    s is the mean squared distance of two real samples. A sample's distance to itself counts in s and in the means, so
    this is the biased estimate.
    """

    def __init__(self, sigma: float = 1.0) -> None:
        super().__init__()
        self.sigma = sigma

    def compute(self) -> Tensor:
        """The distance of the two sets, a scalar of at least 0; up to rounding it is 0 for equal ones."""
        real, fake = self._sets()
        centre = real.mean(0)  # distances stay, rounding errors shrink
        real.sub_(centre)
        fake.sub_(centre)
        variances = real.var(0, correction=0)  # (D,)
        if not variances.any():
            raise ToonkitError("all real features are the same, so the kernel has no width; look at the pictures")
        scale = 2 * self.sigma**2 * 2 * variances.sum()  # the mean squared distance is twice the sum of the variances
        total = _kernel_sum(real, real, scale) + _kernel_sum(fake, fake, scale) - 2 * _kernel_sum(real, fake, scale)
        return (total / len(real) ** 2).clamp(min=0).sqrt()


class NearestNeighbour(TwoSampleMetric):
    """Leave-one-out accuracy of a 1-nearest-neighbour classifier of real against fake; 0.5 is ideal, 1 is told apart.

    Where a real and a fake sample are equally near, the real one counts; ties are exact, see `nearest_is_own`.
    """

    def compute(self) -> dict[str, Tensor]:
        """`accuracy`, and apart `real` and `fake`: the share of that set whose nearest neighbour is of its own kind."""
        samples = torch.cat(self._sets())  # (2 N, D), real ones first
        is_real = torch.arange(len(samples), device=samples.device) < len(samples) // 2
        is_right = nearest_is_own(samples, is_real)
        real, fake = is_right[is_real].double().mean(), is_right[~is_real].double().mean()
        return {"accuracy": (real + fake) / 2, "real": real, "fake": fake}


def mmd(network: str, real: Tensor, fake: Tensor) -> Score:
    """Kernel MMD of two sets of features (N, D), named `MMD[network]`, with its interval; at least 0, both."""

    def distance(some_real: Tensor, some_fake: Tensor) -> float:
        return float(_filled(KernelMMD(), some_real, some_fake).compute())

    return jackknife(f"MMD[{network}]", distance, (real, fake)).within(0, math.inf)


def nearest_neighbour(network: str, real: Tensor, fake: Tensor, part: str = "accuracy") -> Score:
    """Leave-one-out 1-NN `accuracy` of two sets of features (N, D), or that on `real` or `fake`, with its interval."""
    name = f"1-NN {part}[{network}]".replace(" accuracy", "")

    def share(some_real: Tensor, some_fake: Tensor) -> float:
        return float(_filled(NearestNeighbour(), some_real, some_fake).compute()[part])

    return jackknife(name, share, (real, fake)).within(0, 1)


def _filled(metric: TwoSampleMetric, real: Tensor, fake: Tensor) -> TwoSampleMetric:
    metric.update(real, real=True)
    metric.update(fake, real=False)
    return metric


def _kernel_sum(x: Tensor, y: Tensor, scale: Tensor) -> Tensor:
    """Sum of the kernel over all pairs; over a set and itself each sample's distance to itself is exactly 0."""
    total = torch.zeros((), dtype=torch.float64, device=x.device)
    for rows, distances in distance_blocks(x, y):
        if x is y:
            distances.diagonal(rows.start).zero_()
        total += distances.div_(-scale).exp_().sum(dtype=torch.float64)
    return total
