"""Sliders beside a picture that is drawn again when one of them moves, and a vote on pictures."""

from __future__ import annotations

import html
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from ipywidgets import ValueWidget, VBox
    from matplotlib.figure import Figure

    from toonkit.course.ballots import Ballot, Ballots


def explorer(draw: Callable[..., Figure], **controls: ValueWidget) -> VBox:
    """Return the `controls` (ipywidgets) above the figure that `draw` makes of their values, passed by name.

    Where no kernel is live the first figure stays. It is an Image widget on purpose: the Output widget behind
    `ipywidgets.interact` talks back to the kernel while a cell runs, and that can hang a headless run for good.
    Raises ToonkitError without a control or for a drawing that is no matplotlib figure.
    """
    from ipywidgets import Image, VBox

    if not controls:
        raise ToonkitError("explorer() needs at least one control, such as ipywidgets.FloatSlider(1.0)")
    image = Image(format="png")

    def redraw(_change: object = None) -> None:
        figure = draw(**{name: control.value for name, control in controls.items()})
        if not hasattr(figure, "savefig"):
            raise ToonkitError(f"draw must return a matplotlib figure, as show() does, not {type(figure).__name__}")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=100)
        image.value = buffer.getvalue()

    for name, control in controls.items():
        control.description = control.description or name
        control.observe(redraw, "value")
    redraw()
    return VBox([*controls.values(), image])


def voter(ballots: Ballots, reviewer: str) -> VBox:
    """Return the next ballot of `reviewer`: the source, if any, and a picture and a button for each model, unnamed.

    A click keeps the vote and shows the next ballot; what cannot be kept is told above the pictures. Where no kernel is
    live the first ballot stays. Raises ToonkitError for a name that cannot stand in the file.
    """
    from ipywidgets import HTML, Box, Button, Image, Layout, VBox

    from toonkit.course.ballots import QUESTION, Refused

    words, pictures = HTML(), Box(layout=Layout(flex_flow="row wrap"))

    def cell(ballot: Ballot, place: int) -> VBox:
        image = Image(value=ballots.png(ballot, place), format="png", layout=Layout(width="180px"))
        button = Button(description=f"Picture {place}" if place else "The source", disabled=not place)
        button.layout.width = "180px"
        button.on_click(lambda _: choose(ballot, place))
        return VBox([image, button], layout=Layout(margin="4px"))

    def choose(ballot: Ballot, place: int) -> None:
        try:
            ballots.vote(ballot, place)
            ask()
        except Refused as error:  # voted elsewhere meanwhile: go on
            ask(f"{html.escape(str(error))}. ")
        except ToonkitError as error:  # a kernel would only log it
            words.value = f"The vote was not kept: {html.escape(str(error))}"

    def ask(note: str = "") -> None:
        ballot = ballots.next(reviewer)
        places = range(0 if ballots.source else 1, len(ballot.shown) + 1) if ballot else ()
        pictures.children = [cell(ballot, place) for place in places]
        where = f"<b>{QUESTION}</b> Picture {ballot.number} of {ballot.total}" if ballot else "Thank you: all done."
        words.value = note + where

    ask()
    return VBox([words, pictures])
