"""Downloads from a server that answers anything: encoded, dripping, stalling; Ctrl-C; links and folders in the way."""

from __future__ import annotations

import gzip
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from loopback import row, serving, write_source

from toonkit.images import downloads, manifests, network
from toonkit.images.sources import fetch
from toonkit.project.errors import SourceError

ROOT = Path(__file__).parents[2]
DATA = bytes(range(256)) * 200
Answer = Callable[[str, Callable[[bytes], object]], None]  # the question's head, and what sends bytes


def whole(question: str, send: Callable[[bytes], object]) -> None:
    """An honest server that knows ranges."""
    asked = [line for line in question.splitlines() if line.startswith("Range: bytes=")]
    start = int(asked[0].removeprefix("Range: bytes=").removesuffix("-")) if asked else 0
    send(f"HTTP/1.1 {206 if start else 200} OK\r\nContent-Length: {len(DATA) - start}\r\n\r\n".encode() + DATA[start:])


def encoded(declared: bool) -> Answer:
    def answer(question: str, send: Callable[[bytes], object]) -> None:
        body = gzip.compress(DATA)
        encoding = "Content-Encoding: gzip\r\n" if declared else ""
        send(f"HTTP/1.1 200 OK\r\n{encoding}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return answer


def dripping(head: bytes, drop: bytes, pause: float = 0.02) -> Answer:
    def answer(question: str, send: Callable[[bytes], object]) -> None:
        send(head)
        while True:
            send(drop)
            time.sleep(pause)

    return answer


def stalling(head: bytes) -> Answer:
    def answer(question: str, send: Callable[[bytes], object]) -> None:
        send(head)
        time.sleep(30)

    return answer


HEAD = f"HTTP/1.1 200 OK\r\nContent-Length: {len(DATA)}\r\n\r\n".encode()
SLOW = {
    "body drips": dripping(HEAD, b"x"),
    "head drips": dripping(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"x"),
    "body stalls": stalling(HEAD + DATA[:700]),
    "head stalls": stalling(b"HTTP/1.1"),
    "nothing": stalling(b""),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Returns (manners, folder): the server answers each question by the first of `manners`, the last one for good."""
    manners: list[Answer] = [whole]

    def answer(question: str, connection: socket.socket) -> None:
        manner = manners.pop(0) if len(manners) > 1 else manners[0]
        manner(question, connection.sendall)

    folder = tmp_path / "manifests"
    monkeypatch.setattr(manifests, "MANIFESTS", folder)
    monkeypatch.setattr(downloads, "BACKOFF", 0.001)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    for name in ("TOONKIT_MIRROR", "TOONKIT_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    with serving(answer) as address:
        write_source(folder, address, {"a.bin": DATA})
        yield manners, tmp_path / "cache" / "toys"


@pytest.mark.parametrize("declared", [True, False])
def test_an_encoded_body_does_not_spoil_the_next_call(place, declared):
    manners, folder = place
    manners[:] = [encoded(declared)]
    with pytest.raises(SourceError, match="gzip-encoded" if declared else "ended after"):
        fetch("toys")
    assert not (folder / "a.bin").exists() and (not declared or not (folder / "a.bin.part").exists())
    manners[:] = [whole]
    fetch("toys")
    assert (folder / "a.bin").read_bytes() == DATA


def test_a_part_of_other_bytes_is_started_again_in_the_same_call(place):
    _, folder = place
    folder.mkdir(parents=True)
    (folder / "a.bin.part").write_bytes(b"garbage")
    fetch("toys")
    assert (folder / "a.bin").read_bytes() == DATA and [path.name for path in folder.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("manner", list(SLOW))
def test_what_does_not_get_on_is_given_up(place, monkeypatch, manner):
    manners, folder = place
    for name, value in {"PATIENCE": 0.3, "STRETCH": 0.3, "TIMEOUT": (1, 0.3), "SLOWEST": 1000.0, "POLL": 0.02}.items():
        monkeypatch.setattr(network, name, value)
    monkeypatch.setattr(downloads, "ATTEMPTS", 2)
    manners[:] = [SLOW[manner]]
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"failed 2 times.*(no answer within|only .* bytes came in|timed out)"):
        fetch("toys")
    assert time.monotonic() - started < 5 and not (folder / "a.bin").exists()
    if manner == "body stalls":
        assert (folder / "a.bin.part").read_bytes()[:700] == DATA[:700]


def test_a_slow_but_steady_server_is_waited_for(place, monkeypatch):
    manners, folder = place
    for name, value in {"STRETCH": 0.1, "SLOWEST": 1000.0}.items():
        monkeypatch.setattr(network, name, value)

    def steady(question: str, send: Callable[[bytes], object]) -> None:
        send(HEAD)
        for start in range(0, len(DATA), 2048):
            send(DATA[start : start + 2048])
            time.sleep(0.02)

    manners[:] = [steady]
    fetch("toys")
    assert (folder / "a.bin").read_bytes() == DATA


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent to a process by its number")
@pytest.mark.parametrize("manner", ["body stalls", "head drips"])
def test_a_process_ends_on_ctrl_c_and_the_part_is_kept(place, tmp_path, manner):
    manners, folder = place
    asked = threading.Event()

    def answer(question: str, send: Callable[[bytes], object]) -> None:
        asked.set()
        SLOW[manner](question, send)

    manners[:] = [answer]
    code = (
        "import signal, sys\nfrom pathlib import Path\nfrom toonkit.images import manifests\n"
        "from toonkit.cli import main\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "manifests.MANIFESTS = Path(sys.argv[1])\nsys.exit(main(['fetch', 'toys']))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "manifests")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert asked.wait(60)
    if manner.startswith("body"):
        wait_until(lambda: (folder / "a.bin.part").exists() and (folder / "a.bin.part").stat().st_size >= 3)
    process.send_signal(signal.SIGINT)
    signalled = time.monotonic()
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and said.rstrip().endswith("stopped")
    assert time.monotonic() - signalled < 20  # mostly the end of the process itself, on a busy machine
    if manner.startswith("body"):
        assert (folder / "a.bin.part").stat().st_size >= 3


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent to a process by its number")
@pytest.mark.parametrize("manner", list(SLOW))
def test_ctrl_c_is_obeyed_at_once(place, manner):
    manners, folder = place
    signalled: list[float] = []

    def answer(question: str, send: Callable[[bytes], object]) -> None:
        threading.Timer(0.3, lambda: (signalled.append(time.monotonic()), os.kill(os.getpid(), signal.SIGINT))).start()
        SLOW[manner](question, send)

    manners[:] = [answer]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        with pytest.raises(KeyboardInterrupt):
            fetch("toys")
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - signalled[0] < 3
    assert (folder / "a.bin.part").exists() == manner.startswith("body")


def wait_until(there: Callable[[], bool]) -> None:
    for _ in range(500):
        if there():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


def test_nothing_is_written_after_the_call_has_ended(place, monkeypatch):
    """In a notebook the process goes on: threads that a stopped call left behind must not touch the part."""
    manners, folder = place
    manners[:] = [SLOW["body drips"]]

    def stop(*_: object) -> None:
        wait_until(lambda: (folder / "a.bin.part").exists() and (folder / "a.bin.part").stat().st_size >= 3)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(downloads, "_next", stop)
        fetch("toys")
    time.sleep(0.1)
    size = (folder / "a.bin.part").stat().st_size
    time.sleep(0.3)
    assert (folder / "a.bin.part").stat().st_size == size


@pytest.mark.parametrize(
    "location",
    ["http://[", "http://\x80\xff", "://", "http://127.0.0.1:99999/", "file:///etc/passwd", "/\udcff", "x" * 9999],
)
def test_a_redirect_to_garbage(place, location):
    manners, folder = place
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    manners[:] = [lambda question, send: send(head.encode("latin-1", "surrogateescape"))]
    with pytest.raises(SourceError, match=r"1 of 1 files of toys failed.*a\.bin"):
        fetch("toys")
    assert not (folder / "a.bin").exists()


@pytest.mark.skipif(not hasattr(os, "symlink") or sys.platform == "win32", reason="links need rights on Windows")
def test_links_are_not_written_through(place, tmp_path):
    _, folder = place
    folder.mkdir(parents=True)
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (folder / "a.bin.part").symlink_to(victim)
    with pytest.raises(SourceError, match=r"a\.bin\.part is a link"):
        fetch("toys")
    assert victim.read_bytes() == b"precious" and (folder / "a.bin.part").is_symlink()
    (tmp_path / "manifests" / "toys.tsv").write_text(row("sub/a.bin", DATA))
    (tmp_path / "elsewhere").mkdir()
    (folder / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="is a link out of"):
        fetch("toys")
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("name", ["a.bin.part", "a.bin"])
def test_a_folder_where_a_file_must_go(place, name):
    _, folder = place
    (folder / name / "inside").mkdir(parents=True)
    with pytest.raises(SourceError, match=rf"{name} is a folder where a file must go"):
        fetch("toys")
    assert (folder / name / "inside").is_dir()


@pytest.mark.parametrize("below", ["", "toys"])
def test_a_cache_that_is_a_file(place, tmp_path, below):
    cache = tmp_path / "cache" / below
    cache.parent.mkdir(exist_ok=True)
    cache.write_text("no folder")
    with pytest.raises(SourceError, match=r"cache.* is no folder.*TOONKIT_CACHE"):
        fetch("toys")
    assert cache.read_text() == "no folder"
