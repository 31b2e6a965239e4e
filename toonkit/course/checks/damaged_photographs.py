"""The exercises of notebook 04."""

from __future__ import annotations

import torch
from torch import Tensor

from toonkit.course.checks.exercise import Attempt, Case, case, exercise, normal, same_on, uniform


def holes(seed: int, count: int, height: int, width: int, share: float = 0.12) -> Tensor:
    """Masks (N, 1, H, W): single pixels and a block, at another place in each."""
    masks = (uniform((count, 1, height, width), seed, 0, 1) < share).float()
    for k in range(count):
        top, left = (3 * k + seed) % max(1, height - 2), (5 * k + seed) % max(1, width - 3)
        masks[k, :, top : top + 2, left : left + 3] = 1
    return masks


def hole_distance(masks: Tensor) -> Tensor:
    """The distance of each pixel to the nearest hole, the maximum of rows and columns; (N, 1, H, W), as `masks`."""
    out = torch.full_like(masks, float("inf"))
    height, width = masks.shape[2:]
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None]
    for n, _, y, x in masks.nonzero().tolist():
        out[n, 0] = torch.minimum(out[n, 0], torch.maximum((rows - y).abs(), (columns - x).abs()).to(masks.dtype))
    return out


@exercise(
    "The holes, grown by `margin` on all sides, are what is not trusted.",
    "The maximum over the square of 2 * margin + 1 pixels around a pixel tells whether it lies in a grown hole; then "
    "turn 1 and 0 round.",
)
def trusted_pixels(attempt: Attempt) -> None:
    shapes = ((1, 3, 12, 12), (0, 2, 7, 9), (2, 2, 16, 11), (4, 2, 20, 18), (5, 1, 6, 4))
    cases = [
        case(f"a margin of {margin}", holes(k, count, height, width, 0.02), margin)
        for k, (margin, count, height, width) in enumerate(shapes)
    ]
    cases.append(case("nothing missing", torch.zeros(2, 1, 5, 6), 2))
    cases.append(case("all missing", torch.ones(1, 1, 5, 6), 1))
    same_on(attempt, lambda masks, margin: (hole_distance(masks) > margin).to(masks.dtype), cases, tolerance=0)


def _importance(masks: Tensor, window: int) -> Tensor:
    out, r = torch.zeros_like(masks), window // 2
    for n, _, y, x in (masks == 0).nonzero().tolist():
        out[n, 0, y, x] = masks[n, 0, max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1].mean()
    return out


@exercise(
    "The mean of a mask over a window is the share of missing pixels.",
    "avg_pool2d with stride 1 and padding window // 2 gives that mean at every pixel; count_include_pad says what "
    "happens at the border; and a missing pixel itself has the weight 0.",
)
def importance(attempt: Attempt) -> None:
    shapes = ((7, 1, 10, 12), (3, 2, 6, 7), (1, 1, 5, 5), (5, 2, 9, 7), (9, 1, 8, 11))
    cases = [
        case(f"a window of {window}", holes(k, count, height, width, 0.2), window)
        for k, (window, count, height, width) in enumerate(shapes)
    ]
    cases.append(case("nothing missing", torch.zeros(1, 1, 4, 5), 3))
    same_on(attempt, _importance, cases)


def feathered_by_distance(drawn: Tensor, filled: Tensor, masks: Tensor, width: int) -> Tensor:
    """The reference of `feathered`: the weight of `filled` falls linearly with the distance to the hole."""
    weight = (1 - hole_distance(masks) / (width + 1)).clamp(min=0)  # (N, 1, H, W)
    return torch.lerp(drawn, filled, weight)


@exercise(
    "Of the holes grown by 0, 1, ... width pixels, in how many does a pixel at distance d lie?",
    "In width + 1 - d of the width + 1. So the weight is the mean of these grown holes, each of which is a maximum "
    "over a square; it mixes `filled` with `drawn`.",
)
def feathered(attempt: Attempt) -> None:
    cases = []
    for k, (width, count, height, side) in enumerate([(3, 2, 12, 15), (0, 2, 8, 8), (1, 3, 7, 10), (6, 1, 18, 16)]):
        pictures = [uniform((count, 3, height, side), 10 * k + which) for which in (1, 2)]
        cases.append(case(f"a passage of {width} pixels", *pictures, holes(k, count, height, side, 0.02), width))
    cases.append(case("all missing", *(uniform((1, 3, 5, 4), k) for k in (91, 92)), torch.ones(1, 1, 5, 4), 2))
    same_on(attempt, feathered_by_distance, cases)


def completed(drawing: Tensor, trusted: Tensor, mean: Tensor, directions: Tensor, ridge: float) -> Tensor:
    """The reference of `complete`: least squares on the trusted pixels, with one more equation a coefficient."""
    rows = torch.cat([directions.T[trusted > 0], ridge**0.5 * torch.eye(len(directions))]).double()
    wanted = torch.cat([(drawing - mean)[trusted > 0], torch.zeros(len(directions))]).double()
    return mean + (directions.T.double() @ torch.linalg.lstsq(rows, wanted).solution).to(mean.dtype)


def _flat(seed: int, pixels: int, directions: int, share: float, ridge: float) -> Case:
    basis = torch.linalg.qr(normal((pixels, directions), seed)).Q.T.contiguous()  # (k, P), orthonormal
    drawing, mean = uniform((pixels,), seed + 1), uniform((pixels,), seed + 2, -0.5, 0.5)
    trusted = (uniform((pixels,), seed + 3, 0, 1) < share).float()
    return case(f"{directions} directions, {share:.0%} trusted, ridge {ridge}", drawing, trusted, mean, basis, ridge)


@exercise(
    "Write the sum with vectors, and set its derivative by a to zero: what remains is linear in a.",
    "(U T U' + ridge I) a = U T (x - mean), with T the diagonal of `trusted` and U' the transpose. U T is "
    "directions * trusted; torch.linalg.solve does the rest. Return all pixels, known ones too.",
)
def complete(attempt: Attempt) -> None:
    cases = [
        _flat(0, 60, 4, 0.6, 1.0),
        _flat(10, 90, 6, 0.4, 0.05),
        _flat(20, 48, 1, 0.7, 0.3),
        _flat(30, 60, 5, 1.0, 2.5),
        _flat(40, 40, 3, 0.0, 0.5),
    ]
    same_on(attempt, completed, cases, tolerance=1e-4)
