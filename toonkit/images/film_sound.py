"""The sound of a film for a new one: packets are copied where the new container holds their coding, else coded anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av

from toonkit.images.film_container import beginning, open_container, packets
from toonkit.images.film_time import FilmClock
from toonkit.project.errors import FilmError

ENCODERS = {"opus": "libopus"}  # FFmpeg's own encoder of Opus is an experiment
USUAL_RATE = 48_000  # samples a second, for an encoder that does not take the source's
STEREO = 2  # channels: what every encoder takes


class Sound:
    """One stream of sound of a film on its way into a container. Made by `all_of`, before anything is written."""

    def __init__(self, path: Path, index: int, output: av.container.OutputContainer, before_zero: bool) -> None:
        self.path = path
        self.source = open_container(path)
        self.stream = self.source.streams.audio[index]
        self.before_zero = before_zero
        self.lost = 0  # packets that could not be decoded
        self.clock = FilmClock(self.stream.time_base, beginning(self.source))
        self.coding = self.stream.codec_context.codec.canonical_name
        self.copied = self.coding in output.supported_codecs
        if self.copied:
            self.out = output.add_stream_from_template(self.stream)
        else:
            self.out = self._encoder(output)
        self.out.metadata.update({name: text for name, text in self.stream.metadata.items() if name == "language"})

    @staticmethod
    def all_of(path: Path, output: av.container.OutputContainer, before_zero: bool) -> list[Sound]:
        """Every stream of sound of a film. Raises FilmError for a coding that is neither held nor known here."""
        with open_container(path) as source:
            streams = list(source.streams.audio)
            for stream in streams:
                if stream.codec_context is None:
                    raise FilmError(f"{path} has sound in a coding that is not known here; convert it to AAC first")
            count = len(streams)
        return [Sound(path, index, output, before_zero) for index in range(count)]

    def packets(self) -> Iterator[av.Packet]:
        """Yield the packets for the new film, their times counted from the film's beginning."""
        with self.source:
            for packet in self._copied() if self.copied else self._coded_anew():
                packet.stream = self.out
                if packet.dts >= 0 or self.before_zero:
                    yield packet

    def notes(self) -> list[str]:
        """What to say of the sound once it is written; nothing where it is the same."""
        if self.copied:
            return []
        lost = f", {self.lost} packets of it could not be decoded" if self.lost else ""
        mixed = f", {self.stream.channels} channels mixed to 2" if self.stream.channels > STEREO else ""
        return [
            f"sound coded anew as {self.out.codec_context.codec.canonical_name} ({self.coding} before{mixed}{lost})"
        ]

    def _encoder(self, output: av.container.OutputContainer) -> av.AudioStream:
        name = ENCODERS.get(output.default_audio_codec, output.default_audio_codec)
        rates = av.Codec(name, "w").audio_rates or [self.stream.rate]
        rate = self.stream.rate if self.stream.rate in rates else USUAL_RATE
        layout = self.stream.layout.name if self.stream.channels <= STEREO else "stereo"
        return output.add_stream(name, rate=rate, layout=layout)

    def _copied(self) -> Iterator[av.Packet]:
        for packet in packets(self.source, [self.stream]):
            if packet.size == 0:
                continue
            time = packet.dts if packet.dts is not None else packet.pts
            packet.pts = packet.dts = self.clock.at(time, packet.duration or 1)
            yield packet

    def _coded_anew(self) -> Iterator[av.Packet]:
        for frame in self._decoded():
            ticks = round(frame.samples / frame.sample_rate / self.stream.time_base)
            frame.pts = self.clock.at(frame.pts, ticks)
            frame.time_base = self.stream.time_base
            yield from self.out.encode(frame)
        yield from self.out.encode(None)

    def _decoded(self) -> Iterator[av.AudioFrame]:
        for packet in packets(self.source, [self.stream]):
            try:
                yield from packet.decode()
            except av.EOFError:
                continue
            except av.FFmpegError:
                self.lost += 1
