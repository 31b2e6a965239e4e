"""The losses of "Generating Animated Variants", and those that its future work asks for. All return scalars."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

BRIGHT = (0.299, 0.587, 0.114)  # shares of red, green and blue in what looks bright (BT.601)
STEP = 0.1  # of [-1, 1]: a step well below it is shade, one well above it a contour
CLIPPED = 0.9  # of [-1, 1]: from here on a value counts as saturating


def fine_loss(scores: Tensor) -> Tensor:
    """-E[log(1 - D(e(x)))]: cartoons without sharp edges are no cartoons. Logits (N, 1, h, w) of edge-smoothed ones.

    Eq. 4 lacks the minus, and eq. 6 minimises it: read literally, smoothed cartoons would be called real.
    """
    return F.softplus(scores).mean()


def game_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-V(G, D) = -E[log D(x)] - E[log(1 - D(G(y, z)))] (eq. 2); logits (N, 1, h, w) each."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def minimax_loss(fake: Tensor) -> Tensor:
    """E[log(1 - D(G(y, z)))]: what of V(G, D) the generator can lower (eq. 1, read literally); logits (N, 1, h, w)."""
    return -F.softplus(fake).mean()


def brightness(pictures: Tensor) -> Tensor:
    """Brightness (N, 1, H, W) of pictures (N, 3, H, W)."""
    return (pictures * pictures.new_tensor(BRIGHT).view(1, 3, 1, 1)).sum(1, keepdim=True)


def shading_loss(drawn: Tensor) -> Tensor:
    """Light and shade in a drawing (N, 3, H, W): mean step of brightness s between neighbours, weighed exp(-s / STEP).

    Small steps cost what they are; a contour's large step costs almost nothing.
    """
    bright = brightness(drawn)  # (N, 1, H, W)
    costs = []
    for axis in (-1, -2):
        step = bright.diff(dim=axis).abs()
        costs.append((step * (-step.detach() / STEP).exp()).mean())
    return torch.stack(costs).sum()


def colour_contrast(pictures: Tensor, patch: int = 8) -> Tensor:
    """How far the mean colours of neighbouring patches of pictures (N, 3, H, W) lie apart, (N,): Euclidean, mean."""
    means = F.avg_pool2d(pictures.float(), patch)  # (N, 3, H / patch, W / patch)
    apart = [means.diff(dim=axis).square().sum(1).add(1e-6).sqrt().flatten(1) for axis in (-1, -2)]
    return torch.cat(apart, 1).mean(1)


def contrast_loss(drawn: Tensor, toons: Tensor) -> Tensor:
    """Squared difference of the mean colour contrast of drawings and of cartoons of other scenes, (N, 3, H, W) each."""
    return (colour_contrast(drawn).mean() - colour_contrast(toons).mean()).square()


def saturation_loss(drawn: Tensor) -> Tensor:
    """Mean square of what pixel values (N, 3, H, W) exceed CLIPPED by, in units of what they can exceed it by."""
    return (F.relu(drawn.abs() - CLIPPED) / (1 - CLIPPED)).square().mean()
