"""Comic pages: cut to the pixel where the truth is made here, and as a person counts where a painter made them."""

from __future__ import annotations

import csv
import io
import os
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from toonkit.cli import main
from toonkit.images import fit_picture, read_picture, write_picture
from toonkit.images.comic_pages import Box, cut_page
from toonkit.images.panel_sets import make_panels
from toonkit.images.picture import to_bytes
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import PictureError, ToonkitError

needs_mirror = pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
HEIGHT, WIDTH = 420, 300
GRID = [Box(12, 12, 150, 288), Box(162, 12, 280, 140), Box(162, 152, 280, 288), Box(292, 12, 408, 288)]
BLEEDING = [Box(0, 0, 150, 300), Box(162, 0, 420, 140), Box(162, 152, 300, 300), Box(312, 152, 420, 300)]
WHITE, BLACK, RED, CREAM = (1, 1, 1), (-1, -1, -1), (0.6, -0.8, -0.7), (0.95, 0.9, 0.7)
PANELS = ("coffee", "cat", "astronaut", "rocket")
# By eye, in pixels of pages shown 924 wide: (top, left, bottom, right) of every panel. Three pages have none.
SHOWN = 924
SEEN = {
    "E03P00": [],
    "E03P01": [(38, 38, 785, 886), (811, 38, 1266, 329), (811, 342, 1266, 607), (811, 621, 1266, 886)],
    "E03P02": [
        (38, 38, 405, 886),
        (432, 38, 684, 886),
        (711, 38, 1039, 886),
        (1065, 38, 1266, 456),
        (1065, 469, 1266, 886),
    ],
    "E08P00": [],
    "E08P01": [(38, 38, 561, 886), (587, 38, 739, 886), (765, 38, 906, 886), (932, 38, 1266, 886)],
    "E08P02": [
        (38, 38, 355, 886),
        (381, 128, 607, 797),
        (634, 38, 1266, 317),
        (634, 330, 1266, 595),
        (634, 609, 1266, 886),
    ],
    "E11P00": [],
    "E11P01": [
        (38, 38, 595, 886),
        (621, 38, 1026, 314),
        (621, 328, 1026, 595),
        (621, 609, 1026, 886),
        (1052, 38, 1266, 886),
    ],
    "E11P02": [(38, 38, 265, 886), (292, 38, 532, 886), (558, 38, 975, 886), (1001, 38, 1266, 886)],
}


def _page(boxes: list[Box], colour=WHITE, noise: float = 0.0) -> Tensor:
    """Photographs pasted on a page of one colour, (3, HEIGHT, WIDTH), with noise everywhere (deviation in bytes)."""
    page = torch.tensor(colour).float().view(3, 1, 1).repeat(1, HEIGHT, WIDTH)
    for number, box in enumerate(boxes):
        photo = sample_photo(PANELS[number % len(PANELS)])
        box.of(page)[:] = fit_picture(photo, (box.bottom - box.top, box.right - box.left))
    generator = torch.Generator().manual_seed(0)
    return (page + noise / 127.5 * torch.randn(page.shape, generator=generator)).clamp(-1, 1)


def _jpeg(page: Tensor, quality: int) -> Tensor:
    encoded = io.BytesIO()
    Image.fromarray(to_bytes(page).permute(1, 2, 0).numpy()).save(encoded, "JPEG", quality=quality)
    return torch.from_numpy(np.array(Image.open(encoded))).permute(2, 0, 1).float() / 127.5 - 1


def _furthest(found: tuple[Box, ...], truth: list[Box]) -> int:
    """How far the worst edge is from the truth, in pixels; the numbers of panels must agree."""
    assert len(found) == len(truth), found
    return int(np.abs(np.subtract(found, truth)).max())


@pytest.mark.parametrize("boxes", [GRID, BLEEDING], ids=["margins", "bleeding"])
@pytest.mark.parametrize("colour", [WHITE, BLACK, RED, CREAM], ids=["white", "black", "red", "cream"])
@pytest.mark.parametrize("quality", [None, 95, 75, 60])
def test_known_boxes_are_found_within_two_pixels(boxes, colour, quality):
    page = _page(boxes, colour)
    cut = cut_page(page if quality is None else _jpeg(page, quality))
    assert _furthest(cut.panels, boxes) <= 2 and not cut.one_picture and not cut.dropped
    assert np.abs(np.subtract(cut.background, to_bytes(page[:, 155:156, :1])[:, 0, 0].numpy())).max() <= 2


@pytest.mark.parametrize("noise", [1, 3, 5])
def test_a_noisy_background_is_a_background(noise):
    assert _furthest(cut_page(_page(GRID, CREAM, noise)).panels, GRID) <= 2


