"""`toonkit toonify FILM -o FILM`: a film drawn frame by frame, its sound and its times kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path

import torch

from toonkit.chapters.contract import Drawing
from toonkit.chapters.drawing_choice import choose_drawing
from toonkit.export.film_parts import FilmParts
from toonkit.export.film_pen import Manner, Pen
from toonkit.export.film_progress import FilmProgress
from toonkit.images.film_writing import CONTAINERS, Container, Timing, container_of, join, write_piece
from toonkit.images.films import FILM_ENDINGS, Film, FilmFrame
from toonkit.images.values import as_bytes
from toonkit.project.atomic import explain, make_folder, put_in_place, refuse_existing
from toonkit.project.digests import digest_of
from toonkit.project.environment import versions
from toonkit.project.errors import FilmError

PIECE = 50  # frames: what a killed run loses at most


@dataclass
class FilmReport:
    """What became of a film: how many frames were drawn, whether that is the whole film, and what is to be known."""

    source: Path
    target: Path
    frames: int = 0
    whole: bool = True
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([*self.notes, f"{self.source} -> {self.target}: {self.frames} frames drawn"])


def names_film(sources: Sequence[Path], target: Path) -> bool:
    """Whether a call is for a film: by the ending of its output, or of one of its inputs."""
    if target.suffix.lower() in CONTAINERS and not target.is_dir():
        return True
    return any(source.suffix.lower() in FILM_ENDINGS and not source.is_dir() for source in sources)


def toonify_film(
    source: str | Path,
    target: str | Path,
    manner: Manner | None = None,
    overwrite: bool = False,
    say: Callable[[str], None] = print,
) -> FilmReport:
    """Draw the film `source` into `target`, whose ending names the container, and return a FilmReport.

    Every frame keeps its time; all streams of sound are kept, copied where the container allows. Subtitles are left
    out. Memory does not grow with the film. Pieces of PIECE frames are kept in a folder `target`.parts until the film
    is whole; after a kill the same call goes on behind the last one and gives the same film. Frames that cannot be
    decoded are left out, so that the drawing before them stays on; frames of another size are brought to the first's;
    odd sides get their last row or column once more. All of this is said in the report's notes.
    Raises FilmError for a source that is no film or holds no frame, and a target that is the source, exists without
    `overwrite`, or has an ending that no container has; ToonkitError for an unknown method or style.
    """
    source, target, manner = Path(source), Path(target), manner or Manner()
    container = container_of(target)
    report = FilmReport(source, target)
    with Film(source) as film:
        _check_target(source, target, overwrite)
        draw = choose_drawing(manner.method, manner.style)
        with FilmParts(target).held() as parts:
            if found := parts.open(_facts(source, manner, draw, container.encoder)):
                say(found)
            pen = Pen(film, manner, draw)
            timing = _draw_pieces(film, pen, parts, container, say)
            report.frames = parts.frames
            report.whole = not (film.damage.lost or film.damage.torn or film.shortage())
            joined = parts.folder / f"whole{target.suffix}"
            report.notes = _notes(film, pen) + join(joined, parts.pieces, container, timing, sound_of=source)
            _put(joined, target, overwrite)
            parts.finished = True
    return report


def _draw_pieces(film: Film, pen: Pen, parts: FilmParts, container: Container, say: Callable[[str], None]) -> Timing:
    """Draw what is not drawn yet, piece by piece."""
    pen.state = parts.state()
    timing = None
    frames = film.frames(parts.frames)
    with FilmProgress(film.path.name, _expected(film), parts.frames, say) as progress:
        for first in frames:
            timing = timing or _timing(film)
            piece = _drawn(chain([first], islice(frames, PIECE - 1)), pen, progress)
            parts.keep(write_piece(parts.next_path(), piece, container, timing), pen.state)
    return timing or _timing(film)


def _drawn(frames: Iterator[FilmFrame], pen: Pen, progress: FilmProgress) -> Iterator[FilmFrame]:
    for frame in frames:
        yield FilmFrame(pen(frame.pixels), frame.time, frame.duration)
        progress.step()


def _timing(film: Film) -> Timing:
    """What the pieces have in common; the shape of a pixel is known once the first frame is there."""
    return Timing(film.time_base, film.rate, film.pixel_aspect)


def _expected(film: Film) -> int:
    return film.expected or round(film.seconds * film.rate)


def _facts(source: Path, manner: Manner, draw: Drawing, encoder: str) -> dict[str, object]:
    """All that decides the pieces. What the method draws of a small picture stands for its weights and libraries."""
    small = torch.linspace(-1, 1, 3 * 32 * 32).reshape(1, 3, 32, 32)
    with torch.inference_mode():
        sample = as_bytes(draw(small)).cpu().numpy().tobytes()
    return {
        "source": digest_of(source),
        "manner": asdict(manner),
        "sample": hashlib.sha256(sample).hexdigest(),
        "encoder": encoder,
        "frames a piece": PIECE,
        "versions": versions(),
    }


def _notes(film: Film, pen: Pen) -> list[str]:
    """What is to be known of a film that was read to its end."""
    notes = []
    if pen.size is None:
        pen.begin()
    height, width = pen.size
    if height % 2 or width % 2:
        wide, high = width + width % 2, height + height % 2
        notes.append(f"{width}x{height} became {wide}x{high} pixels, the last ones repeated: even sides are needed")
    if film.damage.resized:
        first = f"{film.size[1]}x{film.size[0]}"
        notes.append(f"{film.damage.resized} frames had another size and were brought to the first one's, {first}")
    if film.damage.lost:
        notes.append(f"{film.damage.lost} frames could not be decoded; the drawing before each stays on")
    if film.damage.torn:
        notes.append(f"the file is torn in {film.damage.torn} places; frames may be missing there")
    if shortage := film.shortage():
        notes.append(shortage)
    if film.container.streams.subtitles:
        notes.append(f"{len(film.container.streams.subtitles)} streams of subtitles were left out")
    return notes


def _check_target(source: Path, target: Path, overwrite: bool) -> None:
    """Raise FilmError where the target cannot be written, before anything is drawn."""
    if target.exists() and target.samefile(source):
        raise FilmError(f"{target} is the film itself; choose another output")
    make_folder(target.parent, FilmError)
    refuse_existing(target, overwrite, FilmError)


def _put(joined: Path, target: Path, overwrite: bool) -> None:
    """Give the finished film its name, in one step."""
    refuse_existing(target, overwrite, FilmError)
    try:
        with joined.open("rb+") as file:
            os.fsync(file.fileno())
        put_in_place(joined, target)
    except OSError as error:
        raise FilmError(f"could not write {target}: {explain(error)}") from error
