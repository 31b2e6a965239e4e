"""Contact sheets, folder listings, resize rules, and the folder data sets."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader

from toonkit.images import contact_sheet, fit_picture, list_pictures, write_picture
from toonkit.images.folders import ClassFolders, PairedFolders, PictureFolder, UnpairedFolders
from toonkit.images.keyframes import read_frames
from toonkit.images.listing import evenly, walk_pictures
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import PictureError, ToonkitError


def folder_of(folder: Path, names: list[str], size: tuple[int, int] = (6, 8)) -> Path:
    """Write one flat picture a name, brightness rising with its place, so that a picture says which file it was."""
    folder.mkdir(parents=True)
    for place, name in enumerate(names):
        write_picture(folder / name, torch.full((3, *size), level(place)))
    return folder


def level(place: int) -> float:
    return (place * 25) / 127.5 - 1


def test_contact_sheet_places_every_picture():
    pictures = torch.stack([torch.full((3, 4, 6), float(value)) for value in (-1.0, -0.5, 0.0, 0.5, 0.9)])
    sheet = contact_sheet(pictures, columns=3, gap=2)
    assert sheet.shape == (3, 2 * (4 + 2) + 2, 3 * (6 + 2) + 2)
    for index in range(5):
        top, left = 2 + index // 3 * 6, 2 + index % 3 * 8
        assert torch.equal(sheet[:, top : top + 4, left : left + 6], pictures[index])
    assert sheet[:, :2].min() == 1 and sheet[:, :, :2].min() == 1 and sheet[:, 8:, 18:].min() == 1


def test_contact_sheet_of_one_and_of_few():
    one = torch.zeros(1, 3, 4, 4)
    assert contact_sheet(one, columns=5, gap=1).shape == (3, 6, 6)
    assert contact_sheet(one.repeat(2, 1, 1, 1), columns=5, gap=0).shape == (3, 4, 8)
    with pytest.raises(PictureError, match="column"):
        contact_sheet(one, columns=0)
    with pytest.raises(PictureError, match="N >= 1"):
        contact_sheet(torch.zeros(0, 3, 4, 4), columns=1)


def test_listing_is_sorted_and_leaves_out_the_rest(tmp_path):
    folder = folder_of(tmp_path / "in", ["b c.png", "a.JPG", "\U0001f600.webp", ".hidden.png"])
    (folder / "notes.txt").write_text("not a picture")
    folder_of(folder / "deep", ["z.png"])
    folder_of(folder / ".cache", ["z.png"])
    assert [path.name for path in list_pictures(folder)] == ["a.JPG", "b c.png", "\U0001f600.webp"]
    assert len(list_pictures(folder, recursive=True)) == 4


def test_folder_with_none_and_no_folder(tmp_path):
    with pytest.raises(PictureError, match="no picture in"):
        list_pictures(tmp_path)
    with pytest.raises(PictureError, match="not a folder"):
        list_pictures(tmp_path / "none")


def test_crop_keeps_proportions_and_stretch_keeps_everything():
    picture = torch.full((3, 20, 60), -1.0)
    picture[:, :, 20:40] = 1.0  # the middle third, a 20x20 square, is white
    assert fit_picture(picture, 10, "crop").min() > 0.99
    stretched = fit_picture(picture, 30, "stretch")  # white becomes 10 of 30 columns
    assert stretched[:, :, 11:19].min() > 0.99 and stretched[:, :, :9].max() < -0.99
    assert fit_picture(picture, (5, 7)).shape == (3, 5, 7)
    assert fit_picture(torch.zeros(2, 3, 1, 9), 4).shape == (2, 3, 4, 4)


def test_bad_sizes_and_rules():
    for size in (0, (4, -1)):
        with pytest.raises(ToonkitError, match="at least 1 pixel"):
            fit_picture(torch.zeros(3, 4, 4), size)
    with pytest.raises(ToonkitError, match="crop, stretch"):
        fit_picture(torch.zeros(3, 4, 4), 4, "zoom")


def test_unpaired_folders_draw_from_both_without_pairing(tmp_path):
    photos = folder_of(tmp_path / "photos", [f"{i}.png" for i in range(7)])
    toons = folder_of(tmp_path / "toons", [f"{i}.png" for i in range(5)])
    data = UnpairedFolders(photos, toons, size=4, seed=0)
    assert len(data) == 7 and data[0]["photo"].shape == (3, 4, 4)
    drawn = [round((item["toon"].mean().item() + 1) * 5.1) for item in data]
    assert sorted(drawn[:5]) == [0, 1, 2, 3, 4] and drawn[:5] != [0, 1, 2, 3, 4]
    again = UnpairedFolders(photos, toons, size=4, seed=0)
    assert torch.equal(data[3]["toon"], again[3]["toon"])
    assert len(data.unpaired("toon")) == 5 and next(iter(DataLoader(data, 4)))["photo"].shape == (4, 3, 4, 4)


def test_unpaired_folders_errors(tmp_path):
    photos = folder_of(tmp_path / "photos", ["a.png"])
    with pytest.raises(ToonkitError, match="same folder"):
        UnpairedFolders(photos, tmp_path / "photos" / ".." / "photos", size=4)
    data = UnpairedFolders(photos, folder_of(tmp_path / "toons", ["b.png"]), size=4)
    with pytest.raises(ToonkitError, match="photo, toon"):
        data.unpaired("comic")
    with pytest.raises(IndexError):
        data[1]


def test_paired_folders_pair_by_stem(tmp_path):
    photos = folder_of(tmp_path / "photos", ["a.png", "b.bmp", "c d.png"])
    toons = folder_of(tmp_path / "toons", ["a.webp", "b.png", "c d.tif"])
    data = PairedFolders(photos, toons, size=4)
    assert [item["name"] for item in (data[i] for i in range(3))] == ["a", "b", "c d"]
    assert all((data[i]["photo"] - data[i]["toon"]).abs().max() < 0.02 for i in range(3))
    folder_of(tmp_path / "more", ["a.png", "b.png"])
    with pytest.raises(ToonkitError, match=r"1 pictures.*'c d'"):
        PairedFolders(photos, tmp_path / "more", size=4)
    write_picture(photos / "a.bmp", torch.zeros(3, 2, 2))
    with pytest.raises(ToonkitError, match=r"a\.bmp and a\.png.*stem"):
        PairedFolders(photos, toons, size=4)


def test_class_folders(tmp_path):
    for name in ("both", "cat", "mouse"):
        folder_of(tmp_path / "data" / name, ["a.png"])
    (tmp_path / "data" / ".thumbnails").mkdir()
    data = ClassFolders(tmp_path / "data", size=4)
    assert data.classes == ["both", "cat", "mouse"] and len(data) == 3
    assert [data[i]["label"] for i in range(3)] == [0, 1, 2] and data[0]["photo"].shape == (3, 4, 4)
    (tmp_path / "data" / "empty").mkdir()
    with pytest.raises(PictureError, match="empty"):
        ClassFolders(tmp_path / "data", size=4)
    with pytest.raises(PictureError, match="class folders"):
        ClassFolders(tmp_path / "none", size=4)


def littered(folder: Path, pictures: list[str]) -> Path:
    """A folder with what systems and programs leave beside pictures, each with a picture's extension."""
    folder_of(folder, pictures)
    (folder / "._0.jpg").write_bytes(b"\0\x05\x16\x07 AppleDouble")
    folder_of(folder / ".ipynb_checkpoints", ["0-checkpoint.jpg"])
    folder_of(folder / "__MACOSX", ["._0.jpg"])
    return folder


