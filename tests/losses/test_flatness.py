"""How flat a drawing is: closed forms on ramps and steps."""

from __future__ import annotations

import math

import pytest
import torch

from toonkit.losses.flatness import step_distance, unrest

SIDE = 8


def ramp(slope: float) -> torch.Tensor:
    """A picture (1, 3, SIDE, SIDE) that rises by `slope` from each column to the next."""
    return (slope * torch.arange(SIDE, dtype=torch.float32)).expand(1, 3, SIDE, SIDE)


def test_unrest_is_total_variation_where_the_abstraction_is_flat() -> None:
    assert unrest(ramp(0.1), torch.zeros(1, 3, SIDE, SIDE)).item() == pytest.approx(0.1)


def test_unrest_forgives_a_step_where_the_abstraction_has_one() -> None:
    width, step = 0.04, 0.08
    found = unrest(ramp(0.1), ramp(step), width).item()
    assert found == pytest.approx(0.1 * math.exp(-step / width))


def test_unrest_asks_every_channel_whether_there_is_a_step() -> None:
    flat = torch.zeros(1, 3, SIDE, SIDE)
    flat[:, 2] = ramp(10.0)[:, 0]  # in blue alone
    assert unrest(ramp(0.1), flat).item() < 1e-6


def test_unrest_counts_every_place_as_often_as_it_is_told_to() -> None:
    drawn = torch.zeros(1, 3, SIDE, SIDE + 1)  # 8 steps across: 4 of each half
    drawn[..., SIDE // 2 + 1 :] = ramp(0.1)[..., : SIDE // 2]  # a step of 0 and three of 0.1, in the right half alone
    weights = torch.tensor([1.0, 5.0]).repeat_interleave(SIDE // 2).expand(1, 1, SIDE, SIDE)
    flat = torch.zeros_like(drawn)
    assert unrest(drawn, flat).item() == pytest.approx(0.1 * 3 / 8)
    assert unrest(drawn, flat, weights=weights).item() == pytest.approx(5 * 0.1 * 3 / 8)


def test_step_distance_adds_both_axes() -> None:
    drawn = ramp(0.3) + ramp(0.2).transpose(2, 3)
    assert step_distance(drawn, torch.zeros_like(drawn)).item() == pytest.approx(0.5, abs=1e-6)
    assert step_distance(drawn, drawn + 0.7).item() == pytest.approx(0.0, abs=1e-6)  # blind to brightness


@pytest.mark.parametrize("loss", [unrest, step_distance])
def test_a_drawing_learns_from_it(loss) -> None:
    drawn = ramp(0.1).clone().requires_grad_()
    loss(drawn, torch.zeros(1, 3, SIDE, SIDE)).backward()
    assert drawn.grad.abs().sum() > 0
