"""Are edges kept, and are they sharp? Measured on the pictures themselves, with no network."""

from __future__ import annotations

import cv2
import numpy as np
from skimage.measure import blur_effect
from torch import Tensor

from toonkit.images.values import as_bytes
from toonkit.metrics.scores import Score, mean_score

# Canny's thresholds, in grey levels of 0-255: those of the reports' edge smoothing.
LOW = 100
HIGH = 200


def edge_agreement(drawn: Tensor, photos: Tensor) -> Score:
    """F1 of the Canny edges of drawings and of their photographs, (N, 3, H, W) each, within one pixel; mean of N."""
    pairs = zip(drawn, photos, strict=True)
    agreements = [ink_agreement(strong_edges(drawing), strong_edges(photo)) for drawing, photo in pairs]
    return mean_score("edge agreement", agreements).within(0, 1)


def edge_sharpness(pictures: Tensor) -> Score:
    """1 - blur of pictures (N, 3, H, W), mean of N: 0 where smoothing again changes nothing, near 1 for hard edges.

    The blur is that of Crete et al. (2007), by scikit-image. Noise counts as sharp too.
    """
    grey = pictures.mean(1).numpy()  # (N, H, W)
    return mean_score("edge sharpness", [1 - blur_effect(picture) for picture in grey]).within(0, 1)


def ink_agreement(first: np.ndarray, second: np.ndarray) -> float:
    """F1 of two masks (H, W), 1 for two empty ones: a pixel is found if the other has one within one pixel of it."""
    if not first.any() or not second.any():
        return float(first.any() == second.any())
    precision = _widened(second)[first].mean()
    recall = _widened(first)[second].mean()
    return float(2 * precision * recall / max(precision + recall, 1e-12))


def _widened(mask: np.ndarray) -> np.ndarray:
    """The mask (H, W) and every pixel that touches it."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def strong_edges(picture: Tensor) -> np.ndarray:
    """Canny's edges, bool (H, W), of one picture (3, H, W)."""
    grey = cv2.cvtColor(as_bytes(picture).permute(1, 2, 0).numpy(), cv2.COLOR_RGB2GRAY)  # (H, W)
    return cv2.Canny(grey, LOW, HIGH) > 0
