"""What each report trained on, out of which sets, and the data sets that `toonkit data build REPORT` made of them.

A built set is a folder with pictures and `set.csv`: path, SHA-256, source, side, class and split of each, and its path
in the source. It gets its name when all is there, so one that is half built is never taken for a whole one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from toonkit.images.manifests import is_safe_path
from toonkit.images.pruning import Limits
from toonkit.project.digests import digest_of
from toonkit.project.environment import cache_folder
from toonkit.project.errors import SourceError, check_name

TABLE = "set.csv"
ABOUT = "set.json"
COLUMNS = ("path", "sha256", "source", "side", "class", "split", "origin")
BLURRED = Limits(area=None, border=None, solidity=None, slenderness=None)  # what needs no mask
BOXED = Limits(solidity=None, slenderness=None)  # of boxes: these say nothing of a subject's outline


@dataclass(frozen=True)
class Part:
    """Pictures of one source and class. `train` and `test` are how many (None: all others), `limits` what is dropped.

    `side` is "photo", "toon", or "pair" for both at once.
    """

    source: str
    side: str
    kind: str = ""
    train: int | None = None
    test: int = 0
    limits: Limits | None = None


@dataclass(frozen=True)
class ReportSet:
    """A report's data set: pictures of `size` pixels, made by a resize rule (`images.resize`)."""

    size: int
    rule: str
    parts: tuple[Part, ...]

    def sources(self) -> tuple[str, ...]:
        """The sets that it is made of."""
        return tuple(dict.fromkeys(part.source for part in self.parts))


REPORTS = {
    "animated_variants_gan": ReportSet(  # section 5.1: 6,000 each, resized to 256 x 256; those for testing are ours
        256, "stretch", (Part("celeba", "photo", "", 6000, 600), Part("danbooru2017", "toon", "", 6000, 600))
    ),
    "cartoon_to_human_cyclegan": ReportSet(  # "about 5000 ... about 200"; 256 is CycleGAN's, the report gives none
        256, "crop", (Part("voila", "pair", "", 5000, 200),)
    ),
    "image_toonification": ReportSet(  # it names none; CartoonGAN had 5,402 photographs of Flickr and films' key frames
        256, "crop", (Part("flickr30k", "photo", "", 5402, 751), Part("studio-frames", "toon"))
    ),
    "semantic_cartoon_transfer": ReportSet(  # section 4.2: all of both, cropped to 256; those for testing are ours
        256, "crop", (Part("flickr30k", "photo", "", None, 1000), Part("studio-frames", "toon"))
    ),
    "tom_and_jerry_diffusion": ReportSet(  # section 4.1 and appendix 6.1: 800, 800 and 400 of each side, 80/20, 512 px
        512,
        "crop",
        (
            Part("kaggle-cats", "photo", "cat", 640, 160, BLURRED),
            Part("laboratory-mice", "photo", "mouse", 640, 160, BLURRED),
            Part("cat-mouse", "photo", "both", 320, 80, BOXED),
            Part("tom-and-jerry", "toon", "cat", 640, 160, BLURRED),
            Part("tom-and-jerry", "toon", "mouse", 640, 160, BLURRED),
            Part("tom-and-jerry", "toon", "both", 320, 80, BLURRED),
        ),
    ),
}


@dataclass(frozen=True)
class BuiltSet:
    """A built set whose files were checked: where it is, and a row of set.csv for each picture."""

    report: str
    folder: Path
    rows: list[dict[str, str]] = field(repr=False)

    def paths(self, side: str, split: str, kind: str = "") -> list[Path]:
        """Pictures of a side and a split, of one class or of all, in the table's order; pairs have one order."""
        wanted = {"side": side, "split": split} | ({"class": kind} if kind else {})
        return [self.folder / row["path"] for row in self.rows if wanted.items() <= row.items()]


def find_report_set(report: str) -> ReportSet:
    """A report's data set. Raises ToonkitError for an unknown name."""
    return REPORTS[check_name("report", report, tuple(REPORTS))]


def report_folder(report: str) -> Path:
    """Where the built set of a report is kept."""
    return cache_folder() / "reports" / report


def building_folder(report: str) -> Path:
    """Where it is while it is being built."""
    return report_folder(report).with_name(f"{report}.building")


def open_report_set(report: str) -> BuiltSet:
    """Open the built set of a report, every picture compared with its SHA-256.

    Raises SourceError where it is not built or half built, saying the command, and for a picture that is missing or
    changed.
    """
    wanted = find_report_set(report)
    folder = report_folder(report)
    if not (folder / TABLE).is_file():
        state = "is half built" if building_folder(report).exists() else "is not built"
        sources = ", ".join(wanted.sources())
        raise SourceError(f"the data set of {report} {state}; `toonkit data build {report}` makes it of {sources}")
    rows = _read_rows(folder / TABLE)
    for row in rows:
        path = folder / row["path"]
        if not path.is_file() or digest_of(path) != row["sha256"]:
            raise SourceError(f"{path} is missing or changed; delete {folder}, then `toonkit data build {report}`")
    return BuiltSet(report, folder, rows)


def _read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table. Raises SourceError where it is not one of ours."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{path} cannot be read: {error}; delete its folder and build it again") from error
    for number, row in enumerate(rows, start=1):
        if set(row) != set(COLUMNS) or None in row.values() or not is_safe_path(row["path"]):
            raise SourceError(
                f"{path}, row {number} is not as this version writes it; delete its folder and build again"
            )
    return rows
