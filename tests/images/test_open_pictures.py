"""Open pictures: what is for testing, that nothing is on both sides, which licences there are and whom to thank."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest
import torch

from toonkit.chapters.cartoongan.data import held_out_photographs
from toonkit.chapters.painted.pictures import DRAWINGS, PHOTOGRAPHS, drawing_paths
from toonkit.images.caltech101 import person_of, picture_number
from toonkit.images.licences import PictureLicence, free_pictures, picture_licences
from toonkit.images.manifests import MANIFESTS, load_sources, read_manifest
from toonkit.images.open_pictures import (
    PICTURES,
    credits,
    episode_of,
    open_pictures,
    picture_names,
    read_open_picture,
)
from toonkit.images.picture import read_picture, write_picture
from toonkit.project.errors import SourceError, ToonkitError

needs_mirror = pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")


def _sides(source: str) -> dict[str, str]:
    """Each picture of a source and its side, from the manifest alone."""
    names = picture_names(source)
    return dict(zip(names, PICTURES[source].sides(names), strict=True))


@pytest.mark.parametrize("source", [name for name in PICTURES if name != "peppercarrot"])
def test_an_eighth_is_for_testing_and_panels_by_episode(source):
    sides = list(_sides(source).values())
    share = sides.count("test") / len(sides)
    assert 0.1 < share < (0.3 if source in ("peppercarrot-panels", "cld", "kodak") else 0.15)
    assert set(sides) == {"train", "test"}


def test_no_person_no_episode_and_no_drawing_is_on_both_sides():
    groups = {
        "caltech101": lambda path: person_of(picture_number(path)) if "Faces_easy" in path else path,
        "peppercarrot-panels": lambda path: path.split("/")[0],
        "fluent-emoji": lambda path: path.split("/")[1],  # its shaded and its flat rendering
    }
    for source, group in groups.items():
        found: dict[object, set[str]] = {}
        for path, side in _sides(source).items():
            found.setdefault(group(path), set()).add(side)
        assert all(len(sides) == 1 for sides in found.values()), source
    assert {path for path, side in _sides("caltech101").items() if side == "test" and "Faces" in path}


def test_masks_and_tables_are_no_pictures():
    assert len(picture_names("coral")) == 7 and not any("mask" in path for path in picture_names("coral"))
    assert len(picture_names("coco53")) == 53 and len(picture_names("felix")) == 90
    assert len(picture_names("fluent-emoji")) == 2 * 1595 and len(picture_names("dicebear")) == 1400


def test_every_source_of_pictures_is_known_and_thanked():
    assert set(PICTURES) <= set(load_sources())
    lines = credits([*PICTURES, "scikit-image", "kodak"])
    assert len(lines) == len(PICTURES) + 1  # once each
    for name, line in zip([*PICTURES, "scikit-image"], lines, strict=True):
        assert line.startswith(f"{name}: ") and any(word in line for word in ("CC", "MIT", "free use"))
    with pytest.raises(ToonkitError, match="unknown source 'elsewhere'"):
        credits(["elsewhere"])


def test_wrong_names_and_absent_sources_are_refused(monkeypatch, tmp_path):
    with pytest.raises(ToonkitError, match="unknown split 'val'; known: train, test"):
        open_pictures("kodak", "val")
    with pytest.raises(ToonkitError, match="unknown source of pictures 'squeezenet'; known: caltech101"):
        open_pictures("squeezenet", "train")
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    with pytest.raises(SourceError, match="12 of 12 files of kodak are not in TOONKIT_MIRROR"):
        open_pictures("kodak", "train")


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("CC BY 2.0", True),
        ("CC BY-SA", True),
        ("CC0", True),
        ("CC BY-NC 2.0", False),
        ("CC BY-NC-SA 2.0", False),
        ("CC BY-ND 4.0", False),
        ("No known copyright restrictions", False),
        ("", False),
    ],
)
def test_what_is_free(licence, free):
    assert PictureLicence(licence, "someone").free is free


def test_coco_s_picture_without_a_licence_is_left_out():
    with (MANIFESTS / "coco53_licences.csv").open(newline="") as file:
        without = [row["path"] for row in csv.DictReader(file) if not row["licence"].startswith("CC BY")]
    free = free_pictures("coco53", Path("unused"))
    assert without == ["images/train2017/000000000086.jpg"] and not set(without) & free and len(free) == 52


def test_a_damaged_table_of_licences_is_an_error(tmp_path):
    (tmp_path / "study_data").mkdir()
    with pytest.raises(SourceError, match="table of licences of felix cannot be read"):
        free_pictures("felix", tmp_path)
    (tmp_path / "study_data" / "Image_Level_Data.csv").write_text("Image,License\n101,CC0\n")
    with pytest.raises(SourceError, match="table of licences of felix cannot be read: 'Artist'"):
        free_pictures("felix", tmp_path)


def test_coral_s_pictures_are_under_the_heading_above_them(tmp_path):
    text = "Open Images\nLicense: Attribution (CC BY 2.0)\n\n- a.bmp, b.jpg\n  https://one\n\n- c.jpg d.bmp\n   https://two\n"
    (tmp_path / "COPYRIGHT").write_text(
        text + "\nOthers\nLicense: all rights reserved\n- e.bmp\n  https://three\n"
        "\nMore\nLicense: Attribution-NonCommercial (CC BY-NC 2.0)\n- f.bmp\n  https://four\n"
        "\nNo word of it\n- g.bmp\n  https://five\n"
    )
    found = picture_licences("coral", tmp_path)
    assert {name: one.author for name, one in found.items()} == {
        "a.bmp": "https://one",
        "b.jpg": "https://one",
        "c.jpg": "https://two",
        "d.bmp": "https://two",
        "e.bmp": "https://three",
        "f.bmp": "https://four",
        "g.bmp": "https://five",
    }
    assert found["d.bmp"].licence == "CC BY 2.0" and found["f.bmp"].licence == "CC BY-NC 2.0"
    assert free_pictures("coral", tmp_path) == {*found} - {"e.bmp", "f.bmp", "g.bmp"}


@needs_mirror
def test_felix_gives_only_pictures_with_a_licence_of_their_own():
    root = Path(os.environ["TOONKIT_MIRROR"]) / "felix"
    shown = [path.relative_to(root).as_posix() for split in ("train", "test") for path in open_pictures("felix", split)]
    assert len(shown) == 60 and not any("Excluded" in path for path in shown)
    licences = picture_licences("felix", root)
    assert set(shown) == set(licences) and all(licences[path].author for path in shown)


@needs_mirror
def test_a_mirror_in_a_folder_with_a_telling_name_changes_nothing(monkeypatch, tmp_path):
    """Neither "mask" nor "felix" in the way to the mirror hides or crops pictures."""
    place = tmp_path / "felix" / "masks"
    place.mkdir(parents=True)
    try:
        (place / "coral").symlink_to(Path(os.environ["TOONKIT_MIRROR"]) / "coral")
    except OSError:
        pytest.skip("this system makes no links")
    monkeypatch.setenv("TOONKIT_MIRROR", str(place))
    (path,) = open_pictures("coral", "test")
    assert len(open_pictures("coral", "train")) == 6
    assert torch.equal(read_open_picture(path), read_picture(path))


def test_felix_s_frame_and_mark_are_cut_off(tmp_path):
    folder = tmp_path / "felix" / "image_files" / "Excluded"
    folder.mkdir(parents=True)
    picture = torch.ones(3, 600, 800)
    picture[:, 14:515, 14:786] = -1
    write_picture(folder / "102.png", picture)
    assert read_open_picture(folder / "102.png").unique().tolist() == [-1]


@needs_mirror
def test_chapters_share_the_split():
    held_out = [read_picture(path, 32) for path in open_pictures("caltech101", "test")[:2]]
    assert torch.equal(held_out_photographs(32, 2), torch.stack(held_out))
    assert set(PHOTOGRAPHS) | set(DRAWINGS) <= set(PICTURES)
    for source in DRAWINGS:
        assert set(drawing_paths(source, "test")) <= set(open_pictures(source, "test"))
        assert not set(drawing_paths(source, "train")) & set(open_pictures(source, "test"))


def test_pictures_come_from_the_manifest_alone(monkeypatch, tmp_path):
    """A file that lies in the folder by accident does not move the others to another side."""
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    for entry in read_manifest("cld"):
        path = tmp_path / "cld" / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    monkeypatch.setattr("toonkit.images.sources.difference", lambda *_: "")
    before = open_pictures("cld", "test")
    (tmp_path / "cld" / "data" / "aaa.jpg").write_bytes(b"")
    assert open_pictures("cld", "test") == before


def test_episodes_are_read_from_names():
    names = {
        "episode08/x.jpg": 8,
        "peppercarrot_ep03_translation/gfx_Pepper-and-Carrot_by-David-Revoy_E03P01.png": 3,
        "E11P02.png": 11,
        "Episode 20/page1.png": 20,
        "ep-7.png": 7,
    }
    assert {name: episode_of(name) for name in names} == names
    for name in ("page1.png", "step08.png", "deep9/here2.png"):
        with pytest.raises(ToonkitError, match="names no episode"):
            episode_of(name)
