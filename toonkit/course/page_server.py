"""A page of widgets, served by voila to this machine alone; each tab that opens it has a kernel of its own."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from voila.app import Voila

ADDRESS = "127.0.0.1"
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


def serve_page(code: str, words: str, port: int = 0, prose: str = "") -> None:
    """Serve a page that shows what `code` ends with, below `prose` (Markdown), until Ctrl-C or SIGTERM.

    Once the page is there prints `words`, in which `{address}` is its address. Port 0 takes a free one. Raises
    ToonkitError for a port that cannot be had.
    """
    port = _free_port(port)
    with TemporaryDirectory(prefix="toonkit-page-") as folder:
        notebook = Path(folder) / "page.ipynb"
        _write_notebook(notebook, prose, code)
        server = _voila(notebook, port)
        told = words.format(address=f"http://{ADDRESS}:{port}/")
        server.launch_browser = lambda: print(told, flush=True)  # called once it listens; no browser is opened
        server.start()


def _write_notebook(place: Path, prose: str, code: str) -> None:
    """Write a notebook of at most two cells; voila keeps its source to itself."""
    import nbformat

    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.cells = [nbformat.v4.new_markdown_cell(prose)] if prose else []
    notebook.cells.append(nbformat.v4.new_code_cell(code))
    nbformat.write(notebook, place)


def _voila(notebook: Path, port: int) -> Voila:
    """A voila application for one notebook that listens to this machine only and obeys no configuration file."""
    from voila.app import Voila

    server = Voila(config_file_paths=[], log_level=logging.ERROR)
    server.notebook_path = str(notebook)
    server.ip = ADDRESS
    server.port = port
    server.port_retries = 0
    server.open_browser = True  # see launch_browser in serve_page()
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
