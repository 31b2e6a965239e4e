"""A server of files on this machine that answers whatever it is told to, and a source that lies there."""

from __future__ import annotations

import hashlib
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def serving(answer: Callable[[str, socket.socket], None]) -> Iterator[str]:
    """While it lasts, each question's head and its connection go to `answer`; gives the address, http://HOST:PORT."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            question = b""
            with suppress(OSError):  # the other side has hung up
                while not question.endswith(b"\r\n\r\n"):
                    if not (piece := self.request.recv(4096)):
                        return
                    question += piece
                answer(question.decode("latin-1"), self.request)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def row(path: str, content: bytes) -> str:
    """A file's line in a source's table."""
    return f"{hashlib.sha256(content).hexdigest()}\t{len(content)}\t{path}\n"


def write_source(folder: Path, address: str, files: Mapping[str, bytes]) -> None:
    """The manifests of one open source, `toys`, that lies below `address`."""
    folder.mkdir(exist_ok=True)
    (folder / "toys.tsv").write_text("".join(row(path, content) for path, content in files.items()))
    (folder / "sources.toml").write_text(
        f'[toys]\ntier = "open"\ntitle = "Toys"\nlicence = "CC0"\nhome = "https://toys.example"\nbase = "{address}/"\n'
    )
