"""Estimates by their closed form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toonkit.project.errors import ToonkitError
from toonkit.training.estimates import Gpu, Step, estimate

# 6e12 operations at 10 TFLOP/s, half of them used: 1.2 s; 12 GB to gather and 2 x 4 GB of gradients at 10 GB/s: 2 s
STEP = Step(
    batch=8, seconds=9.0, flops=6e12, weights=4 * 10**9, frozen=10**9, activations=8 * 10**9, exchanged=12 * 10**9
)
GPU = Gpu(tflops=10.0, utilisation=0.5, link=10.0)


@pytest.mark.parametrize(
    ("count", "seconds", "memory"),
    [(1, 1.2, 16e9 + 1e9 + 8e9), (2, 0.6 + 0.5 * 2.0, 17e9 + 4e9), (4, 0.3 + 0.75 * 2.0, 17e9 + 2e9)],
)
def test_a_run_on_several_gpus_by_hand(count: int, seconds: float, memory: float) -> None:
    found = estimate(STEP, GPU, 3000, count, price=2.5)
    assert found.pictures_per_second == pytest.approx(8 / seconds)
    assert found.memory == memory
    assert found.hours == pytest.approx(3000 * seconds / 3600)
    assert found.cost == pytest.approx(2.5 * count * 3000 * seconds / 3600)


def test_without_anything_to_tell_gpus_share_the_time_and_cost_the_same() -> None:
    quiet = replace(STEP, weights=0, exchanged=0)
    one, eight = (estimate(quiet, GPU, 100, count, 1.0) for count in (1, 8))
    assert one.hours == pytest.approx(8 * eight.hours) and one.cost == pytest.approx(eight.cost)
    assert estimate(quiet, GPU, 100, 1).cost is None


def test_a_step_of_many_small_operations_waits_for_their_beginning() -> None:
    small = replace(STEP, weights=0, exchanged=0, operations=300_000)  # 2.4 s at 8 microseconds; the arithmetic 1.2 s
    assert [estimate(small, GPU, 1, count).hours * 3600 for count in (1, 4)] == pytest.approx([2.4, 2.4])
    assert estimate(small, replace(GPU, launch=1.0), 1, 1).hours * 3600 == pytest.approx(1.2)


def test_what_cannot_be_is_named() -> None:
    with pytest.raises(ToonkitError, match="a batch of 8 cannot be shared out over 3 GPUs"):
        estimate(STEP, GPU, 10, 3)
    for wrong in ({"utilisation": 1.5}, {"tflops": 0.0}, {"link": -1.0}, {"launch": -1.0}):
        with pytest.raises(ToonkitError, match="utilisation is a share"):
            Gpu(**wrong)
