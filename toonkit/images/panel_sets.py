"""A folder of painted comic pages made into a set of panels: a folder an episode, and one table that names them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from toonkit.images.comic_pages import cut_page
from toonkit.images.listing import walk_pictures
from toonkit.images.open_pictures import LAST_EPISODE, episode_of
from toonkit.images.picture import read_picture
from toonkit.images.picture_sets import check_settings, prepare_empty, shrunk, write_jpeg, write_table
from toonkit.project.errors import PictureError, ToonkitError

TABLE = "panels.csv"


@dataclass(frozen=True)
class PanelRow:
    """One panel as the table lists it: where it is, where on which page it was (pixels), and its split."""

    panel: str
    page: str
    top: int
    left: int
    bottom: int
    right: int
    width: int
    height: int
    sha256: str
    split: str


@dataclass
class PanelReport:
    """What became of each page: the panels, and (page, reason) of the pages and parts that were left out."""

    panels: list[PanelRow] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    pages: int = 0

    def __str__(self) -> str:
        sides = [row.split for row in self.panels]
        counts = f"{sides.count('train')} for training, {sides.count('test')} for testing"
        lines = [f"left out {page}: {reason}" for page, reason in self.skipped]
        return "\n".join([*lines, f"{len(self.panels)} panels of {self.pages} pages: {counts}"])


def make_panels(
    folder: str | Path, out: str | Path, side: int = 384, quality: int = 90, last_train: int = LAST_EPISODE
) -> PanelReport:
    """Cut each page below `folder` into `out/episodeNN/PAGE_KK.jpg`, and list them in `out/panels.csv`.

    The episode is what the page's path says, from `folder` on (`episode08/...`, `E08P01.png`); all panels of episodes
    up to `last_train` are for training, those of later ones for testing. A panel's short side is at most `side` pixels.
    Raises ToonkitError for a size or quality out of range, an `out` that is not empty, and a folder with no page that
    can be cut; the report names what was left out.
    """
    folder, out = Path(folder), Path(out)
    check_settings(side, quality)
    pages, *others = walk_pictures(folder, out)
    if not pages:
        raise PictureError(f"no page to cut: {others[-1][-1][1]} ({folder})")
    prepare_empty(out)
    report = PanelReport(skipped=[(_below(path, folder), why) for reasons in others for path, why in reasons])
    _cut_all(pages, folder, out, report, (side, quality, last_train))
    if not report.panels:
        raise ToonkitError(f"none of {len(pages)} pages in {folder} could be cut: {report.skipped[-1][1]}")
    write_table(out / TABLE, PanelRow, report.panels)
    return report


def _cut_all(pages: list[Path], folder: Path, out: Path, report: PanelReport, how: tuple[int, int, int]) -> None:
    """Cut the pages one by one; `how`: side, quality and last episode for training."""
    side, quality, last_train = how
    taken: set[str] = set()
    for path in pages:
        name = _below(path, folder)
        try:
            episode = episode_of(f"{folder.resolve().name}/{name}")
            page = read_picture(path)
            cut = cut_page(page)
        except ToonkitError as error:
            report.skipped.append((name, str(error)))
            continue
        report.pages += 1
        report.skipped += [(name, reason) for reason in cut.reasons()]
        stem = _free_stem(f"episode{episode:02d}/{path.stem}", taken)
        panels = {f"{stem}_{number:02d}.jpg": box for number, box in enumerate(cut.panels)}
        split = "test" if episode > last_train else "train"
        for file, box in panels.items():
            panel = shrunk(box.of(page), side)
            sha256 = write_jpeg(out / file, panel, quality)
            height, width = panel.shape[1:]
            report.panels.append(PanelRow(file, name, *box, width, height, sha256, split))


def _free_stem(stem: str, taken: set[str]) -> str:
    """A name that no other page has, in any case: pages of two folders may be called alike."""
    free, number = stem, 2
    while free.casefold() in taken:
        free, number = f"{stem}-{number}", number + 1
    taken.add(free.casefold())
    return free


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
