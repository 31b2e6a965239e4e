"""The key frames of shots that were found: which are kept, cut out of the film and written as pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from toonkit.export.film_progress import FilmProgress
from toonkit.images.copies import find_copy, perceptual_hash
from toonkit.images.film_bars import Bars, agreed_bars
from toonkit.images.films import Film, FilmFrame
from toonkit.images.picture_sets import shrunk, write_jpeg
from toonkit.images.pruning import Limits
from toonkit.images.resize import fit_picture
from toonkit.images.shots import FLASH, Shot
from toonkit.images.values import as_pictures


@dataclass(frozen=True)
class LeftOut:
    """A shot without a key frame of its own: frames from 0, `last` included; `of` names the picture that it repeats."""

    shot: int
    first: int
    last: int
    reason: str
    of: str = ""


@dataclass(frozen=True)
class Written:
    """A key frame that was written: the number of its shot, seconds from the film's beginning, pixels, the file."""

    shot: int
    picture: str
    time: float
    width: int
    height: int
    sha256: str


def sort_out(shots: Sequence[Shot]) -> tuple[list[int], list[LeftOut]]:
    """The numbers of the shots that may have a key frame, and the others with the reason."""
    kept: list[int] = []
    left_out: list[LeftOut] = []
    for number, shot in enumerate(shots):
        if shot.kind != "picture":
            left_out.append(LeftOut(number, shot.start, shot.end - 1, shot.kind))
        elif shot.end - shot.start <= FLASH or shot.key < 0:
            left_out.append(LeftOut(number, shot.start, shot.end - 1, "flash"))
        else:
            kept.append(number)
    return kept, left_out


def write_pictures(
    source: Path,
    out: Path,
    shots: Sequence[Shot],
    numbers: Sequence[int],
    side: int | None,
    quality: int,
    say: Callable[[str], None],
) -> tuple[list[Written], list[LeftOut]]:
    """Write the key frames of the shots `numbers` to `out`, but copies of earlier ones; return both.

    What all shots of the film, or a tenth of them, have as black bars is cut off. See `images.copies` for copies.
    """
    bars = dict(zip(numbers, agreed_bars([shots[number].bars for number in numbers]), strict=True))
    written: list[Written] = []
    copies: list[LeftOut] = []
    hashes: list[Tensor] = []
    with Film(source) as film, FilmProgress(f"{source.name}, pictures", len(numbers), 0, say) as progress:
        for number, frame in _key_frames(film, shots, numbers):
            picture = cut_out(frame.pixels, bars[number], film.pixel_aspect)
            hashed = perceptual_hash(picture[None])
            copy = find_copy(hashes, hashed, Limits.bits)
            if copy is None:
                name = f"shot{number:05d}.jpg"
                kept = shrunk(picture, side)
                sha256 = write_jpeg(out / name, kept, quality, overwrite=True)
                height, width = kept.shape[1:]
                seconds = round(float(frame.time * film.time_base), 3)
                written.append(Written(number, name, seconds, width, height, sha256))
                hashes.append(hashed)
            else:
                shot = shots[number]
                copies.append(LeftOut(number, shot.start, shot.end - 1, "copy", written[copy[0]].picture))
            progress.step()
    return written, copies


def cut_out(pixels: np.ndarray, bars: Bars, pixel_aspect: Fraction) -> Tensor:
    """A frame (H, W, 3), uint8, without its bars and with square pixels, as a picture (3, h, w)."""
    top, bottom, left, right = bars
    height, width = pixels.shape[:2]
    inner = pixels[top : height - bottom, left : width - right]
    picture = as_pictures(torch.from_numpy(np.ascontiguousarray(inner)).permute(2, 0, 1))
    wide = max(1, round(picture.shape[2] * pixel_aspect))
    return fit_picture(picture, (picture.shape[1], wide), "stretch")


def _key_frames(film: Film, shots: Sequence[Shot], numbers: Sequence[int]) -> Iterator[tuple[int, FilmFrame]]:
    """The key frame of each shot, with the shot's number; the film is read no further than the last."""
    wanted = {shots[number].key: number for number in numbers}
    if not wanted:
        return
    first = min(wanted)
    for place, frame in enumerate(film.frames(first), first):
        if place in wanted:
            yield wanted[place], frame
            if place == max(wanted):
                return
