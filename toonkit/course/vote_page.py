"""The page to vote on: the `voter` widget, served by voila to this machine alone."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from toonkit.course.ballots import Ballots
from toonkit.course.widgets import voter
from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from ipywidgets import VBox
    from voila.app import Voila

ADDRESS = "127.0.0.1"
KEYS = Path(__file__).parent / "templates" / "vote.html"
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

    `reviewer` votes; without one the page asks for a name. Port 0 takes a free one. Prints the address once the page is
    there. Raises Refused for a bad name and ToonkitError for a port that cannot be had.
    """
    if reviewer:
        ballots.ballot(reviewer, 1)  # refuses a bad name at once
    port = _free_port(port)
    with TemporaryDirectory(prefix="toonkit-vote-") as folder:
        notebook = Path(folder) / "vote.ipynb"
        _write_notebook(notebook, ballots, reviewer)
        server = _voila(notebook, port)
        words = f"vote at http://{ADDRESS}:{port}/ (this machine only); votes go to {ballots.path}; Ctrl-C ends it"
        server.launch_browser = lambda: print(words, flush=True)  # called once it listens; no browser is opened
        server.start()


def page(folders: list[str], path: str, source: str | None, seed: int, reviewer: str) -> VBox:
    """The widget that the notebook behind the page shows; each tab's kernel calls this."""
    ballots = Ballots([Path(folder) for folder in folders], Path(path), Path(source) if source else None, seed)
    return voter(ballots, reviewer)


def _write_notebook(place: Path, ballots: Ballots, reviewer: str) -> None:
    """Write a notebook that has the keys in one cell and the widget in the other; voila keeps its source to itself."""
    import nbformat

    settings = {
        "folders": [str(folder.resolve()) for folder in ballots.folders.values()],
        "path": str(ballots.path.resolve()),
        "source": str(ballots.source.resolve()) if ballots.source else None,
        "seed": ballots.seed,
        "reviewer": reviewer,
    }
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.cells = [
        nbformat.v4.new_markdown_cell(KEYS.read_text(encoding="utf-8")),
        nbformat.v4.new_code_cell(f"from toonkit.course.vote_page import page\npage(**{settings!r})"),
    ]
    nbformat.write(notebook, place)


def _voila(notebook: Path, port: int) -> Voila:
    """A voila application for one notebook that listens to this machine only and obeys no configuration file."""
    from voila.app import Voila

    server = Voila(config_file_paths=[], log_level=logging.ERROR)
    server.notebook_path = str(notebook)
    server.ip = ADDRESS
    server.port = port
    server.port_retries = 0
    server.open_browser = True  # see launch_browser in serve()
    server.token = ""
    # Refuses another site's name that was made to point here.
    server.tornado_settings = {"allow_remote_access": False, "headers": {"Content-Security-Policy": POLICY}}
    server.initialize([])
    return server


def _free_port(port: int) -> int:
    """`port` if it is free, or a free one for 0."""
    try:
        with socket.create_server((ADDRESS, port)) as listener:
            return listener.getsockname()[1]
    except (OSError, OverflowError) as error:
        raise ToonkitError(f"cannot serve at port {port}: {error}; choose another with --port") from error
