"""Small films made by PyAV itself, for the tests: no code of Toonkit's writes them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 48_000  # samples of sound a second


def shade(number: int, height: int = 48, width: int = 64) -> np.ndarray:
    """A frame (H, W, 3) whose brightness tells its number: 20 + 8 for each."""
    return np.full((height, width, 3), 20 + 8 * (number % 28), np.uint8)


def make_film(
    path: Path,
    frames: Sequence[np.ndarray],
    times: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 25),
    sound: str | None = None,
    coding: str = "libx264",
    rotation: int = 0,
    settings: dict[str, str] | None = None,
    begin: float = 0.0,
) -> Path:
    """Write pictures (H, W, 3) of one size, shown at `times` (one tick each where none are given), and a tone.

    The film's own times begin at `begin` seconds.
    """
    times = range(len(frames)) if times is None else times
    with av.open(str(path), "w", options={"output_ts_offset": str(begin)}) as output:
        stream = output.add_stream(coding, rate=Fraction(25), options=settings or {"crf": "1", "bf": "0", "g": "4"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if coding == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = time_base
        if rotation:
            stream.set_display_rotation(rotation)
        tone = None if sound is None else output.add_stream(sound, rate=RATE, layout="mono")
        for pixels, time in zip(frames, times, strict=True):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            frame.pts, frame.time_base = int(time), time_base
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if tone is not None:
            _sing(output, tone, float((times[-1] + 1) * time_base))
    return path


def only_sound(path: Path) -> Path:
    """A second of a tone, without pictures."""
    with av.open(str(path), "w") as output:
        _sing(output, output.add_stream("aac", rate=RATE, layout="mono"), 1.0)
    return path


def _sing(output: av.container.OutputContainer, tone: av.AudioStream, seconds: float) -> None:
    samples = np.sin(np.arange(int(seconds * RATE)) * 0.06).astype(np.float32)[None] / 2  # (1, N)
    for start in range(0, samples.shape[1], 1024):
        frame = av.AudioFrame.from_ndarray(samples[:, start : start + 1024].copy(), "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        output.mux(tone.encode(frame))
    output.mux(tone.encode(None))


def shown(path: Path) -> list[tuple[Fraction, np.ndarray]]:
    """Each frame of a film: seconds, and pixels (H, W, 3)."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        return [(frame.pts * stream.time_base, frame.to_ndarray(format="rgb24")) for frame in film.decode(stream)]


def times_of(path: Path) -> list[Fraction]:
    return [time for time, _ in shown(path)]


def levels_of(path: Path) -> list[float]:
    """The mean brightness of each frame."""
    return [float(pixels.mean()) for _, pixels in shown(path)]


def sound_of(path: Path) -> list[tuple[Fraction, bytes]]:
    """The packets of the first stream of sound: seconds, and bytes."""
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in film.demux(stream) if packet.size]


def spoil(path: Path, number: int) -> None:
    """Overwrite the bytes of one packet of pictures in the middle of a film."""
    with av.open(str(path)) as film:
        packet = [packet for packet in film.demux(film.streams.video[0]) if packet.size][number]
        position, size = packet.pos, packet.size
    content = bytearray(path.read_bytes())
    content[position : position + size] = b"\xff" * size
    path.write_bytes(content)
