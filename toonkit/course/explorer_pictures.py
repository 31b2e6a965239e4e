"""What the loss explorer shows: pictures in rows, losses in a table, their trade-off and a training as curves."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from toonkit.chapters.explored import Explored
from toonkit.course.frames import figure_png, strip
from toonkit.course.minute import MinuteRun
from toonkit.images.listing import contact_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCALE = 2  # of the pictures on the page
OWN = 128  # pixels of the shorter side of a picture that is dropped in
NEVER = "This weight was never varied in training, so it has no slider."


def rows_png(*rows: Tensor, scale: int = SCALE, gap: int = 2) -> bytes:
    """Rows of pictures (N, 3, H, W), below each other, as PNG; fast, for a slider."""
    sheet = contact_sheet(torch.cat([row.detach().float() for row in rows]), len(rows[0]), gap)  # (3, H, W)
    pixels = ((sheet.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()
    picture = Image.fromarray(pixels, "RGB")
    buffer = io.BytesIO()
    picture.resize((scale * picture.width, scale * picture.height), Image.Resampling.NEAREST).save(
        buffer, "PNG", compress_level=1
    )
    return buffer.getvalue()


def labelled_png(pictures: Mapping[str, Tensor]) -> bytes:
    """Groups of pictures (N, 3 or 1, H, W) beside each other, each below its name, as PNG; fast, for a slider."""
    groups = {name: group.expand(-1, 3, -1, -1) for name, group in pictures.items()}
    return strip(None, [(name, rows_png(group)) for name, group in groups.items()])


def losses_table(explored: Explored, before: dict[str, float], now: dict[str, float], factors: dict[str, float]) -> str:
    """Weights and losses as an HTML table; a weight that the generator is not told is marked."""
    rows = []
    for name, weight in explored.base.items():
        told = (
            f"{weight * factors[name]:.3g}" if name in factors else f'{weight:.3g} <abbr title="{NEVER}">fixed</abbr>'
        )
        rows.append(
            f"<tr><td>{name}</td><td>{told}</td><td>{before[name]:.4f}</td><td><b>{now[name]:.4f}</b></td></tr>"
        )
    head = "<tr><th>loss</th><th>weight</th><th>all at x 1</th><th>now</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def trade_off(name: str, sweep: Mapping[float, Mapping[str, float]], now: Mapping[str, float]) -> Figure:
    """A sweep of the control `name` (losses by factor): its own loss against the one that it changes most.

    `now` are the losses of the setting that is marked.
    """
    from matplotlib.figure import Figure

    known = list(sweep.values())
    other = max((loss for loss in now if loss != name), key=lambda loss: spread([entry[loss] for entry in known]))
    figure = Figure(figsize=(3.2, 2.4), layout="constrained")
    axes = figure.subplots()
    axes.plot([entry[name] for entry in known], [entry[other] for entry in known], "o-", color="0.6", markersize=4)
    for factor, entry in sweep.items():
        place = entry[name], entry[other]
        axes.annotate(f"{factor:.2g}", place, fontsize=7, xytext=(3, 3), textcoords="offset points")
    axes.plot(now[name], now[other], "D", label="now")
    axes.set_xlabel(f"loss {name}", fontsize=8)
    axes.set_ylabel(f"loss {other}", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=7)
    return figure


def minute_png(run: MinuteRun, pictures: Tensor) -> bytes:
    """Curves of a training's losses above what it drew at its latest steps."""
    from matplotlib.figure import Figure  # not pyplot, which knows one thread only

    known = run.curves()
    figure = Figure(figsize=(6, 2.2), layout="constrained")
    axes = figure.subplots()
    for name, values in known.items():
        if name != "step":
            axes.plot(
                known["step"], [math.nan if value is None else value for value in values], label=name, linewidth=1
            )
    axes.set_xlabel("step", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6, ncols=3)
    steps = run.steps_shown()[-3:]
    return strip(
        figure_png(figure), [(f"step {step}", rows_png(pictures, run.drawn(step, pictures))) for step in steps]
    )


def fitted(picture: Tensor) -> Tensor:
    """A picture (1, 3, H, W) with its shorter side at OWN pixels, sides cut to multiples of 16."""
    height, width = picture.shape[-2:]
    scale = OWN / min(height, width)
    sides = [max(16, round(side * scale) // 16 * 16) for side in (height, width)]
    return F.interpolate(picture, sides, mode="bilinear", antialias=True).clamp(-1, 1)


def spread(values: list[float]) -> float:
    """By what share the largest of some values is above the smallest."""
    return (max(values) - min(values)) / (abs(max(values)) + 1e-9)
