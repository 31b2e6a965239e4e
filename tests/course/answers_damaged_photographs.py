"""Right and plausible wrong answers to the exercises of notebook 04."""

from __future__ import annotations

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import Tensor


def grown(masks: Tensor, margin: int) -> Tensor:
    return F.max_pool2d(masks, 2 * margin + 1, stride=1, padding=margin)


def trusted_by_opencv(masks: Tensor, margin: int) -> Tensor:
    square = np.ones((2 * margin + 1, 2 * margin + 1), np.uint8)
    return torch.stack([torch.from_numpy(1 - cv2.dilate(m[0].numpy(), square))[None] for m in masks])


def trusted_by_rolling(masks: Tensor, margin: int) -> Tensor:
    padded, out = F.pad(masks, [margin] * 4), torch.zeros_like(masks)
    height, width = masks.shape[2:]
    for y in range(2 * margin + 1):
        for x in range(2 * margin + 1):
            out = torch.maximum(out, padded[:, :, y : y + height, x : x + width])
    return 1 - out


def trusted_round(masks: Tensor, margin: int) -> Tensor:
    away = [ndimage.distance_transform_edt(m[0] == 0) if m.any() else np.full(m[0].shape, 1e9) for m in masks.numpy()]
    return torch.from_numpy(np.stack(away)[:, None] > margin).float()


