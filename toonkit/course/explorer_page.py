"""The loss explorer as a page of its own: a tab for each generator that is told its loss weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toonkit.chapters.explored import EXPLORED
from toonkit.course.colours import use_safe_colours
from toonkit.course.page_server import serve_page
from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from ipywidgets import Tab

PROSE = """# Loss weights under your fingers

Each slider is a weight of a loss, from a quarter to four times what the recipe has. The generator was told other
weights in every step of its training, so it draws at once as if it had been trained with these.
"""

LOADING = "The generator and its pictures are being loaded, which takes some seconds."


def serve_explorer(folder: Path, port: int = 0) -> None:
    """Serve the explorer until Ctrl-C or SIGTERM; trainings for a minute go to `folder`.

    Raises ToonkitError where no generator is released, and for a port that cannot be had.
    """
    if not any(one.is_here for one in EXPLORED):
        names = ", ".join(one.weights for one in EXPLORED)
        raise ToonkitError(f"none of {names} is in data/weights; `toonkit train` and `toonkit release` make them")
    folder.mkdir(parents=True, exist_ok=True)
    code = f"from toonkit.course.explorer_page import page\npage({str(folder.resolve())!r})"
    serve_page(code, "explore at {address} (this machine only); Ctrl-C ends it", port, PROSE)


def page(folder: str) -> Tab:
    """The widget that the page shows; each browser tab's kernel calls this. A generator is loaded when it is opened."""
    from ipywidgets import Label, Tab, VBox

    from toonkit.course.loss_explorer import LossExplorer

    use_safe_colours()
    here = [one for one in EXPLORED if one.is_here]
    tabs = Tab([VBox([Label(LOADING)]) for _ in here], titles=[one.title for one in here], selected_index=0)
    opened: set[int] = set()

    def load(_change: object = None) -> None:
        place = tabs.selected_index
        if place is not None and place not in opened:
            opened.add(place)
            tabs.children[place].children = [LossExplorer(here[place], Path(folder))]

    tabs.observe(load, "selected_index")
    load()
    return tabs
