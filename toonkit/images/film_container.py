"""A film's file: opened, refused where it is something else, and its packets read as far as they can be."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av

from toonkit.project.errors import FilmError

NO_FILMS = ("image2", "tty", "hls", "dash", "concat", "sdp")  # pictures, text, and lists of other files
RETRIES = 50  # failures in a row after which a damaged container counts as ended


def open_container(path: Path) -> av.container.InputContainer:
    """Open a film's file. Raises FilmError, saying what else it is."""
    if path.is_dir():
        raise FilmError(f"{path} is a folder; name a film")
    if not path.is_file():
        raise FilmError(f"{path} does not exist; check the name")
    if path.stat().st_size == 0:
        raise FilmError(f"{path} is empty (0 bytes); get the film again")
    try:
        container = av.open(str(path), metadata_errors="replace")
    except (av.FFmpegError, OSError) as error:
        raise FilmError(f"{path} is no film that can be read ({error.strerror}); try to play it first") from error
    names = container.format.name.split(",")
    if any(name in NO_FILMS or name.endswith("_pipe") for name in names):
        container.close()
        raise FilmError(f"{path} is no film but {names[0]}; a picture is drawn to a picture's name, such as out.png")
    return container


def beginning(container: av.container.InputContainer) -> Fraction:
    """Where a film begins, in seconds of its own times; what lies before zero is only there for the decoder."""
    return max(Fraction(0), Fraction(container.start_time or 0, av.time_base))


def packets(container: av.container.InputContainer, streams: list) -> Iterator[av.Packet]:
    """Yield the packets of streams, going on behind what cannot be read, up to RETRIES failures in a row."""
    failures = 0
    while failures < RETRIES:
        demuxed = container.demux(streams)
        while True:
            try:
                packet = next(demuxed)
            except StopIteration:
                return
            except av.FFmpegError:
                failures += 1
                break
            failures = 0
            yield packet
