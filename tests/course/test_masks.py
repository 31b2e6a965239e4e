from __future__ import annotations

import matplotlib
import torch

from toonkit.course import show
from toonkit.course.masks import coloured, with_legend

NAMES = ("sky", "tree", "cat", "mouse")
MASKS = torch.tensor([[[0, 0, 2], [2, 2, 3]]])  # (1, 2, 3), without a tree


def test_a_class_has_one_colour_in_the_picture_and_in_the_legend() -> None:
    picture = coloured(MASKS)  # (1, 3, 2, 3)
    assert picture.shape == (1, 3, 2, 3)
    figure = show(picture)
    before = figure.get_size_inches()
    legend = with_legend(figure, NAMES, MASKS).legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["sky", "cat", "mouse"]
    shown = [torch.tensor(patch.get_facecolor()[:3]) for patch in legend.get_patches()]
    for colour, (row, column) in zip(shown, ((0, 0), (0, 2), (1, 2)), strict=True):
        assert torch.allclose((picture[0, :, row, column] + 1) / 2, colour.float(), atol=1e-6)
    assert figure.get_size_inches()[1] > before[1] and figure.get_size_inches()[0] == before[0]


def test_twenty_classes_have_twenty_colours() -> None:
    pictures = coloured(torch.arange(20).view(1, 4, 5))
    assert len({tuple(colour.tolist()) for colour in pictures[0].flatten(1).T}) == 20
    assert len(matplotlib.color_sequences["tab20"]) == 20
