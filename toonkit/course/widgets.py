"""Sliders beside a picture that is drawn again when one of them moves, and a vote on pictures."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from ipywidgets import ValueWidget, VBox
    from matplotlib.figure import Figure

    from toonkit.course.ballots import Ballots


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


def voter(ballots: Ballots, reviewer: str = "") -> VBox:
    """Return the next ballot of `reviewer`: the source, if any, and a picture and a button for each model, unnamed.

    Asks for a name where none is given. A click keeps the vote and shows the next ballot. Where no kernel is live the
    first ballot stays. Raises ToonkitError for a `reviewer` whose name cannot stand in the file, and for a picture that
    cannot be read; what goes wrong later is told above the pictures.
    """
    from toonkit.course.voter import Voter

    return Voter(ballots, reviewer)
