"""Sheets: every photograph above what each way draws of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from toonkit.chapters.semantic.figures import ANIMALS, PEOPLE, held_out, sources_of
from toonkit.chapters.sheets import GAP, STRIP, drawn_beside, enlarged, in_blocks
from toonkit.images.open_pictures import open_pictures
from toonkit.images.sources import source_folder, source_ready
from toonkit.project.errors import SourceError, ToonkitError

SOURCES = ("coco53", "caltech101", "kodak", "felix", "coral")
needs_pictures = pytest.mark.skipif(not all(map(source_ready, SOURCES)), reason=f"needs {', '.join(SOURCES)}")


def test_rows_are_the_photographs_then_each_way() -> None:
    photos = [torch.full((3, 8, 8), value) for value in (0.1, 0.2, 0.3, 0.4)]
    ways = {"negative": lambda photo: -photo, "half": lambda photo: photo / 2}
    sheet = drawn_beside(photos, ways, columns=2, side=4)[:, :, STRIP + GAP :]
    middles = sheet[0, 4::6, 4::6]  # cells of 4 pixels with 2 between them
    wanted = [[0.1, 0.2], [-0.1, -0.2], [0.05, 0.1], [0.3, 0.4], [-0.3, -0.4], [0.15, 0.2]]
    assert torch.allclose(middles, torch.tensor(wanted), atol=1e-6)
    with pytest.raises(ToonkitError, match="3 pictures"):
        drawn_beside(photos[:3], ways, columns=2, side=4)


def test_blocks_keep_what_belongs_together_in_one_column() -> None:
    rows = {str(tens): torch.arange(4.0).view(4, 1, 1, 1).expand(4, 3, 2, 2) / 10 + tens for tens in (0.0, 0.5)}
    sheet = in_blocks(rows, columns=2)[:, :, STRIP + GAP :]
    middles = sheet[0, 2::4, 2::4]  # cells of 2 pixels with 2 between them
    assert torch.allclose(middles, torch.tensor([[0.0, 0.1], [0.5, 0.6], [0.2, 0.3], [0.7, 0.8]]))
    twice = enlarged(sheet)
    assert twice.shape == (3, 2 * sheet.shape[1], 2 * sheet.shape[2]) and torch.equal(twice[:, ::2, 1::2], sheet)


def test_rows_may_have_heights_of_their_own() -> None:
    rows = {"high": torch.full((2, 3, 9, 4), 0.5), "low": torch.full((2, 3, 3, 4), -0.5)}
    sheet = in_blocks(rows, columns=2)
    assert sheet.shape == (3, GAP + 9 + GAP + 3 + GAP, STRIP + GAP + 2 * (GAP + 4) + GAP)
    column = sheet[0, :, -GAP - 1]
    assert column.tolist() == [1.0] * GAP + [0.5] * 9 + [1.0] * GAP + [-0.5] * 3 + [1.0] * GAP


def test_each_row_says_what_it_is_from_bottom_to_top() -> None:
    rows = {name: torch.zeros(2, 3, 80, 80) for name in ("photograph", "i", "")}
    strip = in_blocks(rows, columns=1)[0, :, : STRIP + GAP]
    inks = [(1 - strip[top : top + 80]).sum(1) for top in range(GAP, 6 * 82, 82)]  # of three rows, twice
    assert torch.equal(inks[0], inks[3]) and inks[0].sum() > 5 * inks[1].sum() > 0 and inks[2].sum() == 0
    long = (inks[0] > 0).nonzero()
    assert 60 < int(long.max() - long.min()) < 80 and float(inks[0].sub(inks[0].flip(0)).abs().sum()) > 0


def test_the_sheets_show_twenty_photographs_of_five_sources_once() -> None:
    assert len(PEOPLE) == len(ANIMALS) == 10 and len({*PEOPLE, *ANIMALS}) == 20
    assert set(sources_of([*PEOPLE, *ANIMALS])) == set(SOURCES)


def test_without_its_sources_a_sheet_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    with pytest.raises(SourceError, match="coco53 are not in TOONKIT_MIRROR"):
        held_out(PEOPLE)


@needs_pictures
def test_what_a_sheet_shows_no_run_saw() -> None:
    trained = {path for source in SOURCES for path in open_pictures(source, "train")}
    shown = held_out([*PEOPLE, *ANIMALS])
    assert all(path.is_file() for path in shown) and not trained & set(shown)
    seen = open_pictures("kodak", "train")[0].relative_to(source_folder("kodak")).as_posix()
    with pytest.raises(ToonkitError, match=f"kodak/{seen} is not held out"):
        held_out([f"kodak/{seen}"])


def test_columns_are_named_above_the_first_block() -> None:
    rows = {name: torch.full((4, 3, 20, 60), -1.0) for name in ("one", "two")}
    plain, headed = in_blocks(rows, 2), in_blocks(rows, 2, ("left", "right"))
    strip, below = headed[:, : headed.shape[1] - plain.shape[1]], headed[:, headed.shape[1] - plain.shape[1] :]
    assert torch.equal(below, plain) and strip.shape[1] == STRIP
    words = (strip < 0).any(0).any(0)  # columns of pixels with ink
    middle = STRIP + 2 * GAP + 60
    assert words[STRIP + GAP : middle].any() and words[middle:].any() and not words[: STRIP + GAP].any()
    with pytest.raises(ToonkitError, match="1 heads for 2 columns"):
        in_blocks(rows, 2, ("left",))
