"""Four-panel pictures of a folder, cut into pairs of photograph and cartoon (Cartoon to human recovery, "Dataset")."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor

from toonkit.images.copies import find_copy, perceptual_hash
from toonkit.images.listing import walk_pictures
from toonkit.images.panels import Seams, cut_panels, find_seams
from toonkit.images.picture import read_picture, write_picture
from toonkit.project.atomic import explain, write_atomically
from toonkit.project.errors import PictureError, ToonkitError

MARK = "unfinished.txt"  # there while a call is under way, and after one that was stopped
OWN = re.compile(r"photo|toon(-[0-3])?|pairs\.csv|rejected\.csv|unfinished\.txt|\.toonkit-.*\.part")


@dataclass
class PairReport:
    """What became of each file, by its path below the folder: accepted (file, name, seams), rejected (file, reason)."""

    accepted: list[tuple[str, str, Seams]] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"rejected {file}: {reason}" for file, reason in self.rejected]
        return "\n".join([*lines, f"{len(self.accepted)} pairs, {len(self.rejected)} files rejected"])


def make_pairs(
    folder: str | Path,
    out: str | Path,
    photo: int = 0,
    toons: Iterable[int] = (3,),
    bits: int = 6,
    overwrite: bool = False,
) -> PairReport:
    """Cut each four-panel picture below `folder` into `out/photo/NAME.png` and `out/toon/NAME.png`; return a report.

    Panels are 0 and 1 above, 2 and 3 below. Several `toons` go to folders `toon-1`, `toon-2`, ... Of pictures
    whose panels are copies, their perceptual hashes at most `bits` apart on average (see `images.copies`), the first by
    name is kept. `out/pairs.csv` lists the pairs with their seams, `out/rejected.csv` every other file with the reason;
    hidden files are not looked at.

    A call that was stopped is repeated by the same call; `overwrite` replaces what a finished one wrote, and nothing
    else. Raises PictureError for a folder with no picture, ToonkitError for wrong panel numbers, an `out` that is not
    empty, and a folder in which no picture has four panels.
    """
    folder = Path(folder)
    out = Path(out)
    sides = _sides(photo, tuple(toons))
    if out.resolve() in (folder.resolve(), *folder.resolve().parents):
        raise ToonkitError(f"{folder} lies in the output folder {out}; name another output folder")
    pictures, *others = walk_pictures(folder, out)
    if not pictures:
        raise PictureError(f"no picture to cut: {others[-1][-1][1]} ({folder})")
    _prepare(out, overwrite, sides)
    report = PairReport(rejected=[(_below(path, folder), why) for reasons in others for path, why in reasons])
    _cut_all(pictures, folder, out, sides, bits, report)
    _write_tables(out, report)
    if not report.accepted:
        raise ToonkitError(f"none of {len(pictures)} pictures in {folder} has four panels; see {out / 'rejected.csv'}")
    (out / MARK).unlink()
    return report


def _sides(photo: int, toons: tuple[int, ...]) -> dict[str, int]:
    """Return the output folders and the panel that goes into each."""
    panels = (photo, *toons)
    if not toons or len(set(panels)) < len(panels) or not set(panels) <= set(range(4)):
        raise ToonkitError(f"photograph {photo}, cartoons {toons}: name different panels of 0 to 3, 0 is upper left")
    return {"photo": photo} | ({"toon": toons[0]} if len(toons) == 1 else {f"toon-{panel}": panel for panel in toons})


def _prepare(out: Path, overwrite: bool, sides: dict[str, int]) -> None:
    """Make `out` with empty folders for the sides; clear what an earlier call left there, and nothing else."""
    if out.exists() and not out.is_dir():
        raise ToonkitError(f"{out} is a file; name a folder")
    present = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    foreign = [name for name in present if not OWN.fullmatch(name)]
    if foreign or (present and not {MARK, "pairs.csv"} & set(present)):
        raise ToonkitError(f"{out} holds {(foreign or present)[0]!r}, which no such call wrote; name another folder")
    if present and MARK not in present and not overwrite:
        raise ToonkitError(f"{out} holds pairs already; name another folder, or allow overwriting")
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MARK).write_bytes(b"These pairs are not complete: call `toonkit pairs` again.\n")
        for path in [out / name for name in present if name != MARK]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for side in sides:
            (out / side).mkdir()
    except OSError as error:
        raise ToonkitError(f"cannot prepare the folder {out}: {explain(error)}; name another") from error


def _cut_all(paths: list[Path], folder: Path, out: Path, sides: dict[str, int], bits: int, report: PairReport) -> None:
    """Cut the pictures one by one, holding only hashes in memory."""
    hashes: list[Tensor] = []  # of the pictures kept, each (sides, 172)
    names: set[str] = set()
    for path in paths:
        file = _below(path, folder)
        try:
            picture = read_picture(path)
            seams = find_seams(picture)
            panels = cut_panels(picture, seams)[list(sides.values())]
        except ToonkitError as error:
            report.rejected.append((file, str(error)))
            continue
        hashed = perceptual_hash(panels)
        copy = find_copy(hashes, hashed, bits)
        if copy is not None:
            report.rejected.append((file, f"duplicate of {report.accepted[copy[0]][0]}"))
            continue
        name = _free_name(Path(file), names)
        for side, panel in zip(sides, panels, strict=True):  # a disk that is full stops the call, not one picture
            write_picture(out / side / f"{name}.png", panel)
        hashes.append(hashed)
        report.accepted.append((file, name, seams))


def _free_name(file: Path, taken: set[str]) -> str:
    """Return a name for the pair: the path's parts, and a number where another pair, in any case, has that name."""
    stem = "-".join(file.with_suffix("").parts)
    name = stem
    number = 2
    while name.casefold() in taken:
        name = f"{stem}-{number}"
        number = number + 1
    taken.add(name.casefold())
    return name


def _write_tables(out: Path, report: PairReport) -> None:
    columns = ("upper_end", "lower_start", "left_end", "right_start", "top", "bottom", "left", "right", "strength")
    accepted = [
        (file, name, *seams.rows, *seams.columns, *(seams.frame or ()), round(seams.strength, 4))
        for file, name, seams in report.accepted
    ]
    _write_table(out / "pairs.csv", [("file", "name", *columns), *accepted])
    _write_table(out / "rejected.csv", [("file", "reason"), *report.rejected])


def _write_table(path: Path, rows: list[tuple]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_atomically(path, text.getvalue().encode("utf-8", "surrogateescape"), overwrite=True)  # names may be any bytes


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
