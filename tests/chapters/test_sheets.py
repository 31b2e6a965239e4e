"""Sheets: every photograph above what each way draws of it."""

from __future__ import annotations

from pathlib import Path

import torch

from toonkit.chapters.sheets import drawn_beside, evenly


def test_rows_are_the_photographs_then_each_way() -> None:
    photos = [torch.full((3, 8, 8), value) for value in (0.1, 0.2, 0.3)]
    sheet = drawn_beside(photos, (lambda photo: -photo, lambda photo: photo / 2), columns=2, side=4)
    middles = sheet[0, 4::6, 4::6]  # cells of 4 pixels with 2 between them
    wanted = [[0.1, 0.2], [-0.1, -0.2], [0.05, 0.1], [0.3], [-0.3], [0.15]]
    flat = [value for row in wanted for value in row]
    assert torch.allclose(middles.flatten()[: len(flat)], torch.tensor(flat), atol=1e-6)


def test_evenly_spread() -> None:
    paths = [Path(str(number)) for number in range(10)]
    assert evenly(paths, 3) == [Path("0"), Path("3"), Path("6")]
    assert evenly(paths, 20) == paths
