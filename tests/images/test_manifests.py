"""Tables of files: every broken line is named by its number, and no path leaves the folder of its source."""

from __future__ import annotations

import hashlib
import sys

import pytest

from toonkit.images import manifests
from toonkit.images.manifests import is_safe_path, make_manifest, read_manifest
from toonkit.images.sources import fetch, open_source
from toonkit.project.errors import SourceError

DATA = b"abc"


def row(path: str = "a.bin", size: object = len(DATA), digest: str = hashlib.sha256(DATA).hexdigest()) -> str:
    return f"{digest}\t{size}\t{path}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the tables lie; nobody listens at the source's address, so that a question would be another error."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "toys.tsv").write_text(row())
    (folder / "sources.toml").write_text(
        '[toys]\ntier = "open"\ntitle = "Toys"\nlicence = "CC0"\nhome = "https://toys.example"\n'
        'base = "http://127.0.0.1:1/"\n'
    )
    monkeypatch.setattr(manifests, "MANIFESTS", folder)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    for name in ("TOONKIT_MIRROR", "TOONKIT_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.mark.parametrize(
    "path",
    [
        "/etc/x",
        "../../x",
        "a/../../x",
        "..",
        "C:/x",
        "c:x",
        "..\\x",
        "\\x",
        "\\\\server\\x",
        "a//x",
        "./x",
        "",
        "a/\x07",
    ],
)
def test_a_path_that_leaves_its_folder_is_refused_before_the_first_byte(folder, tmp_path, path):
    (folder / "toys.tsv").write_text(row() + row(path), encoding="utf-8")
    for call in (fetch, open_source):
        with pytest.raises(SourceError, match=r"toys\.tsv, line 2.*does not stay below the source's folder"):
            call("toys")
    assert not (tmp_path / "cache").exists()


def test_ordinary_paths_are_safe():
    assert all(is_safe_path(path) for path in ("a", "a b/\U0001f431.png", "x..y/...z", "a/C:d", ".hidden"))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("abc\t3\n", "line 1 has 2 columns instead of 3"),
        (row() + "a.bin\n", "line 2 has 1 columns"),
        (row(size="many"), "'many' is no size"),
        (row(size=-3), "'-3' is no size"),
        (row(size="1e3"), "'1e3' is no size"),
        (row(digest="abc"), "'abc' is no SHA-256"),
        (row() + row(), "line 2: 'a.bin' is listed already"),
        ("\n\n", r"no file of toys matches '\*'"),
    ],
)
def test_broken_tables_are_named(folder, table, words):
    (folder / "toys.tsv").write_text(table)
    with pytest.raises(SourceError, match=words):
        fetch("toys")


def test_broken_files_beside_the_tables(folder):
    (folder / "toys.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(SourceError, match="table of toys cannot be read"):
        read_manifest("toys")
    for text in ("[toys", "[toys]\ntitle = 'only'\n", "[toys]\nsurprise = 1\n"):
        (folder / "sources.toml").write_text(text)
        with pytest.raises(SourceError, match=r"sources\.toml is broken"):
            fetch("toys")


def test_a_digest_in_capitals_is_the_same_digest(folder, tmp_path, monkeypatch):
    (folder / "toys.tsv").write_text(row(digest=hashlib.sha256(DATA).hexdigest().upper()))
    (tmp_path / "mirror" / "toys").mkdir(parents=True)
    (tmp_path / "mirror" / "toys" / "a.bin").write_bytes(DATA)
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "mirror"))
    assert fetch("toys") == open_source("toys") == tmp_path / "mirror" / "toys"


def test_a_missing_table(folder):
    (folder / "toys.tsv").unlink()
    with pytest.raises(SourceError, match="table of toys cannot be read"):
        read_manifest("toys")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_that_cannot_stand_in_a_table(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a\tb.png").write_bytes(DATA)
    with pytest.raises(SourceError, match="cannot stand in a manifest"):
        make_manifest(tmp_path / "pictures")
