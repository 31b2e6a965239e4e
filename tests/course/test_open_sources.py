"""The open sources as a notebook shows them: one table, one sheet, and what is not here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toonkit.course.open_sources import absent_sources, sources_sheet, sources_table
from toonkit.images.manifests import OPEN, load_sources, read_manifest
from toonkit.images.open_pictures import PICTURES, credits, open_pictures

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nothing_here(monkeypatch, tmp_path):
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))


def test_without_any_source_the_notebook_says_what_is_not_here(nothing_here):
    lines = sources_table().splitlines()
    listed = [name for name, source in load_sources().items() if source.tier in OPEN]
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == listed
    assert all(line.endswith("| no |") for line in lines[2:]) and sources_sheet() is None
    fetched, made, own = absent_sources().splitlines()
    assert "kodak" in fetched and "dicebear" in made and "celeba" in own
    shown = [name for name, source in load_sources().items() if source.tier != "network"]
    assert all(name in f"{fetched} {made} {own}" for name in shown)


@pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
def test_the_sheet_has_one_picture_a_source_and_thanks_everybody():
    figure = sources_sheet()
    titles = [axis.get_title() for axis in figure.axes if axis.images]
    assert [title.split(":")[0] for title in titles] == list(PICTURES)
    assert all(
        f"{len(open_pictures(n, 'train'))} + {len(open_pictures(n, 'test'))}" in t
        for n, t in zip(PICTURES, titles, strict=True)
    )
    assert all("CC" in title for title in titles if title.startswith(("felix", "coco53")))
    below = " ".join(figure.get_supxlabel().split())
    assert all(line.split(";")[0] in below for line in credits(PICTURES))
    assert absent_sources().startswith("Not here, fetched by `toonkit fetch NAME`: none.")


def test_the_data_folder_s_page_lists_every_open_source() -> None:
    """Title, number of files, licence, credit and address in one row each, and of the made ones how."""
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for source in load_sources().values():
        if source.tier in OPEN:
            (row,) = [line for line in page.splitlines() if line.startswith(f"| `{source.name}` |")]
            parts = (source.title, source.licence, source.credit, source.home, f"{len(read_manifest(source.name)):,}")
            assert all(part in row for part in parts)
        if source.tier == "made":
            assert f"- `{source.name}`: {source.how}" in page


def test_the_data_folder_s_page_lists_every_network() -> None:
    """Title, size, licence, whose it is, which report takes it what for, and its address, in one row each."""
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for source in load_sources().values():
        if source.tier == "network":
            (row,) = [line for line in page.splitlines() if line.startswith(f"| `{source.name}` |")]
            size = f"{sum(entry.size for entry in read_manifest(source.name)) / 1e6:.1f} MB"
            parts = (source.title, size, source.licence, source.credit, source.report, source.used, source.home)
            assert all(part in row for part in parts), source.name
