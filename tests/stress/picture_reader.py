"""A process that reads the picture of each seed that it is sent, so that a decoder's crash ends it and not the attack.

Each answer is one line: what was wrong, as JSON; empty if nothing was.
"""

from __future__ import annotations

import json
import os
import random
import sys
import traceback
from functools import cache
from pathlib import Path

import torch
from picture_files import foreign_files, mutated, sound_files

from toonkit.images import decoding
from toonkit.images.emoji import draw_svg
from toonkit.images.picture import picture_facts, read_mask, read_picture
from toonkit.project.environment import peak_memory_mb
from toonkit.project.errors import ToonkitError

PIXEL_LIMIT = 4_000_000  # lower than the package's, so that a decoder which minds no limit is seen at once
NO_WHITE = "tiff_float"  # which has no agreed white
BYTES = 40  # of memory a pixel, more than the widest mode and its float32 tensor with their copies take


def content_of(seed: int) -> tuple[bytes, bool | None]:
    """The bytes of the file of a seed, and whether it is a picture; None where it was broken.

    Every kind has its turn; two in a hundred stay whole.
    """
    chance = random.Random(seed)
    files = _files()
    kind = list(files)[seed % len(files)]
    if chance.random() < 0.02:
        return files[kind], kind in sound_files() and kind != NO_WHITE
    return mutated(files[kind], chance, list(files.values())), None


@cache
def _files() -> dict[str, bytes]:
    return sound_files() | foreign_files()


def faults(path: Path) -> str:
    """What is wrong with how a file is read; empty if it is a picture, or is refused in a sentence."""
    for read in (_picture, picture_facts, read_mask, draw_svg):
        try:
            why = read(path)
            if isinstance(why, str) and why:
                return why
        except ToonkitError as error:
            if str(path) not in str(error) or "\n" in str(error):
                return f"{read.__name__} refuses in other than one sentence with the name: {error!r}"
        except BaseException:
            return f"{read.__name__} raises {traceback.format_exc(limit=-4)}"
    return ""


def _misjudged(path: Path, is_picture: bool | None) -> str:
    """What is wrong where a whole file is refused, or one of another format is read."""
    try:
        read_picture(path)
    except ToonkitError as error:
        return f"a sound picture is refused: {error}" if is_picture else ""
    return "what is no picture of a known format is read" if is_picture is False else ""


def _picture(path: Path) -> str:
    picture, facts = read_picture(path), picture_facts(path)
    sides = sorted((facts.height, facts.width))
    if picture.dtype != torch.float32 or picture.shape[0] != 3 or sorted(picture.shape[1:]) != sides:
        return f"{facts} was read as {picture.dtype} {tuple(picture.shape)}"
    if not picture.isfinite().all() or picture.abs().max() > 1:
        return f"values run from {picture.min()} to {picture.max()}"
    return ""


def main() -> None:
    """Answer seeds until the input ends."""
    decoding.PIXEL_LIMIT = PIXEL_LIMIT
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is a fault wherever it goes
    path = Path(sys.argv[1]) / "picture"
    print(json.dumps(""), file=answers, flush=True)  # ready
    before = peak_memory_mb()
    for line in sys.stdin:
        content, is_picture = content_of(int(line))
        path.write_bytes(content)
        why = faults(path) or _misjudged(path, is_picture)
        if peak_memory_mb() - before > PIXEL_LIMIT * BYTES / 1e6:
            why = why or f"the memory grew from {before} to {peak_memory_mb()} MB"
            before = peak_memory_mb()
        print(json.dumps(why), file=answers, flush=True)


if __name__ == "__main__":
    main()
