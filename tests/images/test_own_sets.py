"""The reports' own sets from a folder, an archive, an address that misbehaves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from loopback import serving
from own_orders import Server, clear, got, packed, paths_of
from stand_ins import STAND_INS

from toonkit.cli import main
from toonkit.images import downloads, file_parts, network
from toonkit.images.manifests import load_sources
from toonkit.images.own_origins import Order
from toonkit.images.own_sets import get_own, open_own, own_folder
from toonkit.project.digests import digest_of
from toonkit.project.errors import SourceError

OWN = [name for name, source in load_sources().items() if source.tier == "own"]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    return clear(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", [name for name in OWN if name != "danbooru2017"])
@pytest.mark.parametrize("packing", ["folder", "zip", "gztar"])
def test_a_folder_and_an_archive_give_the_same(name, packing, place):
    folder = place / "made"
    STAND_INS[name](folder, 2)
    origin = folder if packing == "folder" else shutil.make_archive(str(place / "packed"), packing, folder)
    found = got(name, origin)
    expected = {path.relative_to(folder).as_posix(): digest_of(path) for path in folder.rglob("*") if path.is_file()}
    assert {entry.path: entry.sha256 for entry in found.entries} == expected
    assert {path: digest_of(found.folder / path) for path in expected} == expected
    assert open_own(name) == found
    assert sorted(path.name for path in own_folder(name).parent.iterdir()) == [name, f"{name}.lock"]


def test_the_command_says_what_it_is_and_wants_consent(place, capsys):
    archive = packed("voila", place, count=2)
    assert main(["data", "get", "voila", "--from", str(archive)]) == 2
    said = capsys.readouterr()
    assert all(word in said.out for word in ("four-panel", "size: not known before", "licence:", "cite: Yu", "page: "))
    assert "the people on the pictures agree" in said.err and "--agree" in said.err
    assert not own_folder("voila").exists()
    assert main(["data", "get", "voila", "--from", str(archive), "--agree"]) == 0
    assert "2 files" in capsys.readouterr().out
    about = json.loads((own_folder("voila") / "about.json").read_text())
    assert about["name"] == "voila" and about["from"] == str(archive)
    assert main(["data", "get", "voila"]) == 0
    assert "already" in capsys.readouterr().out


def test_a_changed_and_a_missing_file_are_seen(place):
    found = got("voila", packed("voila", place, count=2))
    path = found.folder / "post0.png"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"x")
    with pytest.raises(SourceError, match=r"post0\.png has SHA-256 .* instead of"):
        open_own("voila")
    path.unlink()
    with pytest.raises(SourceError, match=r"post0\.png has gone missing"):
        open_own("voila")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "nobody"}, "unknown set of a report 'nobody'"),
        ({"name": "squeezenet"}, "unknown set of a report"),
        ({"name": "voila"}, "nowhere to be downloaded; name what you have with --from"),
        ({"name": "voila", "origin": "absent.zip"}, r"absent\.zip does not exist"),
        ({"name": "danbooru2017", "origin": "x"}, "needs --ids LIST and --from"),
        ({"name": "celeba", "ids": Path("x"), "origin": "x"}, "not chosen by numbers"),
    ],
)
def test_orders_that_cannot_be_met(fields, words):
    with pytest.raises(SourceError if fields["name"] in OWN else ValueError, match=words):
        get_own(Order(agree=True, **fields), say=lambda _: None)
    assert not list(own_folder("x").parent.glob("*.arriving"))


def test_what_stands_there_already_is_kept(place):
    (place / "mine").mkdir()
    (place / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(SourceError, match="is no set of ours"):
        got("voila", packed("voila", place, count=1), out=place / "mine")
    assert (place / "mine" / "letter.txt").read_text() == "mine"
    found = got("voila", place / "voila.zip", out=place / "new")
    assert open_own("voila", place / "new") == found


def test_a_wrong_digest_of_an_archive(place):
    archive = packed("voila", place, count=1)
    with pytest.raises(SourceError, match=r"SHA-256 .* instead of 000000000000"):
        got("voila", archive, sha256="0" * 64)
    assert got("voila", archive, sha256=digest_of(archive))


def test_offline_refuses_what_needs_the_network_alone(place, monkeypatch):
    monkeypatch.setenv("TOONKIT_OFFLINE", "1")
    for name, origin in (("celeba", ""), ("flickr30k", ""), ("cat-mouse", ""), ("laboratory-mice", "http://x/y.zip")):
        with pytest.raises(SourceError, match="TOONKIT_OFFLINE is set"):
            got(name, origin)
    assert got("voila", packed("voila", place, count=1))


@pytest.fixture
def mice(place):
    """(server, address) of an archive with two mice."""
    server = Server({"mice.zip": packed("laboratory-mice", place, count=2).read_bytes()})
    server.files["moved.zip"] = server.files["mice.zip"]
    with serving(server) as address:
        yield server, f"{address}/mice.zip?token=secret"


MICE = {"C/mouse_0.png", "KXN/mouse_1.png"}


def test_an_address(mice, place):
    server, address = mice
    assert paths_of(got("laboratory-mice", address)) == MICE and len(server.questions) == 1
    assert "secret" not in (own_folder("laboratory-mice") / "about.json").read_text()
    assert not list(place.rglob("*.downloads"))


@pytest.mark.parametrize("plan", [["cut"], ["cut", "503", "cut"], ["redirect"], ["500", "redirect", "cut"]])
def test_faults_that_pass(mice, plan):
    server, address = mice
    server.plan = list(plan)
    assert paths_of(got("laboratory-mice", address)) == MICE
    assert any(server.ranges()) == ("cut" in plan)


def test_a_part_of_an_earlier_call_is_gone_on_with(mice, place):
    server, address = mice
    server.plan = ["cut", *["503"] * 4]
    with pytest.raises(SourceError, match=r"mice\.zip\?\.\.\. failed 5 times, last: 503") as failed:
        got("laboratory-mice", address)
    assert "secret" not in str(failed.value)
    part = own_folder("laboratory-mice").with_name("laboratory-mice.downloads") / "mice.zip.part"
    assert part.stat().st_size == len(server.files["mice.zip"]) // 2
    before = len(server.questions)
    assert paths_of(got("laboratory-mice", address)) == MICE
    assert server.ranges()[before:] == [True]


def test_a_part_of_another_version_is_started_again(mice, place):
    server, address = mice
    server.plan = ["cut", *["503"] * 4]
    with pytest.raises(SourceError):
        got("laboratory-mice", address)
    server.version = '"two"'
    server.files["mice.zip"] = packed("laboratory-mice", place / "other", count=3).read_bytes()
    assert len(got("laboratory-mice", address).entries) == 3


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (["403"], r"mice\.zip\?\.\.\. answered 403"),
        (["404"], "answered 404"),
        (["page"], "a web page, perhaps one that asks for a login"),
        (["slow"] * 9, r"failed 2 times, last: only .* bytes came"),
        (["redirect", "403"], "answered 403"),
    ],
)
def test_faults_that_do_not_pass(mice, monkeypatch, plan, words):
    server, address = mice
    for name, value in {"STRETCH": 0.2, "SLOWEST": 1e6, "POLL": 0.02}.items():
        monkeypatch.setattr(network, name, value)
    monkeypatch.setattr(downloads, "ATTEMPTS", 2)
    server.plan = list(plan)
    with pytest.raises(SourceError, match=words) as failed:
        got("laboratory-mice", address)
    assert "secret" not in str(failed.value)
    assert not own_folder("laboratory-mice").exists()
    server.plan = []
    if plan[0] != "slow":  # whose part is garbage of the right version
        assert paths_of(got("laboratory-mice", address)) == MICE


def test_a_wrong_digest_of_an_address(mice):
    _, address = mice
    with pytest.raises(SourceError, match=r"SHA-256 .* instead of 000000000000.*nothing was kept"):
        got("laboratory-mice", address, sha256="0" * 64)
    assert not own_folder("laboratory-mice").exists()


def test_no_room_is_said_before_anything_comes(mice, monkeypatch):
    _, address = mice
    usage = shutil.disk_usage
    monkeypatch.setattr(file_parts.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(SourceError, match=r"mice\.zip needs .* MB more .*the disk is full"):
        got("laboratory-mice", address)
    monkeypatch.setattr(file_parts.shutil, "disk_usage", usage)
    assert paths_of(got("laboratory-mice", address)) == MICE


def test_no_room_to_unpack_keeps_the_download(mice, place, monkeypatch):
    server, address = mice
    rooms = [10**9, 10, 10]
    monkeypatch.setattr(file_parts.shutil, "disk_usage", lambda _: SimpleNamespace(free=rooms.pop(0)))
    with pytest.raises(SourceError, match="the disk is full"):
        got("laboratory-mice", address)
    monkeypatch.undo()
    monkeypatch.setenv("TOONKIT_CACHE", str(place / "cache"))
    monkeypatch.delenv("TOONKIT_OFFLINE", raising=False)
    assert paths_of(got("laboratory-mice", address)) == MICE
    assert len(server.questions) == 1
