"""Drawings of a film held steady: each blended with the one before it, moved along, where the film has not changed.

A drawing turns the noise of a sensor into lines and steps of colour that jump from frame to frame. Blending it with the
drawing before averages this out; but what moved must be followed, and what changed must not be blended, or the old
picture would show through as a ghost. So the photographs decide: optical flow says where each pixel was, and only
where the photograph that is moved along it equals the new one, up to noise, the old drawing is used.
Source: temporal accumulation with a test of validity, as in Ruder, Dosovitskiy, Brox, "Artistic style transfer for
videos", 2016, section 4; the flow is DIS (Kroeger and others, 2016) as OpenCV has it.
"""

from __future__ import annotations

import cv2
import numpy as np

from toonkit.project.errors import ToonkitError

WINDOW = 5  # pixels a side: over which two photographs are compared
SAME = 1.5  # mean square difference, in units of what noise explains: up to here nothing has changed
CHANGED = 3.0  # ... and from here on everything has
FLOOR = 2.0  # levels of 255 that coding and rounding may change
SLIP = 0.25  # pixels by which the flow may be off
RIGID, TORN = 0.5, 1.5  # pixels by which motion may differ within REACH, and by which it must not
REACH = 15  # pixels a side: a drawing is changed so far around what changed in the photograph (lines have a width)
LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)  # Immerkaer, 1996: noise of 1 becomes 6
MEDIAN = 0.6745  # of the size of a normal deviate


class Steady:
    """Call it with each frame's photograph and drawing, in order; it returns the drawing to show.

    `strength`, 0 to below 1, is the share of the drawing before. Independent noise in the drawings of a still picture
    makes two of them differ (1 - strength) / sqrt(1 + strength) times as much. `before` is all that it remembers, the
    last photograph and what was shown; setting it goes on from there. Raises ToonkitError for another strength.
    """

    def __init__(self, strength: float) -> None:
        if not 0 <= strength < 1:
            raise ToonkitError(f"temporal strength must be from 0 (off) to below 1, not {strength}; 0.8 is a good one")
        self.strength = strength
        self.before: tuple[np.ndarray, np.ndarray] | None = None

    def __call__(self, photo: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        """The photograph (H, W, 3), uint8, and its drawing (H, W, 3), float32 in [-1, 1]; returns the like of it."""
        if self.strength == 0:
            return drawn
        if self.before is not None:
            old_photo, old_drawn = self.before
            where = came_from(photo, old_photo)  # (H, W, 2)
            moved_photo = cv2.remap(old_photo, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            moved_drawn = cv2.remap(old_drawn, where, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            same = _shrunk(unchanged(photo, moved_photo) * _inside(where)) * moves_as_one(where)  # (H, W)
            weight = self.strength * same[..., None]  # (H, W, 1)
            drawn = np.clip(drawn + weight * (moved_drawn - drawn), -1, 1).astype(np.float32)
        self.before = photo, drawn
        return drawn


def came_from(photo: np.ndarray, old: np.ndarray) -> np.ndarray:
    """Where each pixel of a photograph (H, W, 3) was in the old one: (H, W, 2), float32, as x and y."""
    height, width = photo.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)  # (H, W, 2)
    if min(height, width) < SMALLEST:
        return grid
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey, old_grey = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (photo, old))
    return grid + flow.calc(grey, old_grey, None)


SMALLEST = 32  # pixels a side below which there is no flow: the search needs a few patches of 8 at a coarser scale


def unchanged(photo: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """How far two photographs (H, W, 3), uint8, are equal around each pixel: (H, W), 1 (up to noise) to 0 (not)."""
    new, old = photo.astype(np.float32), moved.astype(np.float32)
    steepness = np.maximum(*[np.abs(cv2.Sobel(new, -1, x, 1 - x, scale=1 / 8)) for x in (0, 1)])  # levels a pixel
    explained = 2 * noise_level(new) ** 2 + FLOOR**2 + (SLIP * steepness) ** 2  # (H, W, 3)
    window = (WINDOW, WINDOW)
    ratio = cv2.blur((new - old) ** 2, window).mean(2) / cv2.blur(explained, window).mean(2)  # (H, W)
    changed = np.clip((ratio - SAME) / (CHANGED - SAME), 0, 1)
    return 1 - changed


def moves_as_one(where: np.ndarray) -> np.ndarray:
    """How far the surroundings of each pixel came from one place: (H, W), 1 (all together) to 0, for `where` (H, W, 2).

    At the border of what moves the flow bends. The photographs may be equal there, one bare wall beside another, while
    the drawing is fetched from beside the line that it had around the thing that moved.
    """
    height, width = where.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    flow = where - grid
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (REACH, REACH))
    bend = (cv2.dilate(flow, around) - cv2.erode(flow, around)).max(2)  # (H, W), pixels
    return np.clip((TORN - bend) / (TORN - RIGID), 0, 1)


def noise_level(pixels: np.ndarray) -> float:
    """The deviation of the noise in (H, W, 3), float32: by the median, which lines and texture hardly move."""
    response = np.abs(cv2.filter2D(pixels, -1, LAPLACIAN))
    return float(np.median(response)) / 6 / MEDIAN


def _inside(where: np.ndarray) -> np.ndarray:
    """1 where (H, W, 2) lies in the picture, else 0."""
    height, width = where.shape[:2]
    x, y = where[..., 0], where[..., 1]
    return ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).astype(np.float32)


def _shrunk(same: np.ndarray) -> np.ndarray:
    """Keep away from what has changed, with a soft border: (H, W)."""
    eroded = cv2.erode(same.astype(np.float32), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (REACH, REACH)))
    return np.minimum(eroded, cv2.blur(eroded, (WINDOW, WINDOW)))
