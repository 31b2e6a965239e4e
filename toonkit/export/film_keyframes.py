"""`toonkit data keyframes FILM -o OUT`: one picture for each shot of a film, split by scene, and a table of them.

Source: Semantic-aware cartoon style transfer, section 4.2, which takes about 3,000 key frames of films and does not
say how.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from toonkit.export.film_progress import FilmProgress
from toonkit.export.key_frame_pictures import LeftOut, Written, sort_out, write_pictures
from toonkit.export.shot_parts import ShotParts
from toonkit.images.film_split import scenes_of, split_scenes
from toonkit.images.films import Film, FilmFrame
from toonkit.images.picture_sets import check_settings, prepare_empty, write_table
from toonkit.images.shots import Shot, find_shots
from toonkit.project.atomic import drop_partial_files, write_atomically
from toonkit.project.digests import digest_of
from toonkit.project.environment import versions
from toonkit.project.errors import FilmError

TABLE = "keyframes.csv"
LOG = "left_out.jsonl"  # a line for each shot without a key frame: which, and why


@dataclass(frozen=True)
class KeyFrameRow:
    """One key frame as the table lists it: seconds from the beginning, frames from 0, `last` included; pixels."""

    picture: str
    time: float
    frame: int
    shot: int
    first: int
    last: int
    scene: int
    width: int
    height: int
    sha256: str
    split: str


@dataclass(frozen=True)
class Keeping:
    """How key frames are kept: short side at most (its own for None), JPEG quality, share of pictures for testing."""

    side: int | None = None
    quality: int = 95
    test_share: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        check_settings(self.side, self.quality)
        split_scenes([], self.test_share)


@dataclass
class KeyFrameReport:
    """The key frames, why each other shot has none, and what is to be known of the film."""

    rows: list[KeyFrameRow]
    left_out: list[LeftOut]
    shots: int
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        sides = [row.split for row in self.rows]
        counts = f"{sides.count('train')} for training, {sides.count('test')} for testing"
        scenes = len({row.scene for row in self.rows})
        lines = [*self.notes, f"{len(self.rows)} key frames of {self.shots} shots, {scenes} scenes: {counts}"]
        if self.left_out:
            lines.append(f"shots left out: {_counts(self.left_out)}")
        return "\n".join(lines)


def make_keyframes(
    source: str | Path, out: str | Path, keeping: Keeping | None = None, say: Callable[[str], None] = print
) -> KeyFrameReport:
    """Write the sharpest frame of each shot of a film to `out`, black bars cut off, with the table `out/keyframes.csv`.

    Left out, and named in `out/left_out.jsonl`, are blank shots, credits on a dark ground, flashes, and copies of an
    earlier key frame. Pixels become square. Shots that show the same place are one scene, and a scene is for training
    or for testing. The film is read twice; of each shot 36 kB stay in memory. A killed call goes on where it was; the
    table is written last. Raises FilmError for what is no film and for one without a key frame, ToonkitError for an
    `out` that is not empty and for settings out of range.
    """
    source, out, keeping = Path(source), Path(out), keeping or Keeping()
    with Film(source):
        pass  # it is a film
    with ShotParts(out).held() as parts:
        facts = {"source": digest_of(source), "keeping": asdict(keeping), "versions": versions()}
        if not parts.known(facts):
            prepare_empty(out)  # first: a call that is refused leaves nothing that a later one would go on from
            parts.begin(facts)
        drop_partial_files(out)
        if parts.notes is None:
            _find(source, parts, say)
        report = _write(source, out, parts, keeping, say)
        parts.drop()
    return report


def _find(source: Path, parts: ShotParts, say: Callable[[str], None]) -> None:
    """Find the shots behind those that are known, and keep each."""
    known = parts.shots[-1].end if parts.shots else 0
    if known:
        say(f"going on behind {len(parts.shots)} shots found earlier")
    with Film(source) as film:
        expected = film.expected or round(film.seconds * film.rate)
        with FilmProgress(f"{source.name}, shots", expected, known, say) as progress:
            for shot in find_shots(_counted(film.frames(known), progress), known):
                parts.keep(shot)
        parts.finish(_notes(film))


def _counted(frames: Iterator[FilmFrame], progress: FilmProgress) -> Iterator[FilmFrame]:
    for frame in frames:
        yield frame
        progress.step()


def _notes(film: Film) -> list[str]:
    """What is to be known of a film that was read to its end."""
    damage = film.damage
    notes = [
        (damage.resized, f"{damage.resized} frames had another size and were brought to the first one's"),
        (damage.lost, f"{damage.lost} frames could not be decoded"),
        (damage.torn, f"the file is torn in {damage.torn} places; frames may be missing there"),
        (film.shortage(), film.shortage()),
    ]
    return [words for happened, words in notes if happened]


def _write(source: Path, out: Path, parts: ShotParts, keeping: Keeping, say: Callable[[str], None]) -> KeyFrameReport:
    """Write the pictures, then the log, then the table."""
    shots = parts.shots
    numbers, left_out = sort_out(shots)
    written, copies = write_pictures(source, out, shots, numbers, keeping.side, keeping.quality, say)
    left_out = sorted([*left_out, *copies], key=lambda entry: entry.shot)
    if not written:
        parts.drop()
        raise FilmError(f"{source} has no key frame among its shots: {_counts(left_out)}; try another film")
    scenes = scenes_of([shots[entry.shot].views for entry in written])
    splits = split_scenes(scenes, keeping.test_share, keeping.seed)
    rows = [_row(entry, shots[entry.shot], *found) for entry, *found in zip(written, scenes, splits, strict=True)]
    lines = "".join(json.dumps(asdict(entry)) + "\n" for entry in left_out)
    write_atomically(out / LOG, lines.encode(), overwrite=True)
    write_table(out / TABLE, KeyFrameRow, rows)
    return KeyFrameReport(rows, left_out, len(shots), parts.notes or [])


def _row(entry: Written, shot: Shot, scene: int, split: str) -> KeyFrameRow:
    return KeyFrameRow(
        picture=entry.picture,
        time=entry.time,
        frame=shot.key,
        shot=entry.shot,
        first=shot.start,
        last=shot.end - 1,
        scene=scene,
        width=entry.width,
        height=entry.height,
        sha256=entry.sha256,
        split=split,
    )


def _counts(left_out: Sequence[LeftOut]) -> str:
    """How many shots were left out for which reason."""
    counts = Counter(entry.reason for entry in left_out)
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