def test_every_listing_has_one_rule(tmp_path):
    """Six pictures are six, however they are asked for."""
    names = [f"{index}.jpg" for index in range(6)]
    for side in ("cat", "mouse"):
        littered(tmp_path / "data" / side, names)
    folder_of(tmp_path / "data" / "__MACOSX", ["0.jpg"])
    cat = tmp_path / "data" / "cat"
    walked, skipped, failed = walk_pictures(cat, tmp_path / "out")
    assert [path.name for path in walked] == names and not skipped and not failed
    assert list_pictures(cat) == list_pictures(cat, recursive=True) == walked == PictureFolder(cat, 4).paths
    data = ClassFolders(tmp_path / "data", size=4)
    assert data.classes == ["cat", "mouse"] and data.targets == [0] * 6 + [1] * 6
    assert [Path(path) for path, _ in data.samples[:6]] == walked
    assert len(PairedFolders(cat, tmp_path / "data" / "mouse", 4)) == 6
    assert len(list(read_frames(cat))) == 6


def test_names_in_another_unicode_form_or_case_are_partners(tmp_path):
    composed, parted = (unicodedata.normalize(form, "chaté") for form in ("NFC", "NFD"))
    photos = folder_of(tmp_path / "photos", [f"{composed}.png", "IMG_1.JPG", "straße.png", "same.png"])
    toons = folder_of(tmp_path / "toons", [f"{parted}.png", "img_1.png", "STRASSE.png", "same.png"])
    data = PairedFolders(photos, toons, size=4)
    assert {(photo.name, toon.name) for photo, toon in data.pairs} == {
        (f"{composed}.png", f"{parted}.png"),
        ("IMG_1.JPG", "img_1.png"),
        ("straße.png", "STRASSE.png"),
        ("same.png", "same.png"),
    }
    assert sorted(data[index]["name"] for index in range(4)) == sorted([composed, "IMG_1", "straße", "same"])


def test_exact_names_come_first_and_doubt_is_an_error(tmp_path):
    (tmp_path / "letter").touch()
    if (tmp_path / "LETTER").exists():
        pytest.skip("this disk takes A and a for one name")
    photos = folder_of(tmp_path / "photos", ["a.png", "A.png"])
    data = PairedFolders(photos, folder_of(tmp_path / "toons", ["a.png", "A.png"]), size=4)
    assert all(photo.name == toon.name for photo, toon in data.pairs)
    with pytest.raises(ToonkitError, match=r"'A' and 'a'.*differ only in the case"):
        PairedFolders(photos, folder_of(tmp_path / "one", ["á.png", "ä.png"]), size=4)
    with pytest.raises(ToonkitError, match=r"1 pictures.*'a'"):
        PairedFolders(photos, folder_of(tmp_path / "two", ["A.png"]), size=4)


def test_samples_are_real_photographs():
    for name in SAMPLES:
        photo = sample_photo(name)
        assert photo.ndim == 3 and min(photo.shape[1:]) >= 300 and photo.min() >= -1 and photo.max() <= 1
        assert photo.std() > 0.2
    cat = sample_photo("cat")  # an orange cat: red above green above blue
    assert cat[0].mean() > cat[1].mean() > cat[2].mean()
    with pytest.raises(ToonkitError, match="astronaut, cat, coffee, rocket"):
        sample_photo("dog")


def test_evenly_spread() -> None:
    paths = [Path(str(number)) for number in range(10)]
    assert evenly(paths, 3) == [Path("0"), Path("3"), Path("6")]
    assert evenly(paths, 20) == paths
