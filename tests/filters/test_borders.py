from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from toonkit.filters.borders import correlate, reflect_pad, tiled
from toonkit.project.errors import ToonkitError


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("margin", [0, 1, 5])
def test_reflect_pad_is_numpys_reflection_at_any_size(size: int, margin: int) -> None:
    row = np.arange(float(size))
    expected = np.pad(row, margin, mode="reflect")
    assert reflect_pad(torch.from_numpy(row), margin, 0).tolist() == expected.tolist()


@pytest.mark.parametrize("taps", [(1.0, 4.0, 6.0, 4.0, 1.0), (-1.0, -2.0, 0.0, 2.0, 1.0), (0.25, 0.5, 0.25)])
@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (13, 11)])
def test_correlate_is_scipys_correlation(taps: tuple[float, ...], shape: tuple[int, int]) -> None:
    plane = np.random.default_rng(0).normal(size=shape)
    for axis in (0, 1):
        expected = ndimage.correlate1d(plane, taps, axis, mode="mirror")
        np.testing.assert_allclose(correlate(torch.from_numpy(plane), taps, axis).numpy(), expected, atol=1e-12)


def test_tiles_stay_small_and_join_without_a_seam() -> None:
    plane = torch.rand(2, 1, 37, 50, generator=torch.Generator().manual_seed(0))
    seen = []

    def blur(piece: torch.Tensor) -> torch.Tensor:
        seen.append(piece.shape[-2:])
        return correlate(correlate(piece, (0.25, 0.5, 0.25), -1), (0.25, 0.5, 0.25), -2)

    whole = tiled(blur, plane, halo=1, tile=64)
    assert torch.equal(tiled(blur, plane, halo=1, tile=16), whole)
    assert max(max(shape) for shape in seen[1:]) == 18  # 16 and a halo on both sides
    assert not torch.equal(tiled(blur, plane, halo=0, tile=16), whole)  # the halo is what makes it so


def test_a_tile_without_size_is_refused() -> None:
    with pytest.raises(ToonkitError, match="at least 1"):
        tiled(torch.neg, torch.zeros(1, 1, 4, 4), halo=0, tile=-3)
