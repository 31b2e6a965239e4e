"""One way to look at pictures in a notebook."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

LETTERS = 9  # points
RESOLUTION = 100  # pixels an inch


def show(
    pictures: Tensor | Sequence[Tensor],
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    scale: float = 1.0,
    sources: Sequence[str] = (),
    rows: Sequence[str] = (),
) -> Figure:
    """Lay pictures out in a grid and return the matplotlib figure; as a cell's last expression it appears once.

    `pictures` is (N, 3, H, W), (N, 1, H, W) or one (C, H, W) in [-1, 1], or a sequence of (C, H, W) of any sizes. Rows
    are filled first; `titles` has up to N texts, `rows` a name to the left of each row. `scale` 1 makes each picture
    2 inches wide. `sources` are the open sources that are shown: whom to thank, and their licences, stand below. Raises
    ToonkitError for other shapes.
    """
    import matplotlib.pyplot as plt

    panels = _panels(pictures)
    if titles is not None and len(titles) > len(panels):
        raise ToonkitError(f"{len(titles)} titles for {len(panels)} pictures; pass at most one for each")
    columns = min(columns or 8, len(panels))
    count = math.ceil(len(panels) / columns)  # of rows
    if rows and len(rows) != count:
        raise ToonkitError(f"{len(rows)} names for {count} rows; pass one for each")
    tallest = max(panel.shape[-2] / panel.shape[-1] for panel in panels)
    titles = [textwrap.fill(title, round(28 * scale)) for title in titles or ()]  # 28 letters fit 2 inches
    title_lines = max((1 + title.count("\n") for title in titles), default=0)
    height = 2 * scale * tallest + 0.2 * title_lines  # inches
    figure, axes = plt.subplots(
        count, columns, figsize=(2 * scale * columns, height * count), squeeze=False, layout="constrained"
    )
    for place in axes.flat:
        place.axis("off")
    for index, (place, panel) in enumerate(zip(axes.flat, panels, strict=False)):
        grey = panel.shape[0] == 1
        values = ((panel.detach().float().cpu().clamp(-1, 1) + 1) / 2).numpy()  # 0 is black, 1 white
        place.imshow(
            values[0] if grey else values.transpose(1, 2, 0), cmap="gray", vmin=0, vmax=1, interpolation="nearest"
        )
        place.set_title(titles[index] if index < len(titles) else "", fontsize=LETTERS)
    for name, place in zip(rows, axes[:, 0], strict=False):
        place.text(-0.04, 0.5, name, fontsize=LETTERS, rotation=90, ha="right", va="center", transform=place.transAxes)
    _thank(figure, sources)
    plt.close(figure)  # otherwise the notebook would show it a second time
    return figure


def show_rows(rows: Mapping[str, Tensor], scale: float = 1.0) -> Figure:
    """Rows of pictures (N, 3, H, W) in [-1, 1], all of one shape, each with its name to the left; return the figure.

    `scale` 1 draws a picture's pixel as a figure's pixel; a whole number keeps all of them one size. Raises
    ToonkitError for no row or different shapes.
    """
    import matplotlib.pyplot as plt
    import torch

    from toonkit.images.listing import contact_sheet

    shapes = {name: tuple(pictures.shape) for name, pictures in rows.items()}
    if len(set(shapes.values())) != 1:
        raise ToonkitError(f"show_rows() wants rows of one shape (N, 3, H, W), not {shapes or 'none'}")
    count, _, height, _ = next(iter(shapes.values()))
    sheet = contact_sheet(torch.cat([pictures.detach().float().cpu() for pictures in rows.values()]), count)
    pixels = RESOLUTION / scale  # of the sheet, an inch
    width, high = (side / pixels for side in (sheet.shape[2], sheet.shape[1]))  # inches
    words = _width_of(rows)
    figure = plt.figure(figsize=(words + width, high), dpi=RESOLUTION)
    place = figure.add_axes((words / (words + width), 0, width / (words + width), 1))  # nothing is resampled
    place.imshow((sheet.clamp(-1, 1).permute(1, 2, 0).numpy() + 1) / 2, interpolation="nearest", aspect="auto")
    step = (sheet.shape[1] - 2) / len(rows)  # a row and the gap above it
    place.set_yticks([2 + height / 2 + step * row for row in range(len(rows))], list(rows), fontsize=LETTERS)
    place.set_xticks([])
    place.tick_params(length=0)
    place.spines[:].set_visible(False)
    plt.close(figure)  # otherwise the notebook would show it a second time
    return figure


def _width_of(names: Iterable[str]) -> float:
    """Inches that the longest of some names takes beside a row, with some air, in whole pixels."""
    from matplotlib.textpath import TextPath

    longest = max(TextPath((0, 0), name, size=LETTERS).get_extents().width for name in names)  # points
    return math.ceil((longest / 72 + 0.15) * RESOLUTION) / RESOLUTION


def _thank(figure: Figure, sources: Sequence[str]) -> None:
    """Write the credits of open sources below a figure, which grows by as many lines."""
    if not sources:
        return
    from toonkit.images.open_pictures import credits

    width, height = figure.get_size_inches()
    lines = [part for line in credits(sources) for part in textwrap.wrap(line, max(40, round(19 * width)))]
    figure.set_size_inches(width, height + 0.13 * len(lines) + 0.1)  # inches
    figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=7, color="dimgray")


def _panels(pictures: Tensor | Sequence[Tensor]) -> list[Tensor]:
    """A list of (C, H, W) with C 1 or 3."""
    panels = [pictures] if getattr(pictures, "ndim", None) == 3 else list(pictures)
    shapes = [tuple(panel.shape) for panel in panels]
    if not panels or any(len(shape) != 3 or shape[0] not in (1, 3) for shape in shapes):
        raise ToonkitError(f"show() wants (N, 3, H, W), (N, 1, H, W) or (C, H, W) pictures, not {shapes[:4] or 'none'}")
    return panels
