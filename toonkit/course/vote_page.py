"""The page to vote on: the `voter` widget, served by voila to this machine alone."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from toonkit.course.ballots import Ballots
from toonkit.project.errors import ToonkitError

ADDRESS = "127.0.0.1"
LAST_PORT = 65535
KEYS = Path(__file__).parent / "templates" / "vote.html"
CELL = """from toonkit.course.vote_page import show_page
show_page(**{settings!r})"""
# A browser loads nothing from elsewhere: voila's own page names style sheets of another site.
POLICY = "; ".join(
    (
        "default-src 'self' data: blob:",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        f"connect-src 'self' ws://{ADDRESS}:* ws://localhost:*",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def serve(ballots: Ballots, reviewer: str = "", port: int = 0) -> None:
    """Serve a page to vote on, until Ctrl-C or SIGTERM; each tab that opens it has a kernel of its own.

    `reviewer` votes; without one the page asks for a name. Port 0 takes a free one. Prints the address. Raises Refused
    for a bad name and ToonkitError for a port that cannot be had.
    """
    from tornado.ioloop import IOLoop

    if reviewer:
        ballots.ballot(reviewer, 1)  # refuses a bad name at once
    port = _free_port(port)
    with TemporaryDirectory(prefix="toonkit-vote-") as folder:
        notebook = Path(folder) / "vote.ipynb"
        _write_notebook(notebook, ballots, reviewer)
        server = _voila(notebook, port)
        words = f"vote at http://{ADDRESS}:{port}/ (this machine only); votes go to {ballots.path}; Ctrl-C ends it"
        IOLoop.current().add_callback(print, words, flush=True)  # once it listens
        server.start()


def show_page(folders: list[str], path: str, source: str | None, seed: int, reviewer: str) -> None:
    """What the notebook behind the page shows: the keys, and the widget that asks. A kernel calls this."""
    from IPython.display import HTML, display

    from toonkit.course.widgets import voter

    display(HTML(KEYS.read_text(encoding="utf-8")))
    ballots = Ballots([Path(folder) for folder in folders], Path(path), Path(source) if source else None, seed)
    display(voter(ballots, reviewer))


def _write_notebook(place: Path, ballots: Ballots, reviewer: str) -> None:
    """Write a notebook of one cell that shows the page; voila keeps its source to itself."""
    import nbformat

    settings = {
        "folders": [str(folder.resolve()) for folder in ballots.folders.values()],
        "path": str(ballots.path.resolve()),
        "source": str(ballots.source.resolve()) if ballots.source else None,
        "seed": ballots.seed,
        "reviewer": reviewer,
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell = nbformat.v4.new_code_cell(CELL.format(settings=settings))
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), place)


def _voila(notebook: Path, port: int) -> Any:
    """A voila application for one notebook that listens to this machine only and obeys no configuration file."""
    from voila.app import Voila

    server = Voila(config_file_paths=[], log_level=logging.ERROR)
    server.notebook_path = str(notebook)
    server.ip = ADDRESS
    server.port = port
    server.port_retries = 0
    server.open_browser = False
    server.token = ""
    # Refuses another site's name that was made to point here.
    server.tornado_settings = {"allow_remote_access": False, "headers": {"Content-Security-Policy": POLICY}}
    server.initialize([])
    return server


def _free_port(port: int) -> int:
    """`port` if it is free, or a free one for 0."""
    from tornado.netutil import bind_sockets

    if not 0 <= port <= LAST_PORT:
        raise ToonkitError(f"cannot serve at port {port}: ports go up to {LAST_PORT}; choose another with --port")
    try:
        sockets = bind_sockets(port, ADDRESS)
    except OSError as error:
        raise ToonkitError(f"cannot serve at port {port}: {error}; choose another with --port") from error
    number = sockets[0].getsockname()[1]
    for listener in sockets:
        listener.close()
    return number
