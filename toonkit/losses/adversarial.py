"""What discriminators and generators ask of each other. Scores are logits: the reports' sigmoid is inside the loss."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.project.errors import check_name

KINDS = {  # log: Goodfellow et al. (2014), -log D; least squares: LSGAN (Mao et al., 2017), without a sigmoid
    "log": F.binary_cross_entropy_with_logits,
    "least_squares": F.mse_loss,
}


def discriminator_loss(real: Tensor, *fakes: Tensor, kind: str = "log", soft: bool = False) -> Tensor:
    """-E[log D(real)] - sum of E[log(1 - D(fake))], divided by the number of terms; or LSGAN's squares in its place.

    Image Toonification's adversarial loss has two kinds of fake of equal weight: generated pictures and cartoons whose
    edges were smoothed away. With `soft`, labels are drawn anew, see `labels`. Scores (N, ...); returns a scalar.
    """
    compare = KINDS[check_name("adversarial loss", kind, tuple(KINDS))]
    terms = [compare(real, labels(real, True, soft))]  # (N, ...) against labels of its shape -> a scalar
    for fake in fakes:
        terms.append(compare(fake, labels(fake, False, soft)))
    return sum(terms) / len(terms)


def generator_loss(fake: Tensor, kind: str = "log") -> Tensor:
    """-E[log D(fake)]: the non-saturating form (Goodfellow et al., 2014) of minimising E[log(1 - D(fake))].

    Scores (N, ...); returns a scalar.
    """
    compare = KINDS[check_name("adversarial loss", kind, tuple(KINDS))]
    return compare(fake, torch.ones_like(fake))  # (N, ...) against ones -> a scalar


def labels(scores: Tensor, real: bool, soft: bool = False) -> Tensor:
    """Ones for real scores (N, ...) or zeros for fake ones, of the same shape.

    Where `soft`, each picture has a number of its own: U(0.9, 1) for a real one and U(0, 0.1) for a fake one (Cartoon
    to human recovery, "Soft label"; its related work has the two the wrong way round).
    """
    if not soft:
        return torch.full_like(scores, float(real))  # (N, ...)
    one_a_picture = [len(scores)] + [1] * (scores.ndim - 1)  # (N, 1, ...)
    uniform = torch.rand(one_a_picture, dtype=scores.dtype, device=scores.device)
    lowest = 0.9 if real else 0.0
    return (0.1 * uniform + lowest).expand_as(scores)  # (N, 1, ...) -> (N, ...)


def discriminator_hinge(real: Sequence[Tensor], drawn: Sequence[Tensor]) -> Tensor:
    """Mean over heads of E[max(0, 1 - D(real))] + E[max(0, 1 + D(drawn))] (Lim and Ye, 2017).

    One map of scores (N, 1, h, w) a head and side; returns a scalar, 2 for a discriminator that knows nothing.
    """
    heads = [F.relu(1 - a).mean() + F.relu(1 + b).mean() for a, b in zip(real, drawn, strict=True)]
    return torch.stack(heads).mean()


def generator_hinge(drawn: Sequence[Tensor]) -> Tensor:
    """Mean over heads of -E[D(drawn)]; maps of scores (N, 1, h, w); returns a scalar."""
    return -torch.stack([scores.mean() for scores in drawn]).mean()
