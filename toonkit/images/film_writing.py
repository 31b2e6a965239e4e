"""Films written in pieces: each encoded by itself, all joined behind one another, the sound of a film beside them.

A piece has no frames that wait for later ones (B-frames), so its packets come in the order of their showing and bear
their frames' times; joining copies packets, and a film of joined pieces is the same whenever its pieces were made.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av

from toonkit.images.film_container import packets
from toonkit.images.film_pixels import BT709, even, frame_of
from toonkit.images.film_sound import Sound
from toonkit.images.films import FilmFrame
from toonkit.project.errors import FilmError

NARROW = 1  # the range 16 to 235, in the table of ITU-T H.273
PIECE_FORMAT = "nut"  # keeps any time base


@dataclass(frozen=True)
class Container:
    """A kind of film that can be written: FFmpeg's name, the encoder of its pictures and its settings.

    `before_zero`: whether it can hold sound that only warms the decoder up, at negative times.
    """

    format: str
    encoder: str
    settings: dict[str, str]
    before_zero: bool = False
    options: dict[str, str] = field(default_factory=dict)


H264 = {"preset": "medium", "crf": "18", "bf": "0"}
VP9 = {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "auto-alt-ref": "0", "lag-in-frames": "0"}
MP4 = Container("mp4", "libx264", H264, before_zero=True, options={"movflags": "+faststart"})
CONTAINERS = {  # by ending; Matroska and WebM keep times to the millisecond
    ".mp4": MP4,
    ".m4v": MP4,
    ".mov": Container("mov", "libx264", H264, before_zero=True, options={"movflags": "+faststart"}),
    ".mkv": Container("matroska", "libx264", H264),
    ".webm": Container("webm", "libvpx-vp9", VP9),
}


@dataclass(frozen=True)
class Timing:
    """What all pieces of a film have in common: seconds a tick, frames a second, width / height of a pixel."""

    time_base: Fraction
    rate: Fraction
    pixel_aspect: Fraction = Fraction(1)


@dataclass(frozen=True)
class Piece:
    """A file with some frames of a film, and the times and durations of these, in ticks."""

    path: Path
    times: tuple[int, ...]
    durations: tuple[int, ...]


def container_of(path: str | Path) -> Container:
    """The kind of film that a name's ending says. Raises FilmError for an ending that none has."""
    path = Path(path)
    if path.suffix.lower() not in CONTAINERS or path.is_dir():
        raise FilmError(f"cannot write {str(path)!r} as a film; name a file that ends in {', '.join(CONTAINERS)}")
    return CONTAINERS[path.suffix.lower()]


def write_piece(path: Path, frames: Iterable[FilmFrame], container: Container, timing: Timing) -> Piece:
    """Encode frames of one size, at least one, into `path`; odd sides get their last pixels once more.

    Raises FilmError where the encoder or the disk refuses.
    """
    times: list[int] = []
    durations: list[int] = []
    stream = None
    try:
        with av.open(str(path), "w", format=PIECE_FORMAT) as output:
            for frame in frames:
                pixels = even(frame.pixels)
                if stream is None:
                    stream = _encoder(output, container, timing, pixels.shape[:2])
                picture = frame_of(pixels)
                picture.pts = frame.time
                picture.time_base = timing.time_base
                times.append(frame.time)
                durations.append(frame.duration)
                output.mux(stream.encode(picture))
            if stream is not None:
                output.mux(stream.encode(None))
    except (av.FFmpegError, OSError) as error:
        raise FilmError(f"could not write {path}: {error.strerror or error}") from error
    return Piece(path, tuple(times), tuple(durations))


def join(
    path: Path, pieces: Sequence[Piece], container: Container, timing: Timing, sound_of: Path | None = None
) -> list[str]:
    """Write the pieces behind one another into `path`, with the sound of the film `sound_of`; return what to say.

    Raises FilmError where the container or the disk refuses.
    """
    try:
        with av.open(str(path), "w", format=container.format, options=container.options) as output:
            with av.open(str(pieces[0].path)) as first:
                pictures = output.add_stream_from_template(first.streams.video[0])
                pictures.time_base = timing.time_base
                pictures.sample_aspect_ratio = timing.pixel_aspect
            sounds = [] if sound_of is None else Sound.all_of(sound_of, output, container.before_zero)
            flows = [_pictures(pieces, pictures, timing), *(sound.packets() for sound in sounds)]
            for packet in heapq.merge(*flows, key=_seconds):
                output.mux(packet)
            return [note for sound in sounds for note in sound.notes()]
    except (av.FFmpegError, OSError) as error:
        raise FilmError(f"could not write {path}: {error.strerror or error}") from error


def _encoder(
    output: av.container.OutputContainer, container: Container, timing: Timing, size: tuple[int, int]
) -> av.VideoStream:
    stream = output.add_stream(container.encoder, rate=timing.rate, options=dict(container.settings))
    stream.height, stream.width = size
    stream.pix_fmt = "yuv420p"
    coding = stream.codec_context
    coding.time_base = timing.time_base
    coding.thread_count = 1  # so that the bytes do not depend on the machine's cores; drawing takes far longer
    coding.sample_aspect_ratio = timing.pixel_aspect
    coding.colorspace = coding.color_primaries = coding.color_trc = BT709
    coding.color_range = NARROW
    return stream


def _pictures(pieces: Sequence[Piece], stream: av.VideoStream, timing: Timing) -> Iterator[av.Packet]:
    """Yield the packets of all pieces, each with its frame's time."""
    for piece in pieces:
        with av.open(str(piece.path)) as source:
            found = (packet for packet in packets(source, [source.streams.video[0]]) if packet.size)
            for packet, time, duration in zip(found, piece.times, piece.durations, strict=True):
                packet.stream = stream
                packet.time_base = timing.time_base
                packet.pts = packet.dts = time
                packet.duration = duration
                yield packet


def _seconds(packet: av.Packet) -> Fraction:
    return packet.dts * packet.time_base
