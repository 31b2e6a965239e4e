"""A question to a server of files, and the honest answer."""

from __future__ import annotations

import os
import random
import re
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

SHORT = 0.03  # seconds
LONG = 2.0  # seconds: longer than the attack's client has patience


@dataclass
class Question:
    """One question: which file, from which byte on, whose bytes are `data`; `chance` belongs to the trial."""

    path: str
    start: int
    data: bytes
    chance: random.Random
    connection: socket.socket

    def send(self, content: bytes) -> None:
        """Send bytes. Raises OSError where the other side has hung up."""
        self.connection.sendall(content)

    def head(self, status: str = "200 OK", length: object = None, *more: str) -> None:
        """Send a head; no Content-Length for None."""
        lines = [f"HTTP/1.1 {status}", *more]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))

    def some(self) -> bytes:
        """The first few of the bytes that were asked for, or many, seldom all."""
        rest = self.data[self.start :]
        return rest[: self.chance.randint(0, len(rest))]


Answer = Callable[[Question], None]


def honest(question: Question) -> None:
    """All that was asked for, and nothing else."""
    rest = question.data[question.start :]
    if question.start:
        place = f"Content-Range: bytes {question.start}-{len(question.data) - 1}/{len(question.data)}"
        question.head("206 Partial Content", len(rest), place)
    else:
        question.head("200 OK", len(rest))
    question.send(rest)


def start_of(head: str) -> int:
    """From which byte on a question's head asks."""
    found = re.search(r"^Range: bytes=(\d+)-", head, re.MULTILINE)
    return int(found[1]) if found else 0


def status_of(question: Question) -> str:
    return "206 Partial Content" if question.start else "200 OK"


def break_off(question: Question) -> None:
    """Close so that the other side meets a reset connection."""
    question.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
    )
    question.connection.close()


def keep_waiting(question: Question, drop: bytes) -> None:
    """Send `drop` again and again, for as long as a client could have patience."""
    ends = time.monotonic() + LONG
    while time.monotonic() < ends:
        if drop:
            question.send(drop)
        time.sleep(SHORT)
