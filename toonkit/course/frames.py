"""What a page without a kernel shows of a widget: a picture of its first frame, and of what its first control does."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ipywidgets import VBox, Widget
from PIL import Image, ImageDraw, ImageFont

from toonkit.course.show import RESOLUTION

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STOPS = 4  # pictures of a strip
WIDTH = 1000  # pixels of a frame at most
LABEL = 22  # pixels of the line above a picture of a strip
GAP = 8  # pixels


class Framed(VBox):
    """Widgets below each other; where no kernel is live, the PNG that `frame` makes stands in their place."""

    def __init__(self, children: Sequence[Widget], frame: Callable[[], bytes]) -> None:
        super().__init__(list(children))
        self._frame = frame

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """What Jupyter shows: the live widget where it can, else the picture."""
        return super()._repr_mimebundle_(**kwargs) | {"image/png": base64.b64encode(self._frame()).decode()}


def figure_png(figure: Figure) -> bytes:
    """A matplotlib figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=RESOLUTION)
    return buffer.getvalue()


def stops(control: Widget) -> list[Any]:
    """STOPS values of a control, from its lowest to its highest, or its first options; none where it has neither."""
    if hasattr(control, "options"):
        values = [option[1] if isinstance(option, tuple) else option for option in control.options]
        return values[:STOPS]
    if not hasattr(control, "min") or not hasattr(control, "max"):
        return []
    shares = [k / (STOPS - 1) for k in range(STOPS)]
    if hasattr(control, "base"):  # a logarithmic slider, whose ends are exponents
        return [control.base ** (control.min + share * (control.max - control.min)) for share in shares]
    values = [control.min + share * (control.max - control.min) for share in shares]
    whole = isinstance(control.min, int) and isinstance(control.max, int)
    return sorted({round(value) for value in values}) if whole else values


def strip(first: bytes | None, labelled: Sequence[tuple[str, bytes]]) -> bytes:
    """A PNG of the picture `first`, if any, above a row of labelled ones, shrunk to fit."""
    top = _opened(first) if first else None
    row = [(words, _opened(png)) for words, png in labelled]
    width = max(320, min(WIDTH, max(top.width if top else 0, sum(picture.width + GAP for _, picture in row))))
    if top and top.width > width:
        top.thumbnail((width, top.height))
    for _, picture in row:
        picture.thumbnail(((width - GAP * (len(row) - 1)) // len(row), picture.height))
    below = max((picture.height + LABEL for _, picture in row), default=0)
    above = top.height + GAP if top and row else top.height if top else 0
    sheet = Image.new("RGB", (width, max(1, above + below)), "white")
    if top:
        sheet.paste(top, (0, 0))
    pen, left = ImageDraw.Draw(sheet), 0
    for words, picture in row:
        pen.text((left + 2, above + 3), words, fill="black", font=ImageFont.load_default(14))
        sheet.paste(picture, (left, above + LABEL))
        left += picture.width + GAP
    buffer = io.BytesIO()
    sheet.save(buffer, format="PNG")
    return buffer.getvalue()


def _opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")
