"""`toonkit toonify`: photographs, or folders of them, into cartoons, one failure never stopping the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from toonkit.chapters.contract import Drawing
from toonkit.chapters.drawing_choice import CLASSICAL, choose_drawing
from toonkit.filters.repair import check_masks, repair
from toonkit.images.listing import walk_pictures
from toonkit.images.picture import EXTENSIONS, PictureFacts, picture_facts, read_picture, write_picture
from toonkit.project.atomic import make_folder
from toonkit.project.errors import PictureError, ToonkitError
from toonkit.project.file_names import ignores_case

STYLED_PIXELS = 4_000_000  # the largest picture that it draws: its instance norm sees the whole picture, not a tile
STYLED_BYTES = 500  # of memory a pixel, measured


@dataclass
class Report:
    """What became of each file: done (input, output), failed and skipped (input, reason)."""

    done: list[tuple[Path, Path]] = field(default_factory=list)
    failed: list[tuple[Path, str]] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"failed  {path}: {reason}" for path, reason in self.failed]
        lines += [f"skipped {path}: {reason}" for path, reason in self.skipped]
        return "\n".join([*lines, f"{len(self.done)} done, {len(self.failed)} failed, {len(self.skipped)} skipped"])


def toonify(
    paths: Iterable[str | Path],
    out: str | Path,
    method: str = CLASSICAL,
    overwrite: bool = False,
    say: Callable[[str], None] = print,
    mask: str | Path | None = None,
    style: str | None = None,
) -> Report:
    """Turn pictures into cartoons of the same size and return a Report; `say` gets one line a file.

    With `style`, the generator that has learnt several styles draws in this one; then `method` stays as it is, and a
    picture of more than STYLED_PIXELS is refused.
    With `mask`, a black and white picture of the photographs' size, what is white there is repaired before drawing.

    `out` is a file if it ends as a picture's name does; otherwise a folder, made if needed.
    Folders among `paths` are walked and their structure kept below `out`; what is no picture in them is skipped, hidden
    files silently. Transparency becomes white, an animation its first frame. Raises ToonkitError only for what spoils
    the whole call: no input, an unknown method or style, an unusable `mask` or `out`, and WeightsError for weights that
    are absent or damaged. Anything wrong with one file is in `failed`.
    """
    draw = choose_drawing(method, style)
    if mask is not None:
        draw = _repairing(Path(mask), draw)
    return draw_files(paths, out, draw, overwrite, say, check_styled_size if style is not None else None)


def draw_files(
    paths: Iterable[str | Path],
    out: str | Path,
    draw: Drawing,
    overwrite: bool = False,
    say: Callable[[str], None] = print,
    check_size: Callable[[Path, int, int], None] | None = None,
) -> Report:
    """What `toonify` does with files, for any way to draw (1, 3, H, W); it may draw a picture of another size.

    `check_size` is given a file with its width and height before it is read, and raises PictureError to refuse it.
    """
    report = Report()
    jobs = _without_clashes(_plan([Path(path) for path in paths], Path(out), report), Path(out), report)
    for number, (source, target) in enumerate(jobs, start=1):
        started = time.perf_counter()
        try:
            _check_files(source, target, overwrite)
            facts = picture_facts(source)
            if check_size is not None:
                check_size(source, facts.width, facts.height)
            _draw_one(source, target, draw, overwrite)
        except Exception as error:  # whatever it is: named, counted, and the next file still gets its turn
            reason = str(error) if isinstance(error, ToonkitError) else f"{type(error).__name__}: {error}"
            report.failed.append((source, reason))
            say(f"[{number}/{len(jobs)}] {source} failed: {reason}")
        else:
            report.done.append((source, target))
            seconds = time.perf_counter() - started
            say(f"[{number}/{len(jobs)}] {source} -> {target} ({seconds:.1f} s{_frames_left(facts)})")
    return report


def _repairing(path: Path, draw: Drawing) -> Drawing:
    """A drawing that first repairs what the mask picture shows in white. Raises PictureError for what is no mask.

    Inpainting first is the one way to repair that works with every method.
    """
    mask = (read_picture(path).mean(0)[None, None] + 1) / 2  # only black and white have the mean 0 or 1
    try:
        check_masks(mask)
    except ToonkitError as error:
        raise PictureError(f"{path} is no mask: {error}") from error
    return lambda photo: draw(repair(photo, mask))


def _check_files(source: Path, target: Path, overwrite: bool) -> None:
    """Raise PictureError where drawing would replace the photograph, or a file that is to be kept."""
    if target.exists() and target.samefile(source):
        raise PictureError(f"{target} is the photograph itself; choose another output")
    if target.exists() and not overwrite:
        raise PictureError(f"{target} exists already; choose another output, or pass --overwrite")


def check_styled_size(source: Path, width: int, height: int) -> None:
    """Raise PictureError for a picture that takes too much memory to be drawn in a style."""
    pixels = width * height
    if pixels <= STYLED_PIXELS:
        return
    shrink = (STYLED_PIXELS / pixels) ** 0.5
    less_wide, less_high = (max(1, int(side * shrink)) for side in (width, height))
    raise PictureError(
        f"{source} is {width}x{height} = {pixels:,} pixels. A style is drawn from the whole picture at "
        f"once, which needs {pixels * STYLED_BYTES / 1e9:.1f} GB of memory here. At most {STYLED_PIXELS:,} pixels "
        f"({STYLED_PIXELS * STYLED_BYTES / 1e9:.1f} GB) are drawn: make it {less_wide}x{less_high} or smaller, or use "
        "--method cartoongan, which draws in tiles"
    )


def _draw_one(source: Path, target: Path, draw: Drawing, overwrite: bool) -> None:
    """Draw one picture. Raises PictureError."""
    with torch.inference_mode():
        drawn = draw(read_picture(source)[None])[0]
    make_folder(target.parent, PictureError)
    write_picture(target, drawn, overwrite)


def _frames_left(facts: PictureFacts) -> str:
    """Say what of an animation was not drawn; nothing for a picture of one frame."""
    if facts.frames is None:
        return ", first frame; a later one is damaged"
    return f", first of {facts.frames} frames" if facts.frames > 1 else ""


def _plan(paths: list[Path], out: Path, report: Report) -> Iterator[tuple[Path, Path]]:
    """Yield every picture with the place for its cartoon; what cannot be used goes into the report."""
    if not paths:
        raise ToonkitError("no photograph to draw; name a picture or a folder")
    if any(letter.isalpha() for letter in out.suffix) and not out.is_dir():  # the name of a file; v1.2 is a folder's
        if out.suffix.lower() not in EXTENSIONS:
            known = ", ".join(EXTENSIONS)
            raise ToonkitError(
                f"cannot write {out.suffix!r} pictures; known: {known}. A folder's name has no such ending"
            )
        if len(paths) > 1 or paths[0].is_dir():
            raise ToonkitError(f"{out} names one picture, but there may be several inputs; name a folder")
        yield paths[0], out
        return
    make_folder(out)
    for path in paths:
        if path.is_dir():
            pictures, skipped, failed = walk_pictures(path, out)
            report.skipped += skipped
            report.failed += failed
            yield from [(picture, out / picture.relative_to(path)) for picture in pictures]
        else:
            yield path, out / _writable_name(path)


def _without_clashes(plan: Iterable[tuple[Path, Path]], out: Path, report: Report) -> list[tuple[Path, Path]]:
    """Give each output to the first input that would be drawn there; the others fail.

    Where the disk of `out` takes `A.png` for `a.png`, so does this.
    """
    jobs: dict[str, tuple[Path, Path]] = {}
    planned = list(plan)  # which makes the folder
    one_case = out.is_dir() and ignores_case(out)
    for source, target in planned:
        first, taken = jobs.setdefault(str(target).casefold() if one_case else str(target), (source, target))
        if first != source:
            report.failed.append((source, f"{first} is drawn to {taken} already; use another output folder"))
    return list(jobs.values())


def _writable_name(path: Path) -> str:
    """Keep the name; a picture whose extension says nothing is written as PNG."""
    return path.name if path.suffix.lower() in EXTENSIONS else path.name + ".png"
