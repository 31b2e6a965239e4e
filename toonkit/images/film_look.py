"""What is kept of one frame of a film while its shots are found: a small picture and a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import torch

from toonkit.images.film_bars import darkness
from toonkit.images.pruning import SCALE, sharpness
from toonkit.images.values import as_pictures

VIEW = 64  # pixels a side of the small picture
SAME = 12  # levels of 255 by which a pixel may differ from the background and still be of it
DARK = 64  # levels of 255: the brightest background of credits
BACKGROUND = 0.6  # least share of credits that is background
INK = 0.002  # least share that is something else; below, the frame is blank
STROKE = 9  # pixels of 128: no stroke of a letter is as wide and as high
THICK = 0.05  # greatest share of the writing that may be as thick as that
BRIGHT = 0.5  # share of the greatest distance from the background: where a stroke ends that is blurred

Kind = Literal["picture", "blank", "credits"]


@dataclass(frozen=True)
class Look:
    """A frame at a glance. `view` (64, 64, 3) float32, 0 to 255; `rows` (2, H) and `columns` (2, W): see `darkness`."""

    view: np.ndarray
    kind: Kind
    sharpness: float
    rows: np.ndarray
    columns: np.ndarray


def look_at(pixels: np.ndarray) -> Look:
    """Look at a frame (H, W, 3), uint8 RGB."""
    small = cv2.resize(pixels, (SCALE, SCALE), interpolation=cv2.INTER_AREA)  # (128, 128, 3)
    rows, columns = darkness(pixels)
    return Look(
        view=cv2.resize(small, (VIEW, VIEW), interpolation=cv2.INTER_AREA).astype(np.float32),
        kind=kind_of(small),
        sharpness=sharpness(as_pictures(torch.from_numpy(small).permute(2, 0, 1))),
        rows=rows,
        columns=columns,
    )


def kind_of(small: np.ndarray) -> Kind:
    """Whether a frame, made (128, 128, 3) uint8, is a picture, blank (one colour), or credits.

    Credits are thin bright strokes on a dark background of one colour. Writing on a bright card or over a picture is
    not told from a drawing.
    """
    background = np.median(small.reshape(-1, 3), 0)  # the colour of more than half of the frame, if there is one
    distance = np.abs(small.astype(np.float32) - background).max(2)  # (128, 128)
    other = distance > SAME
    if other.mean() < INK:
        return "blank"
    if background.mean() > DARK or other.mean() > 1 - BACKGROUND:
        return "picture"
    strokes = (distance > max(SAME, BRIGHT * distance.max())).astype(np.uint8)
    thick = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, np.ones((STROKE, STROKE), np.uint8))
    return "credits" if thick.sum() <= THICK * strokes.sum() else "picture"
