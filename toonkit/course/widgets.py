"""Sliders beside a picture that is drawn again when one of them moves, and a vote on pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from toonkit.project.errors import ToonkitError

if TYPE_CHECKING:
    from ipywidgets import ValueWidget, VBox
    from matplotlib.figure import Figure

    from toonkit.course.ballots import Ballots


def explorer(draw: Callable[..., Figure | bytes], **controls: ValueWidget) -> VBox:
    """Return the `controls` (ipywidgets) above what `draw` makes of their values, passed by name: a figure or a PNG.

    A PNG, such as `labelled_png` makes, is there sooner than a figure.

    Where no kernel is live a picture stands in its place: the first figure, and below it those of a few values of the
    first control. It is an Image widget on purpose: the Output widget behind `ipywidgets.interact` talks back to the
    kernel while a cell runs, and that can hang a headless run for good. Raises ToonkitError without a control or for a
    drawing that is neither.
    """
    from ipywidgets import Image, Layout

    from toonkit.course.frames import Framed, figure_png, stops, strip

    if not controls:
        raise ToonkitError("explorer() needs at least one control, such as ipywidgets.FloatSlider(1.0)")
    image = Image(format="png", layout=Layout(max_width="100%", align_self="flex-start"))

    def drawn(**changes: Any) -> bytes:
        found = draw(**{name: control.value for name, control in controls.items()} | changes)
        if isinstance(found, bytes):
            return found
        if not hasattr(found, "savefig"):
            raise ToonkitError(f"draw must return a matplotlib figure, as show() does, not {type(found).__name__}")
        return figure_png(found)

    def redraw(_change: object = None) -> None:
        image.value = drawn()

    def frame() -> bytes:
        name, control = next(iter(controls.items()))
        row = [(f"{control.description} = {told(value)}", drawn(**{name: value})) for value in stops(control)]
        return strip(image.value, row)

    for name, control in controls.items():
        control.description = control.description or name
        control.observe(redraw, "value")
    redraw()
    return Framed([*controls.values(), image], frame)


def told(value: Any) -> str:
    """A control's value in a few characters."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def voter(ballots: Ballots, reviewer: str = "") -> VBox:
    """Return the next ballot of `reviewer`: the source, if any, and a picture and a button for each model, unnamed.

    Asks for a name where none is given. A click keeps the vote and shows the next ballot. Where no kernel is live the
    first ballot stays. Raises ToonkitError for a `reviewer` whose name cannot stand in the file, and for a picture that
    cannot be read; what goes wrong later is told above the pictures.
    """
    from toonkit.course.voter import Voter

    return Voter(ballots, reviewer)
