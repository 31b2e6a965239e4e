"""How far a predicted mask is from overlapping the true one."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def overlap_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """1 - Dice, the mean over the classes in the batch: thin mouths and glasses count as much as wide walls.

    Logits (N, classes, H, W), truth (N, H, W) (Milletari et al., 2016).
    """
    share = logits.softmax(1)  # (N, classes, H, W)
    wanted = F.one_hot(truth, logits.shape[1]).movedim(-1, 1).to(share.dtype)  # (N, classes, H, W)
    hit = (share * wanted).sum((0, 2, 3))  # (classes,)
    area = (share + wanted).sum((0, 2, 3))  # (classes,)
    dice = 2 * hit / area.clamp(min=1)
    return 1 - dice[wanted.sum((0, 2, 3)) > 0].mean()
