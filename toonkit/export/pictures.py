"""`toonkit toonify`: photographs, or folders of them, into cartoons, one failure never stopping the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from toonkit.chapters.index import all_chapters
from toonkit.filters import abstraction
from toonkit.filters.repair import check_masks, repair
from toonkit.images.listing import walk_pictures
from toonkit.images.picture import EXTENSIONS, picture_facts, read_picture, write_picture
from toonkit.project.errors import PictureError, ToonkitError, check_name

Drawing = Callable[[Tensor], Tensor]  # (1, 3, H, W) -> the same shape
CLASSICAL = "classical"  # the filter, with nothing learned


def methods() -> dict[str, Callable[[], Drawing]]:
    """What `toonify` can draw with: the classical filter, and what the chapters released."""
    learned = {name: make for chapter in all_chapters() for name, make in chapter.methods.items()}
    return {CLASSICAL: lambda: abstraction} | learned


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

    With `style`, the generator that has learnt several draws in this one; then `method` stays as it is.
    With `mask`, a black and white picture of the photographs' size, what is white there is repaired before drawing.

    `out` is a file if there is one input file and `out` has a picture's extension; otherwise a folder, made if needed.
    Folders among `paths` are walked and their structure kept below `out`; what is no picture in them is skipped, hidden
    files silently. Transparency becomes white, an animation its first frame. Raises ToonkitError only for what spoils
    the whole call: no input, an unknown method or style, an unusable `mask` or `out`, and WeightsError for weights that
    are absent or damaged. Anything wrong with one file is in `failed`.
    """
    draw = _drawing(method, style)
    if mask is not None:
        draw = _repairing(Path(mask), draw)
    report = Report()
    jobs = _without_clashes(_plan([Path(path) for path in paths], Path(out), report), report)
    for number, (source, target) in enumerate(jobs, start=1):
        started = time.perf_counter()
        try:
            note = _draw_one(source, target, draw, overwrite)
        except Exception as error:  # whatever it is: named, counted, and the next file still gets its turn
            reason = str(error) if isinstance(error, ToonkitError) else f"{type(error).__name__}: {error}"
            report.failed.append((source, reason))
            say(f"[{number}/{len(jobs)}] {source} failed: {reason}")
        else:
            report.done.append((source, target))
            say(f"[{number}/{len(jobs)}] {source} -> {target} ({time.perf_counter() - started:.1f} s{note})")
    return report


def _drawing(method: str, style: str | None) -> Drawing:
    """What draws by a method, or in a style. Raises ToonkitError for unknown ones and where both are named."""
    if style is None:
        known = methods()
        return known[check_name("method", method, tuple(known))]()
    if method != CLASSICAL:
        raise ToonkitError(f"style {style!r} and method {method!r} are two ways to draw; choose one")
    in_style = next(chapter.styles for chapter in all_chapters() if chapter.styles)
    return in_style(style)


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


def _draw_one(source: Path, target: Path, draw: Drawing, overwrite: bool) -> str:
    """Draw one picture and return what is worth saying of it. Raises PictureError."""
    if target.exists() and target.samefile(source):
        raise PictureError(f"{target} is the photograph itself; choose another output")
    if target.exists() and not overwrite:
        raise PictureError(f"{target} exists already; choose another output, or pass --overwrite")
    frames = picture_facts(source).frames
    with torch.inference_mode():
        cartoon = draw(read_picture(source)[None])[0]
    target.parent.mkdir(parents=True, exist_ok=True)
    write_picture(target, cartoon, overwrite)
    if frames is None:
        return ", first frame; a later one is damaged"
    return f", first of {frames} frames" if frames > 1 else ""


def _plan(paths: list[Path], out: Path, report: Report) -> Iterator[tuple[Path, Path]]:
    """Yield every picture with the place for its cartoon; what cannot be used goes into the report."""
    if not paths:
        raise ToonkitError("no photograph to draw; name a picture or a folder")
    if out.suffix[1:].isalpha() and not out.is_dir():  # the name of a file; v1.2 is a folder's
        if out.suffix.lower() not in EXTENSIONS:
            raise ToonkitError(f"cannot write {out.suffix!r} pictures; known: {', '.join(EXTENSIONS)}")
        if len(paths) > 1 or paths[0].is_dir():
            raise ToonkitError(f"{out} names one picture, but there may be several inputs; name a folder")
        yield paths[0], out
        return
    _make_folder(out)
    for path in paths:
        if path.is_dir():
            pictures, skipped, failed = walk_pictures(path, out)
            report.skipped += skipped
            report.failed += failed
            yield from [(picture, out / picture.relative_to(path)) for picture in pictures]
        else:
            yield path, out / _writable_name(path)


def _without_clashes(plan: Iterable[tuple[Path, Path]], report: Report) -> list[tuple[Path, Path]]:
    """Give each output to the first input that would be drawn there; the others fail."""
    jobs: dict[Path, Path] = {}
    for source, target in plan:
        if jobs.setdefault(target, source) != source:
            report.failed.append((source, f"{jobs[target]} is drawn to {target} already; use another output folder"))
    return [(source, target) for target, source in jobs.items()]


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToonkitError(f"cannot make the folder {out}: {error.strerror}; choose another") from error


def _writable_name(path: Path) -> str:
    """Keep the name; a picture whose extension says nothing is written as PNG."""
    return path.name if path.suffix.lower() in EXTENSIONS else path.name + ".png"
