"""What the tests of the reports' own sets share: a place of their own, orders, a server that misbehaves on demand."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

from stand_ins import STAND_INS

from toonkit.images import downloads
from toonkit.images.own_origins import Order
from toonkit.images.own_sets import OwnSet, get_own

KEYS = ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_CONFIG_DIR", "ROBOFLOW_API_KEY", "KAGGLEHUB_CACHE")


def clear(tmp_path: Path, monkeypatch) -> Path:
    """A cache and a home of its own, the network allowed, no key."""
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for name in ("TOONKIT_OFFLINE", *KEYS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(downloads, "BACKOFF", 0.001)
    return tmp_path


def packed(name: str, place: Path, **settings: int) -> Path:
    """The stand-in of a set as a zip file."""
    STAND_INS[name](place / "made" / name, **settings)
    return Path(shutil.make_archive(str(place / name), "zip", place / "made" / name))


def got(name: str, origin: object = "", **fields: object) -> OwnSet:
    """A set that was ordered from an origin, its terms agreed to."""
    return get_own(Order(name, str(origin), agree=True, **fields), say=lambda _: None)


def paths_of(found: OwnSet) -> set[str]:
    return {entry.path for entry in found.entries}


class Server:
    """Serves files below an address; `plan` says how each coming question is answered, one word each, then well."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.plan: list[str] = []
        self.questions: list[str] = []
        self.version = '"one"'

    def __call__(self, question: str, connection: socket.socket) -> None:
        self.questions.append(question)
        path = question.split(" ")[1].partition("?")[0].lstrip("/")
        manner = self.plan.pop(0) if self.plan else "well"
        send: Callable[[bytes], object] = connection.sendall
        if manner.isdigit():
            return send(f"HTTP/1.1 {manner} No\r\nContent-Length: 0\r\n\r\n".encode())
        if manner == "redirect":
            return send(b"HTTP/1.1 302 Found\r\nLocation: /moved.zip?signature=secret\r\nContent-Length: 0\r\n\r\n")
        if manner == "page":
            return send(b"HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n<!doctype html><html>in ")
        if path not in self.files:
            return send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        data = self.files[path]
        start = self._start(question)
        part = f"Content-Range: bytes {start}-{len(data) - 1}/{len(data)}\r\n" if start else ""
        head = f"HTTP/1.1 {206 if start else 200} OK\r\nETag: {self.version}\r\n{part}"
        send(f"{head}Content-Length: {len(data) - start}\r\n\r\n".encode())
        if manner == "slow":
            while True:
                send(b"x")
                time.sleep(0.02)
        body = data[start:]
        send(body[: len(body) // 2] if manner == "cut" else body)

    def _start(self, question: str) -> int:
        lines = dict(line.split(": ", 1) for line in question.splitlines() if ": " in line)
        same = lines.get("If-Range", self.version) == self.version
        return int(lines["Range"].removeprefix("bytes=").removesuffix("-")) if "Range" in lines and same else 0

    def ranges(self) -> list[bool]:
        return ["Range: bytes=" in question for question in self.questions]
