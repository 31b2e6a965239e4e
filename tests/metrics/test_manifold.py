"""Precision and recall against a direct float64 computation, and on sets whose answer is plain."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from toonkit.metrics import distances
from toonkit.metrics.manifold import PrecisionRecall, precision_recall
from toonkit.project.errors import ToonkitError


def normal(seed: int, count: int = 40, width: int = 5) -> Tensor:
    return torch.randn(count, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def filled(real: Tensor, fake: Tensor, neighbours: int = 3, batch: int = 1000) -> dict[str, float]:
    metric = PrecisionRecall(neighbours)
    for side, rows in ((True, real), (False, fake)):
        for part in rows.split(batch):
            metric.update(part, real=side)
    return {name: float(value) for name, value in metric.compute().items()}


def directly(real: Tensor, fake: Tensor, neighbours: int) -> dict[str, float]:
    def share(asked: np.ndarray, support: np.ndarray) -> float:
        radii = [sorted(np.linalg.norm(support - one, axis=1))[neighbours] for one in support]  # the first is itself
        inside = [any(np.linalg.norm(a - s) <= r for s, r in zip(support, radii, strict=True)) for a in asked]
        return float(np.mean(inside))

    x, y = real.numpy(), fake.numpy()
    return {"precision": share(y, x), "recall": share(x, y)}


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (0.3, 0.0), (1.0, 1.5), (3.0, 0.5)])
@pytest.mark.parametrize("neighbours", [1, 3])
def test_it_is_the_direct_computation(scale: float, shift: float, neighbours: int) -> None:
    real, fake = normal(0), scale * normal(1) + shift
    wanted = directly(real, fake, neighbours)
    assert 0 < wanted["precision"] + wanted["recall"] < 2
    assert filled(real, fake, neighbours) == pytest.approx(wanted)


def test_neither_batches_nor_blocks_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real, fake = normal(2), 0.8 * normal(3)
    whole = filled(real, fake)
    monkeypatch.setattr(distances, "BLOCK", 7)
    assert filled(real, fake, batch=9) == whole


def test_a_set_covers_itself_and_nothing_far_away() -> None:
    real = normal(4)
    assert filled(real, real) == {"precision": 1, "recall": 1}
    assert filled(real, real + 100) == {"precision": 0, "recall": 0}


def test_one_mode_of_two_is_precise_and_forgetful() -> None:
    both = torch.cat([normal(5, 20), normal(6, 20) + 50])
    found = filled(both, normal(7, 40) * 0.5)
    assert found["precision"] > 0.9 and found["recall"] <= 0.5


def test_a_score_has_its_name_and_too_few_samples_are_refused() -> None:
    score = precision_recall("net", normal(8), normal(9), "recall")
    assert (score.name, score.n) == ("recall[net]", 40) and 0 <= score.low <= score.value <= score.high <= 1
    with pytest.raises(ToonkitError, match="3 neighbours need more than 3 samples"):
        filled(normal(0, 3), normal(1, 3))
