"""Losses by region against means by hand."""

from __future__ import annotations

import math

import pytest
import torch

from toonkit.losses.regions import region_weights, total_variation, weighted_mean
from toonkit.project.errors import ToonkitError


def test_a_pixel_counts_for_its_share_of_every_class() -> None:
    shares = torch.tensor([[[[1.0, 0.25]], [[0.0, 0.5]], [[0.0, 0.25]]]])  # (1, 3, 1, 2)
    weights = region_weights(shares, {0: 3.0, 2: 0.0})
    assert weights.flatten().tolist() == pytest.approx([3.0, 0.25 * 3 + 0.5 * 1 + 0.25 * 0])


def test_equal_weights_are_the_plain_mean_at_any_size() -> None:
    values = torch.rand(2, 3, 4, 4)
    for side in (1, 2, 4, 8, 16):
        assert weighted_mean(values, torch.ones(2, 1, side, side)).item() == pytest.approx(values.mean().item())


def test_a_region_of_weight_nought_does_not_count_and_gives_no_gradient() -> None:
    values = torch.rand(1, 2, 4, 4, requires_grad=True)
    left = torch.zeros(1, 1, 8, 8)
    left[..., :4] = 2.0
    loss = weighted_mean(values, left)
    assert loss.item() == pytest.approx(values[..., :2].mean().item())  # half of the places, each twice
    loss.backward()
    assert (values.grad[..., 2:] == 0).all() and (values.grad[..., :2] > 0).all()


def test_total_variation_of_a_ramp_and_where_equation_8_is_blind() -> None:
    ramp = torch.arange(5.0).expand(1, 1, 5, 5)
    assert total_variation(ramp).item() == pytest.approx(1.0)
    diagonal = ramp - ramp.mT  # a step right and a step down cancel in |dx + dy|
    assert total_variation(diagonal).item() == pytest.approx(2.0)
    half = torch.zeros(1, 1, 5, 5)
    assert total_variation(ramp, half).item() == 0


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({5: 1.0}, "class 5 has a weight, but the masks have classes 0 to 2"),
        ({-1: 1.0}, "class -1 has a weight"),
        ({0: -1.0}, "the weight of class 0 is -1.0"),
        ({0: math.nan}, "the weight of class 0 is nan"),
    ],
)
def test_unknown_classes_and_bad_weights_are_refused(weights: dict[int, float], says: str) -> None:
    with pytest.raises(ToonkitError, match=says):
        region_weights(torch.rand(1, 3, 4, 4), weights)
