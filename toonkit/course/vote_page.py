"""The page to vote on: the `voter` widget, served by voila to this machine alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toonkit.course.ballots import Ballots
from toonkit.course.page_server import serve_page
from toonkit.course.widgets import voter

if TYPE_CHECKING:
    from ipywidgets import VBox

KEYS = Path(__file__).parent / "templates" / "vote.html"


def serve(ballots: Ballots, reviewer: str = "", port: int = 0) -> None:
    """Serve a page to vote on, until Ctrl-C or SIGTERM; each tab that opens it has a kernel of its own.

    `reviewer` votes; without one the page asks for a name. Port 0 takes a free one. Prints the address once the page is
    there. Raises Refused for a bad name and ToonkitError for a port that cannot be had.
    """
    if reviewer:
        ballots.ballot(reviewer, 1)  # refuses a bad name at once
    settings = {
        "folders": [str(folder.resolve()) for folder in ballots.folders.values()],
        "path": str(ballots.path.resolve()),
        "source": str(ballots.source.resolve()) if ballots.source else None,
        "seed": ballots.seed,
        "reviewer": reviewer,
    }
    code = f"from toonkit.course.vote_page import page\npage(**{settings!r})"
    votes = str(ballots.path).replace("{", "{{").replace("}", "}}")
    words = f"vote at {{address}} (this machine only); votes go to {votes}; Ctrl-C ends it"
    serve_page(code, words, port, KEYS.read_text(encoding="utf-8"))


def page(folders: list[str], path: str, source: str | None, seed: int, reviewer: str) -> VBox:
    """The widget that the notebook behind the page shows; each tab's kernel calls this."""
    ballots = Ballots([Path(folder) for folder in folders], Path(path), Path(source) if source else None, seed)
    return voter(ballots, reviewer)
