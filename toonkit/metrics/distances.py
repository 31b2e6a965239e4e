"""Distances between all pairs of two sets of features, in blocks, and whose side a nearest neighbour is on, exactly."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

BLOCK = 500  # rows of the distance matrix at once: 20 MB for 10,000 features in float32
NUMBERS = 2**20  # entries of one float64 matrix where distances are recomputed: 8 MB


def distance_blocks(x: Tensor, y: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Squared distances of x (N, D) to y (M, D), a block at a time: slices of x's rows with (rows, M)."""
    for start in range(0, len(x), BLOCK):
        part = x[start : start + BLOCK]
        yield slice(start, start + len(part)), squared_distances(part, y)


def squared_distances(x: Tensor, y: Tensor) -> Tensor:
    """Squared distances (N, M) of x (N, D) to y (M, D), by a matrix product; `_rounding_error` says how exact."""
    products = torch.addmm(y.square().sum(1), x, y.T, alpha=-2)  # (N, M): |y|^2 - 2 x.y
    return products.add_(x.square().sum(1, keepdim=True)).clamp_(min=0)


def nearest_is_own(samples: Tensor, is_real: Tensor) -> Tensor:
    """Whether the nearest other sample is of the same set: bool (N,) for samples (N, D) and is_real (N,), bool.

    Each set has at least two samples. Where a real and a fake sample are equally near, the real one counts. Ties are
    exact: neither the rounding of a matrix product, nor the size of a block, nor float32 or float64 decides them.
    """
    place = torch.unique(samples, dim=0, return_inverse=True)[1]  # (N,): the same number for samples that are equal
    distinct = int(place.amax()) + 1
    real_copies = torch.bincount(place[is_real], minlength=distinct)[place]  # (N,): real samples equal to this one
    fake_copies = torch.bincount(place[~is_real], minlength=distinct)[place]
    alone = real_copies + fake_copies == 1  # the others have a copy at distance 0, which decides without measuring
    near_real = _real_is_nearest(samples, _one_of_each(place, is_real), _one_of_each(place, ~is_real), alone)
    real_is_right = (real_copies > 1) | (alone & near_real)
    fake_is_right = (real_copies == 0) & ((fake_copies > 1) | (alone & ~near_real))
    return torch.where(is_real, real_is_right, fake_is_right)


def _one_of_each(place: Tensor, members: Tensor) -> Tensor:
    """The number of one sample for each `place` (N,) that occurs among the `members` (N,), bool."""
    numbers = members.nonzero()[:, 0]
    chosen = torch.full_like(place, -1)
    chosen[place[numbers]] = numbers
    return chosen[chosen >= 0]


def _real_is_nearest(samples: Tensor, real_at: Tensor, fake_at: Tensor, asked: Tensor) -> Tensor:
    """Whether the nearest other sample is real, bool (N,); right for those `asked` (N,), which have no copy.

    `real_at` and `fake_at` number the samples (N, D) of both sets, copies left out. A matrix product decides where the
    nearest of both differ by more than its rounding error; where they do not, differences in float64 do.
    """
    centre = samples[real_at].mean(0)  # distances stay, rounding errors shrink
    real = samples[real_at].sub_(centre)
    fake = samples[fake_at].sub_(centre)
    to_real = samples.new_zeros(len(samples))  # (N,): squared distance to the nearest other real sample
    to_real[real_at] = _nearest_other(real)
    to_fake = samples.new_zeros(len(samples))
    to_fake[fake_at] = _nearest_other(fake)
    to_fake[real_at], to_real[fake_at] = _nearest_across(real, fake)
    longest = torch.maximum(real.norm(dim=1).amax(), fake.norm(dim=1).amax())
    error = samples.new_zeros(len(samples))
    error[real_at] = _rounding_error(real, longest)
    error[fake_at] = _rounding_error(fake, longest)
    del real, fake  # as large as all samples, and no longer needed
    unsure = (asked & ~((to_real - to_fake).abs() > 2 * error)).nonzero()[:, 0]
    nearest = to_real <= to_fake
    nearest[unsure] = _nearest_exactly(samples, unsure, real_at) <= _nearest_exactly(samples, unsure, fake_at)
    return nearest


def _rounding_error(x: Tensor, longest: Tensor) -> Tensor:
    """The most by which a squared distance of each x (N, D) to a sample of a length up to `longest` is off, (N,).

    A sum of D products is off by at most D / 2 times eps times the sum of their absolute values (Higham, "Accuracy and
    stability of numerical algorithms", 2002, section 3.1). Twice that also covers the rounding of centred samples.
    """
    return (x.shape[1] + 10) * torch.finfo(x.dtype).eps * (x.norm(dim=1) + longest).square()


def _nearest_other(x: Tensor) -> Tensor:
    """Squared distance from each sample (N, D) to the nearest other one, (N,)."""
    nearest = x.new_empty(len(x))
    for block, distances in distance_blocks(x, x):
        distances.diagonal(block.start).fill_(torch.inf)
        nearest[block] = distances.amin(1)
    return nearest


def _nearest_across(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Squared distances from each x (N, D) to the nearest y (M, D), (N,), and from each y to the nearest x, (M,)."""
    to_y = x.new_empty(len(x))
    to_x = y.new_full((len(y),), torch.inf)
    for block, distances in distance_blocks(x, y):
        to_y[block] = distances.amin(1)
        to_x = torch.minimum(to_x, distances.amin(0))
    return to_y, to_x


def _nearest_exactly(samples: Tensor, asked: Tensor, others: Tensor) -> Tensor:
    """Squared distance of each of the samples (N, D) numbered `asked` (A,) to the nearest of `others`, (A,).

    A matrix product in float64 finds the few that may be nearest. Their differences are squared and added from the
    smallest to the largest, so that the order of the features does not matter either.
    """
    centre = samples[others].mean(0).double()
    candidates = samples[others].double().sub_(centre)  # (O, D)
    longest = candidates.norm(dim=1).amax()
    rows = max(1, NUMBERS // len(others))
    nearest = [torch.empty(0, dtype=torch.float64, device=samples.device)]
    for part in asked.split(rows):
        questions = samples[part].double().sub_(centre)  # (rows, D)
        distances = squared_distances(questions, candidates)  # (rows, O)
        distances.masked_fill_(part[:, None] == others, torch.inf)  # not to itself
        bound = distances.amin(1) + 2 * _rounding_error(questions, longest)  # (rows,)
        question, candidate = (distances <= bound[:, None]).nonzero(as_tuple=True)  # (pairs,) each
        exact = _differences(samples, part[question], others[candidate])
        nearest.append(torch.full_like(bound, torch.inf).scatter_reduce(0, question, exact, "amin"))
    return torch.cat(nearest)


def _differences(samples: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Squared distances (P,) of pairs of samples (N, D), numbered in `first` and `second` (P,), by subtraction."""
    pairs = max(1, NUMBERS // samples.shape[1])
    distances = [torch.empty(0, dtype=torch.float64, device=samples.device)]
    for one, other in zip(first.split(pairs), second.split(pairs), strict=True):
        squares = (samples[one].double() - samples[other].double()).square()  # (pairs, D)
        distances.append(squares.sort(1).values.sum(1))
    return torch.cat(distances)
