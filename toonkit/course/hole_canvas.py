"""A canvas in the browser on which a hole is painted over a picture."""

from __future__ import annotations

import base64
from pathlib import Path

import anywidget
import torch
from torch import Tensor
from traitlets import Bool, Int, Unicode

from toonkit.course.colours import PAINTED

ALPHA = 0.85  # of the paint
LABEL = (
    "The photograph. Arrow keys move the pen, with Shift by four pixels; Space paints; "
    "Enter puts the pen down and lifts it; Tab leaves."
)


class HoleCanvas(anywidget.AnyWidget):
    """A square picture of `side` pixels; `mask` has a letter a pixel, 1 where something is missing and 0 elsewhere."""

    _esm = Path(__file__).parent / "templates" / "hole_canvas.js"
    picture = Unicode().tag(sync=True)  # an address
    mask = Unicode().tag(sync=True)
    side = Int().tag(sync=True)
    scale = Int(5).tag(sync=True)  # screen pixels a pixel
    brush = Int(6).tag(sync=True)  # pixels
    erase = Bool(False).tag(sync=True)
    label = Unicode(LABEL).tag(sync=True)
    colour = Unicode(f"rgba{(*PAINTED, ALPHA)}").tag(sync=True)

    @property
    def holes(self) -> Tensor:
        """The mask as a tensor (1, 1, side, side) of 0 and 1."""
        numbers = [float(letter) for letter in self.mask]
        return torch.tensor(numbers).view(1, 1, self.side, self.side)

    @holes.setter
    def holes(self, masks: Tensor) -> None:
        self.mask = "".join(str(int(value)) for value in masks.flatten().tolist())

    def show(self, png: bytes) -> None:
        """Take another picture below the paint."""
        self.picture = f"data:image/png;base64,{base64.b64encode(png).decode()}"

    def clear(self) -> None:
        """Paint nothing."""
        self.mask = "0" * self.side**2
