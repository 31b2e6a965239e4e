"""Sources over a loopback server, from a mirror, offline, and with every kind of bad answer."""

from __future__ import annotations

import ast
import errno
import os
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest

import toonkit
from toonkit.images import downloads, manifests
from toonkit.images.manifests import find_source, load_sources, make_manifest, read_manifest
from toonkit.images.sources import describe_sources, fetch, open_source, source_ready
from toonkit.project.errors import SourceError, ToonkitError

FILES = {"one.bin": b"abc" * 1000, "two words/\U0001f431 chat.bin": bytes(range(256)) * 2000, "empty.txt": b""}
OPEN = [name for name, source in load_sources().items() if source.tier == "open"]


class Origin(BaseHTTPRequestHandler):
    """Serves `served`, honours Range, and misbehaves as `plan` says: one word for each coming request of a path."""

    def __init__(self, served: dict[str, bytes], plan: dict[str, list[str]], log: list[tuple[str, str]], *rest):
        self.served, self.plan, self.log = served, plan, log
        super().__init__(*rest)

    def do_GET(self) -> None:
        name = unquote(self.path).removeprefix("/base/")
        self.log.append((name, self.headers.get("Range", "")))
        todo = self.plan.get(name, [])
        manner = todo.pop(0) if todo else "well"
        if manner.isdigit():
            return self.send_error(int(manner))
        data, start = self.served[name], 0
        if (asked := self.headers.get("Range")) and manner != "no range":
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        self.wfile.write(body[: len(body) // 2] if manner == "cut" else body)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def origin(tmp_path, monkeypatch):
    """A source `toys` with FILES on a loopback server; returns (served, plan, log, cache folder of the source)."""
    served, plan, log = dict(FILES), {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Origin, served, plan, log))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    make_source(tmp_path, monkeypatch, f"http://127.0.0.1:{server.server_port}/base/")
    yield served, plan, log, tmp_path / "cache" / "toys"
    server.shutdown()
    server.server_close()


def make_source(tmp_path: Path, monkeypatch, base: str) -> None:
    for name, data in FILES.items():
        path = tmp_path / "mirror" / "toys" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "toys.tsv").write_text(make_manifest(tmp_path / "mirror" / "toys"), encoding="utf-8")
    (folder / "sources.toml").write_text(
        f'[toys]\ntier = "open"\ntitle = "Toys"\nlicence = "CC0"\nhome = "https://toys.example"\nbase = "{base}"\n'
        '[faces]\ntier = "own"\ntitle = "Faces"\nlicence = "by agreement"\nhome = "https://faces.org"\nhow = "Ask."\n'
    )
    monkeypatch.setattr(manifests, "MANIFESTS", folder)
    monkeypatch.setattr(downloads, "BACKOFF", 0.001)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    for name in ("TOONKIT_MIRROR", "TOONKIT_OFFLINE"):
        monkeypatch.delenv(name, raising=False)


def kept(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_fetch_says_what_then_brings_every_byte(origin, capsys):
    *_, log, folder = origin
    assert not source_ready("toys") and not log and not folder.exists()
    assert fetch("toys") == folder
    assert kept(folder) == FILES
    said = capsys.readouterr().err
    assert all(word in said for word in ("Toys", "3 files", "0.5 MB", "CC0", "https://toys.example"))
    requests_made = len(log)
    assert fetch("toys") == folder == open_source("toys") and len(log) == requests_made  # nothing asked twice


def test_open_source_never_downloads(origin):
    *_, log, folder = origin
    with pytest.raises(
        SourceError, match=r"3 of 3 files of toys are not in the cache.*toonkit fetch toys.*0\.5 MB.*CC0"
    ):
        open_source("toys")
    assert not log and not folder.exists()


def test_select_takes_a_part(origin):
    *_, folder = origin
    fetch("toys", "two*")
    assert list(kept(folder)) == ["two words/\U0001f431 chat.bin"]
    assert source_ready("toys", "two*") and not source_ready("toys")
    with pytest.raises(SourceError, match="matches 'three"):
        fetch("toys", "three*")


def test_cut_connections_are_resumed_where_they_broke(origin):
    _, plan, log, folder = origin
    name = "two words/\U0001f431 chat.bin"
    plan[name] = ["cut", "503", "cut"]
    fetch("toys")
    assert kept(folder) == FILES
    asked = [held for path, held in log if path == name]
    assert asked[0] == "" and len(asked) == 4 and asked[1] == asked[2] != "" and asked[3] != asked[1]


def test_a_download_stopped_halfway_goes_on_in_the_next_run(origin):
    _, plan, log, folder = origin
    plan["one.bin"] = ["cut"] * 2 + ["500"] * 9
    with pytest.raises(SourceError, match=r"1 of 3 files of toys failed.*one\.bin"):
        fetch("toys")
    assert (folder / "one.bin.part").stat().st_size == 2250 and not (folder / "one.bin").exists()
    assert len(kept(folder)) == 3  # the two others arrived
    plan.clear()
    log.clear()
    fetch("toys")
    assert log == [("one.bin", "bytes=2250-")] and kept(folder) == FILES


def test_a_server_without_ranges_starts_again(origin):
    _, plan, _, folder = origin
    plan["one.bin"] = ["cut", "no range"]
    fetch("toys")
    assert kept(folder) == FILES


@pytest.mark.parametrize("other", [b"abd" * 1000, b"abc" * 1001, b"abc" * 100_000])
def test_other_bytes_are_refused_and_not_kept(origin, other):
    served, _, _, folder = origin
    served["one.bin"] = other
    with pytest.raises(SourceError, match=r"one\.bin has .* instead of .*nothing was kept"):
        fetch("toys")
    assert set(kept(folder)) == FILES.keys() - {"one.bin"}


def test_too_few_bytes(origin):
    served, _, _, folder = origin
    served["one.bin"] = b"abc"
    with pytest.raises(SourceError, match=r"3 of 3,000 bytes"):
        fetch("toys")
    assert not (folder / "one.bin").exists()


def test_404_is_asked_once(origin):
    _, plan, log, folder = origin
    plan["one.bin"] = ["404"] * 9
    with pytest.raises(SourceError, match="404"):
        fetch("toys")
    assert [path for path, _ in log].count("one.bin") == 1 and len(kept(folder)) == 2


def test_nobody_answers(tmp_path, monkeypatch):
    make_source(tmp_path, monkeypatch, "http://127.0.0.1:1/")
    with pytest.raises(SourceError, match="failed 5 times"):
        fetch("toys", "one*")


def test_full_disk(origin, monkeypatch):
    *_, folder = origin

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SourceError, match="disk is full"):
        fetch("toys")
    assert kept(folder) == {}


