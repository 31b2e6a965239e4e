"""The report's losses, each a pure function of pictures or of what a network sees in them. All return scalars.

`weights` (N, 1, H, W) say how much a place counts (`losses.regions`); None counts every place once.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from skimage.segmentation import slic
from torch import Tensor

from toonkit.losses.adversarial import KINDS
from toonkit.losses.regions import weighted_mean
from toonkit.project.errors import check_name

COMPACTNESS = 10.0  # of SLIC, white-box cartoonisation


def semantic_loss(drawn: Tensor, photo: Tensor, weights: Tensor | None = None) -> Tensor:
    """Eq. 3: how far the shares of classes (N, classes, h, w) that a segmentation network sees lie apart.

    Half the sum of |p - q| over the classes: 0 where it sees the same, 1 where it sees nothing in common.
    """
    return weighted_mean((drawn - photo).abs().sum(1, keepdim=True) / 2, weights)


def fooled_loss(scores: Tensor, kind: str, weights: Tensor | None = None) -> Tensor:
    """The generator's part of eq. 5 and eq. 7: -log D, or LSGAN's (D - 1)^2, of scores (N, 1, h, w), logits.

    -log D is the non-saturating form of the log(1 - D) that is printed.
    """
    check_name("adversarial loss", kind, tuple(KINDS))
    ones = torch.ones_like(scores)
    if kind == "log":
        return weighted_mean(F.binary_cross_entropy_with_logits(scores, ones, reduction="none"), weights)
    return weighted_mean((scores - 1).square(), weights)


@torch.no_grad()
def superpixels(pictures: Tensor, segments: int = 200) -> Tensor:
    """Pictures (N, 3, H, W) in [-1, 1], each SLIC segment in its mean colour: white-box cartoonisation's structure.

    There are about `segments` in a picture (Achanta et al., 2012; scikit-image's); white-box has 200.
    """
    flat = []
    for picture in pictures.float().clamp(-1, 1):
        values = (picture / 2 + 0.5).permute(1, 2, 0).cpu().numpy()  # (H, W, 3) in [0, 1]
        numbers = slic(values, segments, COMPACTNESS, start_label=0)  # (H, W)
        flat.append(_means(picture, torch.from_numpy(numbers.astype(np.int64))))
    return torch.stack(flat).to(pictures)


def _means(picture: Tensor, segment_of: Tensor) -> Tensor:
    """A picture (3, H, W) in which every segment (numbers, (H, W)) has its mean colour."""
    numbers = segment_of.flatten()
    sums = torch.zeros(3, int(numbers.max()) + 1).index_add_(1, numbers, picture.cpu().flatten(1))  # (3, segments)
    sizes = torch.bincount(numbers).clamp(min=1)
    return (sums / sizes)[:, segment_of]
