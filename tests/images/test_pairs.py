"""Folders of four-panel pictures cut into pairs: the paste position is the truth; every refusal; a call repeated."""

from __future__ import annotations

import csv

import pytest
import torch

from toonkit.cli import main
from toonkit.images import fit_picture, pairs, read_picture, write_picture
from toonkit.images.folders import PairedFolders
from toonkit.images.pairs import MARK, make_pairs
from toonkit.images.panels import cut_panels, find_seams
from toonkit.images.samples import SAMPLES, sample_photo
from toonkit.project.errors import PictureError, ToonkitError


def photos(size: int = 64) -> torch.Tensor:
    return torch.stack([fit_picture(sample_photo(name), size) for name in SAMPLES])[:4]


def panels(order=(0, 1, 2, 3), size: int = 64) -> torch.Tensor:
    a, b, c, d = photos(size)[list(order)]
    return torch.cat([torch.cat([a, b], 2), torch.cat([c, d], 2)], 1)


def framed(colour: tuple[float, ...], gutter: int) -> torch.Tensor:
    """Panels of 64 pixels at rows 5 and 69 + gutter, columns 7 and 71 + gutter, on one colour."""
    picture = torch.tensor(colour).view(3, 1, 1).repeat(1, 141 + gutter, 144 + gutter)
    for index, photo in enumerate(photos()):
        y, x = 5 + index // 2 * (64 + gutter), 7 + index % 2 * (64 + gutter)
        picture[:, y : y + 64, x : x + 64] = photo
    return picture


