"""Semantic masks as pictures in colours, with a legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

COLOURS = "tab20"  # twenty, which come in pairs of dark and pale
INCH = 1.3  # of the width of a figure for each name of a legend


def coloured(masks: Tensor) -> Tensor:
    """Paint masks (N, H, W) of up to twenty class numbers as pictures (N, 3, H, W) in [-1, 1]."""
    import matplotlib

    colours = torch.tensor(matplotlib.color_sequences[COLOURS])  # (20, 3)
    return colours[masks].permute(0, 3, 1, 2) * 2 - 1


def with_legend(figure: Figure, names: Sequence[str], masks: Tensor) -> Figure:
    """Add a legend of the classes that `masks` hold below a figure, which grows by its lines; return the figure."""
    import matplotlib
    from matplotlib.patches import Patch

    found = sorted(int(number) for number in masks.unique())
    patches = [Patch(color=matplotlib.color_sequences[COLOURS][k], label=names[k]) for k in found]
    width, height = figure.get_size_inches()
    columns = max(1, min(len(patches), int(width / INCH)))
    lines = -(-len(patches) // columns)
    figure.set_size_inches(width, height + 0.2 * lines + 0.1)  # inches
    figure.legend(handles=patches, ncols=columns, loc="outside lower center", fontsize=8)
    return figure
