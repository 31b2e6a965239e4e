"""Texture and edges of a region against pictures whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from toonkit.metrics.regions import edge_strength, texture_density
from toonkit.project.errors import ToonkitError


def halves(count: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures whose left half is a chequer of -0.5 and 0.5 and whose right half is flat; where the left half is."""
    rows, columns = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
    chequer = ((rows + columns) % 2).float() - 0.5
    picture = torch.where(columns < 8, chequer, torch.zeros(())).expand(count, 3, 16, 16)
    return picture.contiguous(), (columns < 8).expand(count, 16, 16)


def test_a_chequer_is_dense_and_a_flat_half_is_not() -> None:
    pictures, left = halves()
    inner = left.clone()
    inner[:, :, 7] = False
    # the mean of nine pixels of a chequer is 1/9 of the middle one's value, five of one kind against four
    assert texture_density(pictures, inner).value == pytest.approx(0.5 * 8 / 9, abs=1e-5)
    far = ~left
    far[:, :, 8] = False
    assert texture_density(pictures, far).value == pytest.approx(0, abs=1e-6)


def test_edges_of_a_region_are_its_own() -> None:
    pictures, left = halves()
    assert edge_strength(pictures, left).value == pytest.approx(2**0.5, abs=1e-5)
    assert edge_strength(pictures, ~left).value == pytest.approx(0, abs=1e-6)


def test_pictures_without_the_region_do_not_count() -> None:
    pictures, left = halves(24)
    some = left.clone()
    some[::2] = False
    assert texture_density(pictures, some).n == 12


def test_few_pictures_have_students_interval() -> None:
    pictures, left = halves(4)
    scaled = pictures * torch.tensor([1.0, 2.0, 3.0, 4.0]).view(4, 1, 1, 1)
    found = edge_strength(scaled, left)
    values = 2**0.5 * np.array([1, 2, 3, 4])
    low, high = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert [found.value, found.low, found.high] == pytest.approx([values.mean(), low, min(high, 4)], rel=1e-4)
    with pytest.raises(ToonkitError, match="at least 2 samples"):
        edge_strength(pictures[:1], left[:1])