def rows(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("colour", [(1.0, 1.0, 1.0), (-1.0, -1.0, -1.0), (0.9, -0.7, 0.2)])
@pytest.mark.parametrize("gutter", [2, 6])
def test_panels_in_a_border(colour, gutter):
    seams = find_seams(framed(colour, gutter))
    assert seams.found and seams.rows == (69, 69 + gutter) and seams.columns == (71, 71 + gutter)
    assert seams.frame == (5, 133 + gutter, 7, 135 + gutter)
    assert torch.equal(cut_panels(framed(colour, gutter), seams), photos())


@pytest.mark.parametrize(("top", "right"), [(0, 28), (28, 0), (20, 20)])
def test_panels_off_centre_stay_in_step(top, right):
    picture = panels()[:, top:, : 128 - right]
    seams = find_seams(picture)
    assert seams.found and seams.rows == (64 - top,) * 2 and seams.columns == (64, 64)
    assert torch.equal(cut_panels(picture, seams), photos()[:, :, top:, : 64 - right])


@pytest.mark.parametrize("sky", [6, 20, 40])
@pytest.mark.parametrize("upper", [False, True])
def test_a_flat_sky_beside_the_seam_is_no_gutter(sky, upper):
    blue = torch.tensor([0.6, 0.7, 0.9]).view(3, 1, 1)
    share = ((torch.arange(256) - sky) / 128).clamp(0, 1).view(1, -1, 1)  # none of the picture, then more and more
    picture = panels(size=256)
    half = picture[:, :256] if upper else picture[:, 256:]
    half.copy_(torch.lerp(blue, half, share.flip(1) if upper else share))
    seams = find_seams(picture)
    assert (seams.rows, seams.columns) == ((256, 256), (256, 256))


def test_nine_panels_and_a_flat_picture_are_not_four():
    band = torch.cat([*photos()[:3]], 2)
    assert not find_seams(torch.cat([band, band.roll(64, 2), band], 1)).found
    assert not find_seams(torch.ones(3, 64, 64)).found


@pytest.fixture
def crawl(tmp_path):
    folder = tmp_path / "crawl"
    (folder / "deep").mkdir(parents=True)
    write_picture(folder / "a.png", panels())
    write_picture(folder / "b.jpg", panels())
    write_picture(folder / "c.png", photos(128)[0])
    write_picture(folder / "deep" / "d.png", panels((3, 2, 1, 0)))
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("hello")
    return folder


def test_every_file_is_a_pair_or_has_a_reason(crawl, tmp_path):
    report = make_pairs(crawl, tmp_path / "out")
    assert [(file, name) for file, name, _ in report.accepted] == [("a.png", "a"), ("deep/d.png", "deep-d")]
    reasons = {row["file"]: row["reason"] for row in rows(tmp_path / "out" / "rejected.csv")}
    assert sorted(reasons) == ["b.jpg", "broken.png", "c.png", "notes.txt"] and reasons["b.jpg"] == "duplicate of a.png"
    assert "no four panels" in reasons["c.png"] and "extension" in reasons["notes.txt"]
    assert rows(tmp_path / "out" / "pairs.csv")[0] | {"strength": ""} == {
        **{"file": "a.png", "name": "a", "upper_end": "64", "lower_start": "64", "left_end": "64", "right_start": "64"},
        **{"top": "0", "bottom": "128", "left": "0", "right": "128", "strength": ""},
    }
    assert len(PairedFolders(tmp_path / "out" / "photo", tmp_path / "out" / "toon", 64)) == 2
    for side, panel in (("photo", 0), ("toon", 3)):
        assert (read_picture(tmp_path / "out" / side / "a.png") - photos()[panel]).abs().max() < 0.01
    assert not (tmp_path / "out" / MARK).exists()


def test_several_cartoons_and_names_that_clash(tmp_path):
    (tmp_path / "in" / "x").mkdir(parents=True)
    write_picture(tmp_path / "in" / "x-y.png", panels())
    write_picture(tmp_path / "in" / "x" / "Y.png", panels((3, 2, 1, 0)))
    report = make_pairs(tmp_path / "in", tmp_path / "out", photo=1, toons=(2, 0))
    assert [name for _, name, _ in report.accepted] == ["x-y", "x-Y-2"]
    assert {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()} == {"photo", "toon-0", "toon-2"}
    assert (read_picture(tmp_path / "out" / "toon-2" / "x-y.png") - photos()[2]).abs().max() < 0.01


def test_a_stopped_call_is_repeated(crawl, tmp_path, monkeypatch):
    def stop(path, *_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pairs, "_write_tables", stop)
        make_pairs(crawl, tmp_path / "out")
    assert (tmp_path / "out" / MARK).exists() and not (tmp_path / "out" / "pairs.csv").exists()
    assert len(make_pairs(crawl, tmp_path / "out").accepted) == 2
    with pytest.raises(ToonkitError, match="holds pairs already"):
        make_pairs(crawl, tmp_path / "out")
    (crawl / "a.png").unlink()
    make_pairs(crawl, tmp_path / "out", overwrite=True)
    assert sorted(path.name for path in (tmp_path / "out" / "photo").iterdir()) == ["b.png", "deep-d.png"]


def test_refusals(crawl, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureError, match="no picture"):
        make_pairs(tmp_path / "empty", tmp_path / "out")
    with pytest.raises(ToonkitError, match="different panels"):
        make_pairs(crawl, tmp_path / "out", photo=3)
    for out in (crawl, tmp_path):
        with pytest.raises(ToonkitError, match="lies in the output"):
            make_pairs(crawl, out, overwrite=True)
    with pytest.raises(ToonkitError, match=r"holds 'd\.png'"):
        make_pairs(crawl, crawl / "deep", overwrite=True)
    with pytest.raises(ToonkitError, match="is a file"):
        make_pairs(crawl, crawl / "notes.txt")


def test_no_panel_anywhere(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    write_picture(tmp_path / "in" / "one.png", photos(128)[0])
    assert main(["pairs", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 2
    assert "none of 1 pictures" in capsys.readouterr().err
    assert [row["file"] for row in rows(tmp_path / "out" / "rejected.csv")] == ["one.png"]
    write_picture(tmp_path / "in" / "two.png", panels())
    assert main(["pairs", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 0  # the same call again
    assert "1 pairs, 1 files rejected" in capsys.readouterr().out
