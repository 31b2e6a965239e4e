"""What a drawing of a photograph should not have: other colours, noise in dark or flat areas, halos beside edges.

All compare a drawing with its photograph, pixel by pixel, with no network.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from torch import Tensor

from toonkit.losses.content import colour_loss
from toonkit.metrics.edges import strong_edges
from toonkit.metrics.regions import LEAST
from toonkit.metrics.scores import Score, blocks_of, jackknife, mean_score
from toonkit.project.errors import check_name

WINDOW = 5  # pixels a side, of the median that noise is measured from, and of the mean that says what is dark or flat
DARK = 64.0  # grey levels of 0-255 below which a place is dark
FLAT = 1.0  # grey levels a pixel below which a place is flat
BESIDE = 3  # pixels to each side of a strong edge in which a halo is looked for
AROUND = 4  # pixels to each side over which the photograph's darkest and brightest are taken
SIDES = ("bright", "dark")


def colour_error(drawn: Tensor, photos: Tensor) -> Score:
    """Mean |a - b| of colours averaged over 8 x 8 pixels, mean of pairs (N, 3, H, W) in [-1, 1]; 0 kept, 2 the worst.

    Lines and texture are averaged out. It is the colour loss of `losses.content`, a picture at a time.
    """
    pairs = zip(drawn.split(1), photos.split(1), strict=True)
    return mean_score("colour error", [float(colour_loss(*pair)) for pair in pairs]).within(0, 2)


def noise(drawn: Tensor, photos: Tensor, where: str) -> Score:
    """The noise of drawings (N, 3, H, W) where their photographs are "dark" or "flat", as a share of theirs.

    Noise is the root mean square of the difference of each channel to its median over 5 x 5 pixels: steps between
    colours leave none, grains and lines thinner than 3 pixels do. The share is that of the means over all photographs
    that are dark or flat over LEAST of their pixels or more; 1 is the photographs' own, 0 a drawing without grain.
    Raises ToonkitError for another place, and where fewer than two photographs have it.
    """
    area = AREAS[check_name("area", where, tuple(AREAS))]
    rows = []
    for drawing, photo in zip(drawn, photos, strict=True):
        inside = area(_smooth_grey(photo))  # (H, W)
        if inside.mean() >= LEAST:
            rows.append([_grain(picture)[inside].mean() for picture in (drawing, photo)])
    squares = torch.tensor(np.array(rows).reshape(-1, 2), dtype=torch.float64)  # (n, 2)
    return jackknife(f"noise in {where} areas", _share, (squares.sqrt(),), blocks_of(len(rows))).within(0, np.inf)


def halo(drawn: Tensor, photos: Tensor, side: str) -> Score:
    """How far drawings (N, 3, H, W) leave the range of their photographs beside strong edges: grey levels of 0-255.

    On the "bright" side, by how much they are brighter than the brightest of the photograph within AROUND pixels; on
    the "dark" side darker than the darkest, where drawn outlines count too. The mean over all pixels within BESIDE of
    the photograph's Canny edges; photographs without one are left out. A blur has none. Raises ToonkitError for
    another side, and where fewer than two photographs have an edge.
    """
    check_name("side", side, SIDES)
    sign = 1 if side == "bright" else -1
    found = []
    for drawing, photo in zip(drawn, photos, strict=True):
        beside = cv2.dilate(strong_edges(photo).astype(np.uint8), _square(BESIDE)) > 0  # (H, W)
        if beside.any():
            limit = cv2.dilate(sign * _grey(photo), _square(AROUND))  # (H, W)
            found.append((sign * _grey(drawing) - limit).clip(0)[beside].mean())
    return mean_score(f"{side} halo", found, blocks_of(len(found))).within(0, 255)


def _dark(smooth: np.ndarray) -> np.ndarray:
    return smooth < DARK


def _flat(smooth: np.ndarray) -> np.ndarray:
    return np.hypot(*np.gradient(smooth)) < FLAT


AREAS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"dark": _dark, "flat": _flat}  # of the smoothed grey (H, W)


def _share(deviations: Tensor) -> float:
    """The mean of the drawings' by the mean of the photographs', (n, 2)."""
    drawing, photo = deviations.mean(0)
    return float(drawing / photo)


def _grain(picture: Tensor) -> np.ndarray:
    """The squared difference to the median, mean of the channels (H, W), of a picture (3, H, W)."""
    colours = _levels(picture)
    return np.square(colours - cv2.medianBlur(colours, WINDOW)).mean(2)


def _smooth_grey(picture: Tensor) -> np.ndarray:
    return cv2.blur(_grey(picture), (WINDOW, WINDOW))


def _grey(picture: Tensor) -> np.ndarray:
    """The mean of the channels (H, W), in grey levels, of a picture (3, H, W) in [-1, 1]."""
    return _levels(picture).mean(2)


def _levels(picture: Tensor) -> np.ndarray:
    """(3, H, W) in [-1, 1] as (H, W, 3) float32, in grey levels of 0-255 that are not rounded."""
    return np.ascontiguousarray((picture.float().permute(1, 2, 0).numpy() + 1) * 127.5)


def _square(reach: int) -> np.ndarray:
    side = 2 * reach + 1
    return np.ones((side, side), np.uint8)
