"""Precision and recall of a set of drawings: are they like real ones, and do they cover all that real ones show?"""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.metrics.distances import distance_blocks
from toonkit.metrics.scores import Score, jackknife
from toonkit.metrics.two_sample import TwoSampleMetric
from toonkit.project.errors import ToonkitError

NEIGHBOURS = 3  # of the source


class PrecisionRecall(TwoSampleMetric):
    """Improved precision and recall of Kynkaanniemi and others, 2019, eq. 1 and 2.

    A set is taken to fill the balls around its samples that reach as far as their k-th nearest neighbour in it.
    Precision is the share of fake samples inside the real set's balls, recall the share of real ones inside the fake
    set's; on the rim counts as inside. `compute` raises ToonkitError for sets with no more than k samples.
    """

    def __init__(self, neighbours: int = NEIGHBOURS) -> None:
        super().__init__()
        self.neighbours = neighbours

    def compute(self) -> dict[str, Tensor]:
        """`precision` and `recall`, each from 0 to 1."""
        real, fake = self._sets()
        if len(real) <= self.neighbours:
            raise ToonkitError(f"{self.neighbours} neighbours need more than {len(real)} samples a set")
        centre = real.mean(0)  # distances stay, rounding errors shrink
        real.sub_(centre)
        fake.sub_(centre)
        return {"precision": self._covered(fake, real), "recall": self._covered(real, fake)}

    def _covered(self, asked: Tensor, support: Tensor) -> Tensor:
        """The share of `asked` (N, D) inside one of the balls around `support` (M, D)."""
        radii = torch.cat([self._kth(rows, distances) for rows, distances in distance_blocks(support, support)])  # (M,)
        inside = [(distances <= radii).any(1) for _, distances in distance_blocks(asked, support)]
        return torch.cat(inside).double().mean()

    def _kth(self, rows: slice, distances: Tensor) -> Tensor:
        """Squared distances (rows,) to the k-th nearest other sample, from those to all (rows, M)."""
        distances.diagonal(rows.start).fill_(torch.inf)
        return distances.kthvalue(self.neighbours, dim=1).values


def precision_recall(network: str, real: Tensor, fake: Tensor, part: str) -> Score:
    """`precision` or `recall` of two sets of features (N, D), named `precision[network]`, with its interval."""

    def share(some_real: Tensor, some_fake: Tensor) -> float:
        metric = PrecisionRecall()
        metric.update(some_real, real=True)
        metric.update(some_fake, real=False)
        return float(metric.compute()[part])

    return jackknife(f"{part}[{network}]", share, (real, fake)).within(0, 1)
