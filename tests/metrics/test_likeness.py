"""MS-SSIM against torchmetrics' metric and closed forms; the distance of features against a direct sum."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torchmetrics.functional.image import multiscale_structural_similarity_index_measure
from torchmetrics.image import MultiScaleStructuralSimilarityIndexMeasure

from toonkit.metrics.likeness import feature_distance, ms_ssim, scale_weights
from toonkit.networks.features import Features, as_it_is
from toonkit.project.errors import ToonkitError


def pictures(seed: int, side: int, count: int = 10) -> Tensor:
    coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return nn.functional.interpolate(coarse, (side, side), mode="bicubic").clamp(-1, 1)


def test_at_a_large_size_it_is_the_usual_one() -> None:
    first = pictures(0, 176)
    second = (first + 0.3 * pictures(1, 176)).clamp(-1, 1)
    metric = MultiScaleStructuralSimilarityIndexMeasure(data_range=1.0)
    wanted = float(metric((first + 1) / 2, (second + 1) / 2))
    score = ms_ssim(first, second)
    assert score.name == "MS-SSIM (5 scales)" and score.value == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("side", [22, 64, 100])
def test_at_every_size_it_is_what_torchmetrics_has_for_as_many_scales(side: int) -> None:
    """By windows of 11 x 11 numbers there, by rows and columns here; in double precision both agree closely."""
    first = pictures(0, side)
    second = (first + 0.3 * pictures(1, side)).clamp(-1, 1)
    wanted = multiscale_structural_similarity_index_measure(
        (first.double() + 1) / 2, (second.double() + 1) / 2, data_range=1.0, betas=scale_weights(side), normalize="relu"
    )
    assert ms_ssim(first, second).value == pytest.approx(float(wanted), abs=1e-7)


def test_equal_pictures_score_1_and_two_greys_as_the_formula_says() -> None:
    first = pictures(2, 64)
    assert ms_ssim(first, first).value == pytest.approx(1, abs=1e-5)
    grey = [torch.full((10, 3, 64, 64), 2 * level - 1) for level in (0.75, 0.6)]
    last = scale_weights(64)[-1]
    assert ms_ssim(*grey).value == pytest.approx(((0.9 + 1e-4) / (0.9225 + 1e-4)) ** last, abs=1e-5)


@pytest.mark.parametrize(("side", "scales"), [(22, 2), (64, 3), (128, 4), (175, 4), (176, 5), (500, 5)])
def test_as_many_scales_as_fit(side: int, scales: int) -> None:
    weights = scale_weights(side)
    assert len(weights) == scales and sum(weights) == pytest.approx(1)


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(ToonkitError, match="pictures of 21"):
        ms_ssim(pictures(0, 21), pictures(1, 21))


def test_the_distance_of_features_is_the_sum_over_layers() -> None:
    torch.manual_seed(0)
    stages = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2), nn.ReLU())
    network = Features("small", stages, {"one": 2, "two": 4}, as_it_is, 0)
    first, second = pictures(3, 16), pictures(4, 16)
    wanted = 0.0
    for layer in ("one", "two"):
        a, b = network(first, layer), network(second, layer)
        units = [x / x.norm(dim=1, keepdim=True).clamp(min=1e-12) for x in (a, b)]
        wanted += float((units[0] - units[1]).square().sum(1).mean())
    score = feature_distance(network, first, second, ("one", "two"), batch=3)
    assert score.name == "feature distance[small]" and score.value == pytest.approx(wanted, rel=1e-5)
    assert feature_distance(network, first, first, ("one", "two")).value == 0
