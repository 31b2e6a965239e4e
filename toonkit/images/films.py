"""Films read frame by frame, with the time of each, in bounded memory; damage costs the frames it hits, no others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from av.stream import Disposition

from toonkit.images.film_container import beginning, open_container, packets
from toonkit.images.film_pixels import display_matrix, pixels_of
from toonkit.images.film_time import FilmClock
from toonkit.project.errors import FilmError

FILM_ENDINGS = (  # by which a name is known for a film's; what a file holds is found out by looking
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".flv", ".3gp", ".ogv"),
    *(".mpg", ".mpeg", ".ts", ".mts", ".m2ts"),
)
SLACK = Fraction(1, 2)  # seconds by which a container's length may be off
USUAL_RATE = Fraction(25)  # frames a second, where a film names none


@dataclass(frozen=True)
class FilmFrame:
    """Pixels (H, W, 3), uint8 RGB, upright; time and duration in ticks of the film's time base, from its beginning."""

    pixels: np.ndarray
    time: int
    duration: int


@dataclass
class Damage:
    """What was wrong with a film, counted while it is read."""

    packets: int = 0  # of pictures, found in the file
    lost: int = 0  # frames that could not be decoded, or that the decoder says are damaged
    torn: int = 0  # packets that the container says are damaged; frames behind such a hole may be missing
    resized: int = 0  # frames of another size than the first
    end: Fraction = Fraction(0)  # seconds from the beginning to the end of the last packet of pictures or sound


class Film:
    """A film, open for reading; a context manager. `frames()` may be read once.

    `expected` is the number of frames that the file promises, 0 where it does not say; `seconds` its length, likewise.
    Raises FilmError for what is absent, empty, a folder, no film, a picture, only sound, or in a coding unknown here.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.container = open_container(self.path)
        self.stream = _pictures(self.container, self.path)
        self.time_base: Fraction = self.stream.time_base
        self.rate = Fraction(self.stream.average_rate or self.stream.guessed_rate or USUAL_RATE)
        self.expected = self.stream.frames
        self.seconds = Fraction(self.container.duration or 0, av.time_base)
        self.zero = beginning(self.container)
        self.pixel_aspect = Fraction(self.stream.sample_aspect_ratio or 1)  # width of a pixel / height, as stored
        self.size: tuple[int, int] | None = None  # (height, width) of the first frame, upright
        self.damage = Damage()

    def __enter__(self) -> Film:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.container.close()

    def frames(self, start: int = 0) -> Iterator[FilmFrame]:
        """Yield the frames that can be decoded, those before number `start` left out, all brought to the first's size.

        A frame that cannot be decoded is counted in `damage` and left out. Raises FilmError if there is none at all.
        """
        clock = FilmClock(self.time_base, self.zero)
        usual = round(1 / self.rate / self.time_base)  # ticks a frame
        number = -1
        for number, frame in enumerate(self._decoded()):
            duration = frame.duration or usual
            time = clock.at(frame.pts, duration)
            if self.size is None:
                self._begin(frame)
            resized = self._stored_size(frame) != self.size
            self.damage.resized += resized
            if number >= start:
                pixels = pixels_of(frame)
                yield FilmFrame(_resize(pixels, self.size) if resized else pixels, time, duration)
        if number < 0:
            raise FilmError(f"{self.path} holds no frame that can be decoded; try to play it first")

    def shortage(self) -> str:
        """Say what was expected and what was read where the film, read to its end, ends early; empty where it is whole.

        The count of frames decides; for a file that names none, its length does.
        """
        if self.expected:
            if self.damage.packets >= self.expected:
                return ""
            return f"the film ends early: {self.damage.packets} of {self.expected} frames are in the file"
        if self.damage.end + SLACK >= self.seconds:
            return ""
        return f"the film ends early: {float(self.damage.end):.1f} of {float(self.seconds):.1f} s are in the file"

    def _begin(self, frame: av.VideoFrame) -> None:
        self.size = self._stored_size(frame)
        if display_matrix(frame)[0] == 0:
            self.pixel_aspect = 1 / self.pixel_aspect

    @staticmethod
    def _stored_size(frame: av.VideoFrame) -> tuple[int, int]:
        """(height, width) of a frame once it is upright."""
        turned = display_matrix(frame)[0] == 0
        return (frame.width, frame.height) if turned else (frame.height, frame.width)

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Yield sound frames in the order of their showing; count the others."""
        for packet in packets(self.container, [self.stream, *self.container.streams.audio]):
            self._note(packet)
            if packet.stream is not self.stream:
                continue
            try:
                frames = packet.decode()
            except av.EOFError:
                continue
            except av.FFmpegError:
                self.damage.lost += 1
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self.damage.lost += 1
                else:
                    yield frame

    def _note(self, packet: av.Packet) -> None:
        """Keep count of pictures and of where the file ends."""
        if packet.size == 0:
            return
        if packet.stream is self.stream:
            self.damage.packets += 1
            self.damage.torn += packet.is_corrupt
        time = packet.pts if packet.pts is not None else packet.dts
        if time is not None:
            end = (time + (packet.duration or 0)) * packet.time_base - self.zero
            self.damage.end = max(self.damage.end, end)


def _pictures(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """The stream of pictures of a film; the cover of a record is none."""
    moving = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if moving:
        best = container.streams.best("video")
        stream = best if best in moving else moving[0]
        if stream.codec_context is not None:
            return stream
        problem = "is in a coding that is not known here; convert it to H.264 first"
    elif container.streams.audio:
        problem = "holds only sound, no pictures; name a film"
    else:
        problem = "holds no pictures; name a film"
    container.close()
    raise FilmError(f"{path} {problem}")


def _resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Bring pixels (H, W, 3) to `size`, each side by itself, so that nothing is cut off."""
    return cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA)
