"""Folders of pictures to vote on, for the tests of ballots, the widget and the page."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from toonkit.course.ballots import Ballots

COLOURS = {"gan_v1": (200, 0, 0), "cycle_v3": (0, 200, 0), "base_v0": (0, 0, 200)}
GREY = (90, 90, 90)


def make_ballots(folder: Path, count: int = 5) -> Ballots:
    """Ballots on `count` pictures of three models, each in its model's colour, beside the grey source."""
    for name, colour in {**COLOURS, "source": GREY}.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (8, 6), colour).save(folder / name / f"{number}.png")
    return Ballots([folder / name for name in COLOURS], folder / "votes.csv", folder / "source")


def colour(png: bytes) -> tuple[int, ...]:
    """The colour of a picture of one colour."""
    return Image.open(io.BytesIO(png)).convert("RGB").getpixel((3, 3))