def share(masks: Tensor, window: int, pad: bool = False) -> Tensor:
    return F.avg_pool2d(masks, window, stride=1, padding=window // 2, count_include_pad=pad)


def importance_by_sums(masks: Tensor, window: int) -> Tensor:
    kernel = torch.ones(1, 1, window, window)
    total = F.conv2d(masks, kernel, padding=window // 2)
    return torch.where(masks > 0, 0.0, total / F.conv2d(torch.ones_like(masks), kernel, padding=window // 2))


def mixed(drawn: Tensor, filled: Tensor, weight: Tensor) -> Tensor:
    return weight * filled + (1 - weight) * drawn


def soft(masks: Tensor, width: int, most: int | None = None) -> Tensor:
    return sum(grown(masks, k) for k in range(width + 1)) / (most or width + 1)


def feathered_by_opencv(drawn: Tensor, filled: Tensor, masks: Tensor, width: int) -> Tensor:
    d = [cv2.distanceTransform((1 - m[0]).byte().numpy(), cv2.DIST_C, 3) for m in masks]
    weight = (1 - torch.from_numpy(np.stack(d))[:, None] / (width + 1)).clamp(min=0)
    return torch.lerp(drawn, filled, weight)


def feathered_inside(drawn: Tensor, filled: Tensor, masks: Tensor, width: int) -> Tensor:
    inner = sum(1 - grown(1 - masks, k) for k in range(width + 1)) / (width + 1)
    return mixed(drawn, filled, inner)


def feathered_round(drawn: Tensor, filled: Tensor, masks: Tensor, width: int) -> Tensor:
    away = np.stack([ndimage.distance_transform_edt(m[0] == 0) for m in masks.numpy()])[:, None]
    return mixed(drawn, filled, (1 - torch.from_numpy(away).float() / (width + 1)).clamp(min=0))


def coefficients(x: Tensor, trusted: Tensor, mean: Tensor, directions: Tensor, ridge: float) -> Tensor:
    seen = directions * trusted
    normal = seen @ directions.T + ridge * torch.eye(len(directions))
    return torch.linalg.solve(normal, seen @ (x - mean))


def complete(x: Tensor, trusted: Tensor, mean: Tensor, directions: Tensor, ridge: float) -> Tensor:
    return mean + directions.T @ coefficients(x, trusted, mean, directions, ridge)


def complete_by_inverse(x: Tensor, trusted: Tensor, mean: Tensor, directions: Tensor, ridge: float) -> Tensor:
    t = torch.diag(trusted)
    inverse = torch.linalg.inv(directions @ t @ directions.T + torch.eye(len(directions)).mul(ridge))
    return mean + (inverse @ directions @ t @ (x - mean)) @ directions


def complete_projected(x: Tensor, trusted: Tensor, mean: Tensor, directions: Tensor, ridge: float) -> Tensor:
    return mean + directions.T @ ((directions * trusted) @ (x - mean)) / (1 + ridge)


def complete_pasted(x: Tensor, trusted: Tensor, mean: Tensor, directions: Tensor, ridge: float) -> Tensor:
    return torch.where(trusted > 0, x, complete(x, trusted, mean, directions, ridge))


RIGHT = {
    "trusted_pixels": {
        "pooled": lambda masks, margin: 1 - grown(masks, margin),
        "opencv": trusted_by_opencv,
        "shifted": trusted_by_rolling,
    },
    "importance": {"pooled": lambda m, w: share(m, w) * (1 - m), "sums": importance_by_sums},
    "feathered": {
        "grown holes": lambda d, f, m, w: mixed(d, f, soft(m, w)),
        "distances": feathered_by_opencv,
    },
    "complete": {"solved": complete, "inverted": complete_by_inverse},
}

WRONG = {
    "trusted_pixels": {
        "not turned round": grown,
        "one pixel more": lambda m, k: 1 - grown(m, k + 1),
        "one pixel less": lambda m, k: 1 - grown(m, max(0, k - 1)),
        "no margin": lambda m, k: 1 - m,
        "round": trusted_round,
        "rows only": lambda m, k: 1 - F.max_pool2d(m, (2 * k + 1, 1), 1, (k, 0)),
        "a mean": lambda m, k: 1 - F.avg_pool2d(m, 2 * k + 1, 1, k),
        "whole numbers": lambda m, k: (1 - grown(m, k)).long(),
        "shrunk": lambda m, k: grown(1 - m, k),
        "border not trusted": lambda m, k: 1 - grown(F.pad(m, [1] * 4, value=1.0), k)[:, :, 1:-1, 1:-1],
    },
    "importance": {
        "what is known": lambda m, w: (1 - share(m, w)) * (1 - m),
        "as in the paper's mask": lambda m, w: share(1 - m, w) * m,
        "zeros outside": lambda m, w: share(m, w, pad=True) * (1 - m),
        "missing pixels too": lambda m, w: share(m, w),
        "a maximum": lambda m, w: F.max_pool2d(m, w, 1, w // 2) * (1 - m),
        "a sum": lambda m, w: share(m, w) * w * w * (1 - m),
        "a wider window": lambda m, w: share(m, w + 2) * (1 - m),
        "without the pixel": lambda m, w: share(m, w) * (1 - m) * w * w / max(1, w * w - 1),
    },
    "feathered": {
        "hard": lambda d, f, m, w: mixed(d, f, m),
        "exchanged": lambda d, f, m, w: mixed(f, d, soft(m, w)),
        "one pixel more": lambda d, f, m, w: mixed(d, f, soft(m, w + 1)),
        "one pixel less": lambda d, f, m, w: mixed(d, f, soft(m, max(0, w - 1))),
        "inside": feathered_inside,
        "round": feathered_round,
        "half way": lambda d, f, m, w: mixed(d, f, (m + grown(m, w)) / 2),
        "not divided": lambda d, f, m, w: mixed(d, f, soft(m, w, most=1)),
        "divided by width": lambda d, f, m, w: mixed(d, f, soft(m, w, most=max(1, w))),
        "the weight alone": lambda d, f, m, w: soft(m, w),
        "one mask for all": lambda d, f, m, w: mixed(d, f, soft(m[:1], w)),
    },
    "complete": {
        "no ridge": lambda x, t, mean, u, r: complete(x, t, mean, u, 1e-6),
        "ridge squared": lambda x, t, mean, u, r: complete(x, t, mean, u, r * r),
        "all pixels": lambda x, t, mean, u, r: complete(x, torch.ones_like(t), mean, u, r),
        "no mean": lambda x, t, mean, u, r: complete(x, t, torch.zeros_like(mean), u, r),
        "mean left out": lambda x, t, mean, u, r: complete(x, t, mean, u, r) - mean,
        "projected": complete_projected,
        "pasted": complete_pasted,
        "the coefficients": coefficients,
        "missing pixels": lambda x, t, mean, u, r: complete(x, 1 - t, mean, u, r),
        "zeros where missing": lambda x, t, mean, u, r: complete(x * t, torch.ones_like(t), mean, u, r),
    },
}
