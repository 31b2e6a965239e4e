"""What draws the frames of a film: a method or a style, at one size, held steady."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from toonkit.chapters.contract import Drawing
from toonkit.chapters.drawing_choice import CLASSICAL
from toonkit.export.pictures import check_styled_size
from toonkit.filters.steady import Steady
from toonkit.images.films import Film
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.errors import FilmError

SMALLEST = 16  # pixels of the short side


@dataclass(frozen=True)
class Manner:
    """How a film is drawn: by which method or style, at which short side in pixels (its own for None), how steadily."""

    method: str = CLASSICAL
    style: str | None = None
    size: int | None = None
    temporal: float = 0.0

    def __post_init__(self) -> None:
        Steady(self.temporal)
        if self.size is not None and self.size < SMALLEST:
            raise FilmError(f"the short side of a film must be at least {SMALLEST} pixels, not {self.size}")


class Pen:
    """Draws the frames of one film, in order, each (H, W, 3) uint8, at the size that the manner asks for."""

    def __init__(self, film: Film, manner: Manner, draw: Drawing) -> None:
        self.film = film
        self.manner = manner
        self.draw = draw
        self.steady = Steady(manner.temporal)
        self.size: tuple[int, int] | None = None  # (height, width), once the first frame is there

    def begin(self) -> None:
        """Settle the size by the film's first frame. Raises PictureError where a style cannot draw so large a one."""
        self.size = drawn_size(self.film.size, self.manner.size)
        if self.manner.style is not None:
            check_styled_size(self.film.path, self.size[1], self.size[0])

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """Draw one frame."""
        if self.size is None:
            self.begin()
        if pixels.shape[:2] != self.size:
            shrinks = self.size[0] < pixels.shape[0]
            pixels = cv2.resize(pixels, self.size[::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        photo = as_pictures(torch.from_numpy(pixels).permute(2, 0, 1))[None]  # (1, 3, H, W)
        with torch.inference_mode():
            drawn = self.draw(photo)[0].permute(1, 2, 0)  # (H, W, 3)
        shown = self.steady(pixels, np.ascontiguousarray(drawn.float().cpu().numpy()))
        return as_bytes(torch.from_numpy(shown)).numpy()

    @property
    def state(self) -> dict[str, np.ndarray]:
        """What the next frame's drawing depends on."""
        return {} if self.steady.before is None else dict(zip(("photo", "drawn"), self.steady.before, strict=True))

    @state.setter
    def state(self, found: dict[str, np.ndarray]) -> None:
        self.steady.before = (found["photo"], found["drawn"]) if found else None


def drawn_size(size: tuple[int, int], short: int | None) -> tuple[int, int]:
    """(height, width) of a film that is drawn at `short` pixels of its short side, in the same shape."""
    if short is None:
        return size
    height, width = (max(1, round(side * short / min(size))) for side in size)
    return height, width