def test_a_photograph_is_one_picture():
    for name in SAMPLES:
        for quality in (None, 75):
            photo = sample_photo(name) if quality is None else _jpeg(sample_photo(name), quality)
            cut = cut_page(photo)
            assert cut.one_picture and cut.panels == (Box(0, 0, *photo.shape[1:]),) and str(cut) == "one picture"


def test_a_picture_with_a_margin_loses_it_and_one_with_a_flat_sky_keeps_it():
    framed = cut_page(_page([Box(20, 30, 400, 270)], BLACK))
    assert framed.one_picture and _furthest(framed.panels, [Box(20, 30, 400, 270)]) <= 2
    sky = cut_page(_page([Box(100, 0, 420, 300)], (0.1, 0.3, 0.8)))
    assert sky.one_picture and sky.panels == (Box(0, 0, 420, 300),)


def test_a_painting_that_fades_into_the_paper_and_back_is_not_cut():
    y = torch.linspace(-1, 1, 380).view(1, -1, 1)
    page = _page([])
    texture = (torch.arange(276) // 4 % 2 * 2 - 1).view(1, 1, -1) * 0.3
    page[:, 20:400, 12:288] = (1 - (1 + texture) * 1.2 * (y.abs() - 0.1).clamp(min=0)).clamp(-1, 1)
    cut = cut_page(page)
    assert len(cut.panels) <= 1 and not any(box.bottom - box.top < 300 for box in cut.panels)


def test_insets_stay_and_lettering_and_crumbs_go():
    page = _page(GRID)
    page[:, 300:340, 20:60] = 1  # an inset with its own white rim
    page[:, 304:336, 24:56] = -0.5
    assert _furthest(cut_page(page).panels, GRID) <= 2
    boxes = [Box(12, 12, 180, 288), Box(230, 12, 408, 288)]
    lettered = _page(boxes)
    for start in range(30, 270, 12):
        lettered[:, 196:214, start : start + 4] = -1  # the uprights of letters: a third of their strip
    cut = cut_page(lettered)
    assert _furthest(cut.panels, boxes) <= 2 and {reason[:9] for _, reason in cut.dropped} == {"too small"}
    lettered[:, 196:214] = 1
    lettered[:, 196:214, 30:60] = -0.4  # 18 x 30 pixels of 126,000
    cut = cut_page(lettered)
    assert cut.dropped[0][0] == (196, 30, 214, 60) and str(cut).startswith("2 panels; 1 part too small: below 2%")


def test_a_framed_drawing_on_white_is_a_panel_and_the_same_lines_without_a_frame_are_not():
    page = _page([])
    for box in (Box(12, 12, 200, 288), Box(220, 12, 408, 288)):
        box.of(page)[:] = -1
        box.of(page)[:, 3:-3, 3:-3] = 1  # ink around white
    assert len(cut_page(page).panels) == 2
    page = _page([])
    page[:, 50:60, 20:280] = page[:, 90:100, 20:280] = -1
    with pytest.raises(PictureError, match="nothing on this page is a panel: 2 parts too small"):
        cut_page(page)
    page[:, 50:100, 20:30] = page[:, 55:60, 30:280] = page[:, 90:100, 200:290] = -1
    with pytest.raises(PictureError, match="nothing on this page is a panel: 1 part lettering or loose drawing"):
        cut_page(page)


def test_grey_tiny_and_empty_pages_say_so():
    grey = _page(GRID).mean(0, keepdim=True).repeat(3, 1, 1)
    assert _furthest(cut_page(grey).panels, GRID) <= 2
    with pytest.raises(PictureError, match=r"a picture is \(3, height, width\), not \(1, 420, 300\)"):
        cut_page(grey[:1])
    with pytest.raises(PictureError, match="60x420 pixels is too small to cut; its short side needs 64"):
        cut_page(grey[:, :, :60])
    with pytest.raises(PictureError, match=r"one colour, \(128, 128, 128\): there is nothing to cut"):
        cut_page(torch.zeros(3, 100, 100))
    with pytest.raises(PictureError, match="one colour"):
        cut_page(_page([], CREAM, noise=1))
    with pytest.raises(PictureError, match="bring them into"):
        cut_page(torch.full((3, 100, 100), torch.nan))


def _folder(tmp_path: Path) -> Path:
    for name in ("ep03/page1.png", "ep03/page2.png", "ep18/page1.png"):
        (tmp_path / "comic" / name).parent.mkdir(parents=True, exist_ok=True)
        write_picture(tmp_path / "comic" / name, _page(GRID))
    write_picture(tmp_path / "comic" / "ep03" / "blank.png", torch.ones(3, 100, 100))
    write_picture(tmp_path / "comic" / "cover.png", _page(GRID))
    (tmp_path / "comic" / "ep03" / "broken.png").write_bytes(b"none")
    return tmp_path / "comic"


def test_a_folder_becomes_a_set_split_by_episode(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["panels", str(_folder(tmp_path)), "-o", str(out), "--side", "100"]) == 0
    said = capsys.readouterr().out
    assert "12 panels of 3 pages: 8 for training, 4 for testing" in said
    assert "left out cover.png: " in said and "names no episode" in said
    assert "left out ep03/blank.png: this page has one colour" in said and "left out ep03/broken.png: " in said
    with (out / "panels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["panel"] for row in rows} == {p.relative_to(out).as_posix() for p in out.rglob("*.jpg")}
    for row, truth in zip(rows, 3 * GRID, strict=True):
        box = [int(row[name]) for name in ("top", "left", "bottom", "right")]
        assert np.abs(np.subtract(box, truth)).max() <= 2
        assert row["split"] == ("train" if row["page"].startswith("ep03") else "test")
        assert row["panel"].startswith("episode03/" if row["split"] == "train" else "episode18/")
        assert sha256((out / row["panel"]).read_bytes()).hexdigest() == row["sha256"]
        panel = read_picture(out / row["panel"])
        assert panel.shape == (3, int(row["height"]), int(row["width"])) and min(panel.shape[1:]) == 100


def test_what_cannot_become_a_set_is_refused(tmp_path):
    folder = _folder(tmp_path)
    for settings in ({"side": 8}, {"quality": 0}, {"quality": 101}):
        with pytest.raises(ToonkitError, match="the side is at least 16 pixels, the quality 1 to 100"):
            make_panels(folder, tmp_path / "out", **settings)
    with pytest.raises(ToonkitError, match="is no empty folder"):
        make_panels(folder, folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureError, match="no page to cut"):
        make_panels(tmp_path / "empty", tmp_path / "out")
    write_picture(tmp_path / "empty" / "E01P00.png", torch.ones(3, 100, 100))
    with pytest.raises(ToonkitError, match=r"none of 1 pages .* could be cut: this page has one colour"):
        make_panels(tmp_path / "empty", tmp_path / "out")


def test_the_folder_s_own_name_may_tell_the_episode(tmp_path):
    (tmp_path / "episode 17").mkdir()
    write_picture(tmp_path / "episode 17" / "a.png", _page(GRID))
    report = make_panels(tmp_path / "episode 17", tmp_path / "out")
    assert {row.split for row in report.panels} == {"test"} and (tmp_path / "out" / "episode17" / "a_00.jpg").is_file()
    report = make_panels(tmp_path / "episode 17", tmp_path / "again", last_train=17)
    assert {row.split for row in report.panels} == {"train"}


@needs_mirror
@pytest.mark.parametrize("page", list(SEEN))
def test_painted_pages_are_cut_as_a_person_counts(page):
    (path,) = (Path(os.environ["TOONKIT_MIRROR"]) / "peppercarrot").rglob(f"*_{page}.png")
    picture = read_picture(path)
    if not SEEN[page]:
        with pytest.raises(PictureError, match=r"nothing on this page is a panel|this page has one colour"):
            cut_page(picture)
        return
    seen = np.multiply(SEEN[page], picture.shape[2] / SHOWN)
    found = cut_page(picture).panels
    assert len(found) == len(seen) and np.abs(np.subtract(found, seen)).max() <= 3


@needs_mirror
def test_panels_are_those_of_the_source_cut_from_the_same_pages(tmp_path):
    """That source leaves out panels that are very long; all it has of these pages must be found, alike and as large."""
    mirror = Path(os.environ["TOONKIT_MIRROR"])
    make_panels(mirror / "peppercarrot", tmp_path / "out")
    ours = {path: read_picture(path) for path in (tmp_path / "out").rglob("*.jpg")}
    compared = 0
    for page in SEEN:
        for path in (mirror / "peppercarrot-panels" / f"episode{page[1:3]}").glob(f"{page}_*.jpg"):
            theirs = read_picture(path)
            pages = [panel for name, panel in ours.items() if f"_{page}_" in name.name]
            alike = [panel for panel in pages if np.abs(np.subtract(panel.shape, theirs.shape)).max() <= 4]
            apart = [(fit_picture(panel, theirs.shape[1:], "stretch") - theirs).abs().mean() for panel in alike]
            assert min(apart) < 0.05, path
            compared += 1
    assert compared >= 18


@needs_mirror
def test_panels_are_not_cut_again():
    """Smooth skies and speed lines are no gutters, though a line through them has nearly one colour."""
    folder = Path(os.environ["TOONKIT_MIRROR"]) / "peppercarrot-panels"
    chosen = ["E09P04_02", "E10P04_00", "E14P02_02", "E19P01_01"]  # paintings with slow changes from edge to edge
    paths = [path for name in chosen for path in folder.rglob(f"{name}.jpg")] + sorted(folder.rglob("*.jpg"))[::12]
    assert len(paths) > 30 and all(cut_page(read_picture(path)).one_picture for path in paths)
