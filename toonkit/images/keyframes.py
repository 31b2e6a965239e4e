"""Key frames: one picture for each shot of a film (Semantic-aware cartoon style transfer, section 4.2).

Two neighbouring frames of one shot have nearly the same colours in nearly the same places; at a cut they do not. The
measure is the distance of colour histograms, taken in nine fields so that a cut between two blue pictures still shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import torch
from torch import Tensor

from toonkit.images.listing import list_pictures
from toonkit.images.picture import read_picture
from toonkit.images.pruning import sharpness
from toonkit.images.values import as_pictures
from toonkit.project.errors import PictureError

FIELDS, LEVELS, SIDE = 3, 4, 96  # 3x3 fields, 4 levels a channel (64 bins), measured at 96x96 pixels


def read_frames(path: str | Path) -> Iterator[Tensor]:
    """Yield the frames (3, H, W) of a video file, or the pictures of a folder in order of name, one at a time.

    Raises PictureError for what is missing or cannot be decoded, and for a video without a single frame.
    """
    path = Path(path)
    if path.is_dir():
        yield from (read_picture(picture) for picture in list_pictures(path))
        return
    if not path.is_file():
        raise PictureError(f"{path} does not exist; check the name")
    video, count = cv2.VideoCapture(str(path)), 0
    try:
        while (answer := video.read())[0]:
            count += 1
            yield as_pictures(torch.from_numpy(answer[1][..., ::-1].copy()).permute(2, 0, 1))  # BGR to RGB
    finally:
        video.release()
    if count == 0:
        raise PictureError(f"{path} holds no video that can be decoded; try to play it first")


def frame_histogram(frame: Tensor) -> Tensor:
    """Return the colour histogram of each field of (3, H, W), (9, 64), each summing to 1."""
    small = torch.nn.functional.interpolate(frame[None], (SIDE, SIDE), mode="area")[0]
    levels = ((small + 1) / 2 * LEVELS).long().clamp(0, LEVELS - 1)
    bins = levels[0] * LEVELS**2 + levels[1] * LEVELS + levels[2]
    side = SIDE // FIELDS
    fields = bins.unfold(0, side, side).unfold(1, side, side).reshape(FIELDS**2, -1)
    counts = torch.zeros(FIELDS**2, LEVELS**3).scatter_add_(1, fields, torch.ones_like(fields, dtype=torch.float32))
    return counts / fields.shape[1]


def frame_change(one: Tensor, other: Tensor) -> float:
    """Return how different two histograms of `frame_histogram` are, 0 (equal) to 1 (no colour in common)."""
    return ((one - other).abs().sum(1) / 2).mean().item()


def key_frames(frames: Iterable[Tensor], threshold: float = 0.3, shortest: int = 2) -> Iterator[tuple[int, Tensor]]:
    """Yield (index, frame) of the sharpest frame of each shot; a shot ends where `frame_change` exceeds `threshold`.

    Shots of fewer than `shortest` frames are flashes and give no key frame. Holds one frame in memory; a slow fade has
    no cut and stays one shot.
    """
    best: tuple[float, int, Tensor] | None = None
    before, length = None, 0
    for index, frame in enumerate(frames):
        histogram = frame_histogram(frame)
        if before is not None and frame_change(before, histogram) > threshold:
            if best is not None and length >= shortest:
                yield best[1:]
            best, length = None, 0
        score = sharpness(frame)
        if best is None or score > best[0]:
            best = (score, index, frame)
        before, length = histogram, length + 1
    if best is not None and length >= shortest:
        yield best[1:]
