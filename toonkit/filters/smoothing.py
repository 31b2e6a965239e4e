"""Edge smoothing: cartoons whose outlines are blurred, the third kind of input of a cartoon GAN's discriminator."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from toonkit.filters.borders import correlate
from toonkit.filters.checks import check_pictures, grey_level
from toonkit.project.errors import ToonkitError


def canny_edges(pictures: Tensor, low: float = 100, high: float = 200) -> Tensor:
    """Return OpenCV's Canny edges, 0 or 1, as (N, 1, H, W); thresholds in grey levels of 0-255.

    Canny follows edges pixel by pixel, so this part runs on the CPU whatever the device of the pictures.
    """
    levels = (grey_level(pictures) * 255).round().clamp(0, 255).byte().cpu().numpy()  # (N, 1, H, W)
    edges = np.stack([cv2.Canny(np.ascontiguousarray(picture[0]), low, high) for picture in levels])
    return torch.from_numpy(edges)[:, None].to(pictures) / 255


@torch.no_grad()
def edge_smoothing(pictures: Tensor, low: float = 100, high: float = 200, size: int = 5, sigma: float = 1.1) -> Tensor:
    """Return `pictures` (N, 3, H, W) in [-1, 1], blurred at their edges only.

    The edges are Canny's in grey, with thresholds `low` and `high` of 255, made wider by a square of `size` pixels.
    There, a Gaussian of `sigma` pixels, cut to the same square, blurs the picture; borders are reflected. Raises
    ToonkitError for bad pictures or an even `size`. Source: toonification report, item 5; animated report, eq. 4;
    values of the CartoonGAN authors' code.
    """
    if size < 1 or size % 2 == 0:
        raise ToonkitError(f"size must be an odd number of pixels, not {size}")
    check_pictures(pictures)
    near_edge = max_pool2d(canny_edges(pictures, low, high), size, 1, size // 2) > 0  # (N, 1, H, W)
    taps = cv2.getGaussianKernel(size, sigma)[:, 0].tolist()
    blurred = correlate(correlate(pictures, taps, -1), taps, -2)
    return torch.where(near_edge, blurred, pictures)
