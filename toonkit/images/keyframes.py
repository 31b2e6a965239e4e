"""Key frames: one picture for each shot of a film (Semantic-aware cartoon style transfer, section 4.2).

Two neighbouring frames of one shot have nearly the same colours in nearly the same places; at a cut they do not. The
measure is the distance of colour histograms, taken in nine fields so that a cut between two blue pictures still shows.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from toonkit.images.films import Film
from toonkit.images.listing import list_pictures
from toonkit.images.picture import read_picture
from toonkit.images.pruning import sharpness
from toonkit.images.values import as_pictures
from toonkit.project.errors import FilmError, PictureError

FIELDS = 3  # a side: colours are counted in 3x3 fields
LEVELS = 4  # a channel: 64 bins
SIDE = 96  # pixels: where colours are counted


def read_frames(path: str | Path) -> Iterator[Tensor]:
    """Yield the frames (3, H, W) of a video file, or the pictures of a folder in order of name, one at a time.

    A frame of a video that cannot be decoded is left out and the next one read; at the end a warning says how many
    frames were expected and how many were read. Raises PictureError for what is missing, for a picture of a folder that
    cannot be decoded, and for a video without a single frame.
    """
    path = Path(path)
    if path.is_dir():
        yield from (read_picture(picture) for picture in list_pictures(path))
        return
    if not path.is_file():
        raise PictureError(f"{path} does not exist; check the name")
    try:
        with Film(path) as film:
            yield from _decoded(film)
    except FilmError as error:
        raise PictureError(str(error)) from error


def _decoded(film: Film) -> Iterator[Tensor]:
    """Yield the frames (3, H, W) that can be decoded, and warn where some that the file promises are not."""
    count = 0
    for frame in film.frames():
        count += 1
        yield as_pictures(torch.from_numpy(frame.pixels.copy()).permute(2, 0, 1))
    if count < film.expected:
        message = f"{film.path}: {count} of {film.expected} frames could be read; the others are damaged or cut off"
        warnings.warn(message, stacklevel=3)


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

    Shots of fewer than `shortest` frames are flashes and give no key frame. The index counts the frames that are given,
    so without those that `read_frames` left out. Holds one frame in memory; a slow fade has no cut and stays one shot.
    """
    best: tuple[float, int, Tensor] | None = None
    before = None
    length = 0
    for index, frame in enumerate(frames):
        histogram = frame_histogram(frame)
        if before is not None and frame_change(before, histogram) > threshold:
            if best is not None and length >= shortest:
                yield best[1:]
            best = None
            length = 0
        score = sharpness(frame)
        if best is None or score > best[0]:
            best = (score, index, frame)
        before = histogram
        length = length + 1
    if best is not None and length >= shortest:
        yield best[1:]
