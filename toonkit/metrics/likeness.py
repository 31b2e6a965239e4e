"""How like its true counterpart a drawing is: structure at several scales, and distance in a network's features.

LPIPS proper is in `metrics.lpips`; its weights were learnt on torchvision's SqueezeNet, which has to be fetched, and on
another training they mean nothing. `feature_distance` is the same sum without learnt weights, in the features of the
open SqueezeNet.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.filters.borders import correlate
from toonkit.metrics.scores import Score, mean_score
from toonkit.networks.features import Features
from toonkit.project.errors import ToonkitError

BETAS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of Wang and others, 2003, for five scales
SMALLEST = 11  # pixels of the window, at the last scale
DEVIATION = 1.5  # pixels, of the window's Gaussian
STEADY = (0.01**2, 0.03**2)  # C1 and C2 of Wang and others, 2004, for lights from 0 to 1
BATCH = 10  # pictures at once, in five copies of double precision
LAYERS = ("conv1", "fire3", "fire5", "fire6", "fire7", "fire8", "fire9")  # of SqueezeNet, those that LPIPS takes


def ms_ssim(drawn: Tensor, truth: Tensor) -> Score:
    """Structural similarity at several scales, mean of pairs (N, 3, H, W) in [-1, 1]; 1 for equal pictures.

    Wang and others' five scales need sides above 160. A smaller picture has as many as fit, with their weights made to
    sum to 1, and the name says how many: `MS-SSIM (3 scales)` at 64 pixels. Raises ToonkitError below 22 pixels.
    """
    betas = scale_weights(min(drawn.shape[-2:]))
    parts = zip(drawn.split(BATCH), truth.split(BATCH), strict=True)
    found = torch.cat([_similarities(*part, betas) for part in parts])  # (N,)
    return mean_score(f"MS-SSIM ({len(betas)} scales)", found).within(0, 1)


def _similarities(drawn: Tensor, truth: Tensor, betas: tuple[float, ...]) -> Tensor:
    """MS-SSIM of each pair of (n, 3, H, W), (n,): torchmetrics' numbers, by rows and columns instead of windows."""
    # 0 is black, so that no mean is below it; in float32 the variances of flat places would be rounding errors
    first, second = ((pictures.double() + 1) / 2 for pictures in (drawn, truth))
    product = torch.ones(len(first), dtype=first.dtype, device=first.device)  # (n,)
    for scale, beta in enumerate(betas, start=1):
        product *= _similarity(first, second, lightness=scale == len(betas)).relu() ** beta
        first, second = F.avg_pool2d(first, 2), F.avg_pool2d(second, 2)  # (n, 3, H / 2, W / 2)
    return product


def _similarity(first: Tensor, second: Tensor, lightness: bool) -> Tensor:
    """Contrast and structure of each pair of (n, 3, H, W), inside the border; with `lightness` all three, everywhere.

    Wang and others, 2003, eq. 1 to 7. Returns the mean over a picture, (n,).
    """
    several = torch.cat([first, second, first * first, second * second, first * second])  # (5n, 3, H, W)
    down, across = (_window(side).to(several) for side in first.shape[-2:])
    means = (down @ several @ across.T).chunk(5)  # (n, 3, H, W) each
    variances = [(means[2 + k] - means[k].square()).clamp(min=0) for k in (0, 1)]
    covariance = means[4] - means[0] * means[1]
    found = (2 * covariance + STEADY[1]) / (variances[0] + variances[1] + STEADY[1])  # (n, 3, H, W)
    if lightness:
        squares = means[0].square() + means[1].square()
        found = found * (2 * means[0] * means[1] + STEADY[0]) / (squares + STEADY[0])
    else:
        border = SMALLEST // 2
        found = found[..., border:-border, border:-border]
    return found.flatten(1).mean(1)


def _window(side: int) -> Tensor:
    """The matrix (side, side) that blurs a column by the Gaussian window, reflected at its ends."""
    taps = cv2.getGaussianKernel(SMALLEST, DEVIATION, cv2.CV_64F)[:, 0].tolist()
    return correlate(torch.eye(side, dtype=torch.float64), taps, 0)


def scale_weights(side: int) -> tuple[float, ...]:
    """The weights of as many scales as a picture of this shorter side has, summing to 1."""
    count = sum(side // 2**scale >= SMALLEST for scale in range(len(BETAS)))
    if count < 2:
        raise ToonkitError(f"MS-SSIM needs two scales of at least {SMALLEST} pixels, not pictures of {side}")
    return tuple(beta / sum(BETAS[:count]) for beta in BETAS[:count])


@torch.no_grad()
def feature_distance(
    network: Features, drawn: Tensor, truth: Tensor, layers: Sequence[str] = LAYERS, batch: int = 50
) -> Score:
    """Distance in unit-length features, mean of pairs (N, 3, H, W); 0 for equal pictures, at most 4 a layer.

    At every place of a layer both feature vectors are brought to length 1; the squared distance is averaged over places
    and added over layers (Zhang and others, 2018, eq. 1, with every weight 1).
    """
    parts = zip(drawn.split(batch), truth.split(batch), strict=True)
    return mean_score(f"feature distance[{network.name}]", torch.cat([_distance(network, *p, layers) for p in parts]))


def _distance(network: Features, drawn: Tensor, truth: Tensor, layers: Sequence[str]) -> Tensor:
    total = torch.zeros(len(drawn), dtype=torch.float64)
    for both in network.several(torch.cat([drawn, truth]), layers):  # (2n, C, h, w) each
        first, second = F.normalize(both, dim=1).chunk(2)  # (n, C, h, w) each
        total += (first - second).square().sum(1).flatten(1).mean(1).double()
    return total
