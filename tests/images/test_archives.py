"""Archives that would write elsewhere, hold more than they say, or are broken: refused whole, nothing left outside."""

from __future__ import annotations

import io
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from toonkit.images import file_parts
from toonkit.images.archives import unpack
from toonkit.project.errors import SourceError

GOOD = {"a/one.txt": b"one" * 500, "two words.bin": bytes(range(256)), "\U0001f431.txt": b""}


def zipped(path: Path, files: dict[str, bytes], kind: int = stat.S_IFREG) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (kind | 0o644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def tarred(path: Path, files: dict[str, bytes], mode: str = "w:gz", **fields: object) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for field, value in fields.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(data))
    return path


def kept(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def target(tmp_path) -> Path:
    (tmp_path / "inner" / "target").mkdir(parents=True)
    return tmp_path / "inner" / "target"


@pytest.mark.parametrize("mode", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
def test_what_is_in_it_comes_out(tmp_path, target, mode):
    hidden = {"__MACOSX/a/._one.txt": b"fork", "a/.DS_Store": b"x"}
    files = {f"./{name}" if mode == "w" else name: data for name, data in (GOOD | hidden).items()}
    archive = zipped(tmp_path / "x", files) if mode == "zip" else tarred(tmp_path / "x", files, mode)
    unpack(archive, target)
    assert kept(target) == GOOD


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize(
    "name", ["../out.txt", "a/../../out.txt", "/out.txt", "C:/out.txt", "c:out.txt", "..\\out.txt", "a//b", "a/\x07"]
)
def test_a_path_that_leaves_the_folder(tmp_path, target, make, name):
    archive = make(tmp_path / "x", GOOD | {name: b"bad"})
    with pytest.raises(SourceError, match=r"outside its folder, so it is not unpacked"):
        unpack(archive, target)
    assert kept(target) == {} and {path.name for path in tmp_path.iterdir()} == {"inner", "x"}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("link", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}),
        ("hard link", {"type": tarfile.LNKTYPE, "linkname": "../../x"}),
        ("device", {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}),
        ("pipe", {"type": tarfile.FIFOTYPE}),
    ],
)
def test_a_tar_with_what_is_no_file(tmp_path, target, kind, fields):
    archive = tarred(tmp_path / "x", {"thing": b""}, **fields)
    with pytest.raises(SourceError, match="'thing', a link or a device"):
        unpack(archive, target)
    assert kept(target) == {}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_a_zip_with_what_is_no_file(tmp_path, target, kind):
    with pytest.raises(SourceError, match="'thing', a link or a device"):
        unpack(zipped(tmp_path / "x", {"thing": b"/etc/passwd"}, kind), target)


def test_a_file_through_a_folder_that_is_a_file(tmp_path, target):
    with pytest.raises(SourceError, match="cannot make the folder"):
        unpack(zipped(tmp_path / "x", {"a": b"1", "a/b": b"2"}), target)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [zipped, tarred])
def test_a_name_that_comes_twice(tmp_path, target, make):
    archive = tmp_path / "x"
    if make is zipped:
        with zipfile.ZipFile(archive, "w") as opened:
            opened.writestr("a", b"1")
            opened.writestr("a", b"2")
    else:
        with tarfile.open(archive, "w") as opened:
            for data in (b"1", b"2"):
                info = tarfile.TarInfo("a")
                info.size = 1
                opened.addfile(info, io.BytesIO(data))
    with pytest.raises(SourceError, match="holds 'a' twice"):
        unpack(archive, target)


def test_more_than_the_limit(tmp_path, target):
    archive = zipped(tmp_path / "x", {"zeros": bytes(10_000_000)})
    assert archive.stat().st_size < 20_000
    with pytest.raises(SourceError, match=r"unpacks to 0\.0 GB, above the limit"):
        unpack(archive, target, largest=9_999_999)
    assert kept(target) == {}


def test_more_than_it_says(tmp_path, target):
    """A zip whose directory says 100 bytes, and whose member inflates to ten million."""
    archive = zipped(tmp_path / "x", {"zeros": bytes(10_000_000)})
    data = archive.read_bytes()
    archive.write_bytes(data.replace((10_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(SourceError, match="damaged or cut short"):
        unpack(archive, target, largest=1_000_000)
    assert sum(len(data) for data in kept(target).values()) <= 1_000_000


@pytest.mark.parametrize("make", [zipped, tarred])
def test_an_archive_that_was_cut_short_or_changed(tmp_path, target, make):
    noise = {"a": bytes((k * k * 31 + k // 7) % 251 for k in range(200_000))}
    archive = make(tmp_path / "x", noise)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"damaged or cut short|is no zip or tar file"):
        unpack(archive, target)
    middle = len(whole) // 2
    archive.write_bytes(whole[:middle] + bytes(64) + whole[middle + 64 :])
    shutil.rmtree(target)
    target.mkdir()
    with pytest.raises(SourceError, match="damaged or cut short"):
        unpack(archive, target)


def test_a_page_in_place_of_an_archive(tmp_path, target):
    (tmp_path / "x").write_bytes(b"<!DOCTYPE html><html>Sign in</html>")
    with pytest.raises(SourceError, match="begins with a web page, perhaps one that asks for a login"):
        unpack(tmp_path / "x", target)
    (tmp_path / "x").write_bytes(b"Rar!\x1a\x07")
    with pytest.raises(SourceError, match=r"no zip or tar file: it begins with b'Rar!"):
        unpack(tmp_path / "x", target)


def test_no_room(tmp_path, target, monkeypatch):
    archive = zipped(tmp_path / "x", GOOD)
    monkeypatch.setattr(file_parts.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1000, 900, 100))
    with pytest.raises(SourceError, match=r"the disk is full"):
        unpack(archive, target)
    assert kept(target) == {}
