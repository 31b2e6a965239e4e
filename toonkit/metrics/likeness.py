"""How like its true counterpart a drawing is: structure at several scales, and distance in a network's features.

LPIPS proper is torchmetrics' own, on torchvision's SqueezeNet. Torchvision publishes that trunk as a pickled file only,
and those we do not open; on another trunk LPIPS' weights mean nothing. `feature_distance` is therefore not LPIPS: it is
the same sum without learnt weights, in the features of the open SqueezeNet.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure

from toonkit.metrics.scores import Score, mean_score
from toonkit.networks.features import Features
from toonkit.project.errors import ToonkitError

BETAS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of Wang and others, 2003, for five scales
SMALLEST = 11  # pixels of the window, at the last scale
BATCH = 10  # pictures at once: torchmetrics unfolds five double-precision copies of each, 20 MB a picture at 64 px
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
    """MS-SSIM of each pair of (n, 3, H, W), (n,)."""
    # 0 is black, so that no mean is below it; in float32 the variances of flat places would be rounding errors
    lights = [(pictures.double() + 1) / 2 for pictures in (drawn, truth)]
    found = multiscale_structural_similarity_index_measure(
        *lights, data_range=1.0, betas=betas, normalize="relu", reduction="none"
    )
    return found.reshape(-1)


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