def test_offline_switch(origin, monkeypatch):
    *_, log, _ = origin
    monkeypatch.setenv("TOONKIT_OFFLINE", "1")
    with pytest.raises(SourceError, match=r"TOONKIT_OFFLINE.*0\.5 MB"):
        fetch("toys")
    assert not log
    monkeypatch.setenv("TOONKIT_OFFLINE", "0")
    fetch("toys")
    monkeypatch.setenv("TOONKIT_OFFLINE", "1")
    assert kept(fetch("toys")) == FILES  # complete already, so nothing is refused


def test_mirror_is_read_in_place_and_checked(origin, tmp_path, monkeypatch):
    *_, log, folder = origin
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "mirror"))
    assert fetch("toys") == open_source("toys") == tmp_path / "mirror" / "toys"
    (tmp_path / "mirror" / "toys" / "one.bin").write_bytes(b"abd" * 1000)
    with pytest.raises(SourceError, match=r"one\.bin has SHA-256"):
        open_source("toys")
    (tmp_path / "mirror" / "toys" / "one.bin").unlink()
    with pytest.raises(SourceError, match=r"1 of 3 files of toys are not in TOONKIT_MIRROR"):
        fetch("toys")
    assert not log and not folder.exists()
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(SourceError, match="nowhere is not a folder"):
        open_source("toys")


def test_a_cached_file_that_changed_is_refused(origin):
    *_, folder = origin
    fetch("toys")
    (folder / "one.bin").write_bytes(b"abc" * 999)
    with pytest.raises(SourceError, match="2,997 bytes instead of 3,000"):
        fetch("toys")


def test_own_sets_and_unknown_names(origin):
    with pytest.raises(SourceError, match=r"by agreement.*Ask.*faces.org"):
        fetch("faces")
    with pytest.raises(ToonkitError, match="toys, faces"):
        open_source("puppets")


def test_every_source_is_complete():
    """Each open source has an address with a commit, a licence and a table; made and own sets say how."""
    names = "fluent-emoji caltech101 coco53 coral squeezenet cld peppercarrot art4apps felix kodak deeplab taef2"
    assert [*names.split(), "magenta-style"] == OPEN
    for source in load_sources().values():
        assert source.title and source.licence and source.home.startswith("https://")
        if source.tier == "open":
            commits = source.commits.values() or [source.base.rstrip("/").rsplit("/", 1)[1]]
            assert {len(commit) for commit in commits} == {40} and source.credit
        if source.tier == "own":
            assert source.report and source.how
        else:
            assert all(len(entry.sha256) == 64 and entry.size >= 0 for entry in read_manifest(source.name))
        if source.tier == "made":
            assert source.how and source.credit and not source.base
    rows = describe_sources()
    assert len(rows) == len(load_sources()) and "4,754 files" in rows[0]["size"]
    assert sum(path.stat().st_size for path in manifests.MANIFESTS.iterdir()) < 1_000_000


def test_every_coco_picture_has_a_licence():
    listed = (manifests.MANIFESTS / "coco53_licences.csv").read_text().splitlines()[1:]
    assert {line.split(",")[0] for line in listed} == {entry.path for entry in read_manifest("coco53", "images/*")}


@pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
@pytest.mark.parametrize("name", OPEN)
def test_the_real_mirror_has_the_promised_bytes(name):
    assert open_source(name).name == find_source(name).name


def test_only_one_module_uses_the_network_and_one_serves_this_machine():
    network = {
        "requests",
        "urllib.request",
        "http",
        "socket",
        "urllib3",
        "httpx",
        "aiohttp",
        "ftplib",
        "tornado",
        "voila",
    }
    users = set()
    for path in Path(toonkit.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if used := {name for name in names for module in network if f"{name}.".startswith(f"{module}.")}:
                users.add((path.name, *sorted(used)))
    assert {name for name, *_ in users} == {"network.py", "page_server.py"}
    assert ("page_server.py", "voila.app") in users  # it listens, on 127.0.0.1, and asks nobody


def test_a_made_source_says_how_and_is_never_asked_of_the_network(tmp_path, monkeypatch):
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    for call in (fetch, open_source):
        with pytest.raises(SourceError, match=r"dicebear .* made, not fetched: .*@dicebear/core.*resvg"):
            call("dicebear")


def test_a_source_of_several_repositories_has_an_address_for_each():
    pages = load_sources()["peppercarrot"]
    folder, commit = next(iter(pages.commits.items()))
    assert pages.address(f"{folder}/a page.png") == f"{pages.base}{folder}/{commit}/a%20page.png"
    assert load_sources()["kodak"].address("a/b.png") == load_sources()["kodak"].base + "a/b.png"
