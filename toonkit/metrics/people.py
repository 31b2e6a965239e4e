"""Whether a person is still known in a picture, by the features of other pictures of the same people."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.metrics.scores import Score, mean_score


def person_known(found: Tensor, known: Tensor, people: Tensor) -> Score:
    """The share of pictures whose nearest *other* photograph (cosine) shows the same of `people` (N,).

    Features (N, D) of the pictures, and of the photographs they were drawn from.
    """
    alike = F.normalize(found, dim=1) @ F.normalize(known, dim=1).T  # (N, N)
    nearest = alike.fill_diagonal_(-torch.inf).argmax(1)  # (N,)
    return mean_score("person known", (people[nearest] == people).double()).within(0, 1)
