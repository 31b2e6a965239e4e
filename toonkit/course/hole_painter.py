"""Holes painted by hand: the damaged photograph's cartoon by several ways, and the error inside the hole."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

from ipywidgets import HTML, Button, Checkbox, HBox, Image, IntSlider, Layout, VBox
from torch import Tensor

from toonkit.chapters.inpainting.bench import Way, errors
from toonkit.course.explorer_pictures import labelled_png, rows_png
from toonkit.course.frames import Framed, strip
from toonkit.course.hole_canvas import HoleCanvas
from toonkit.project.errors import ToonkitError

EMPTY = "Paint a hole: drag over the photograph, or press Tab until it has the focus and use the keys."


class HolePainter(Framed):
    """A photograph to paint a hole on; beside it what each way draws of the rest, and how wrong that is."""

    def __init__(
        self,
        photos: Tensor,
        truth: Tensor,
        ways: Mapping[str, Way],
        slow: Mapping[str, Way] | None = None,
        hole: Tensor | None = None,
    ) -> None:
        """Photographs and their true cartoons (N, 3, H, H); each of `ways` draws at once, `slow` ones at a button.

        `hole` (H, H) is what is painted at first. Raises ToonkitError for pictures that are not square.
        """
        if photos.shape != truth.shape or photos.shape[-1] != photos.shape[-2]:
            raise ToonkitError(f"holes want square pictures and their cartoons, not {tuple(photos.shape)}")
        self.photos, self.truth, self.ways, self.slow = photos, truth, ways, slow or {}
        side = photos.shape[-1]
        self.canvas = HoleCanvas(side=side)
        self.canvas.show(rows_png(photos[:1], scale=1, gap=0))
        self.canvas.clear()
        if hole is not None:
            self.canvas.holes = hole
        self.person = IntSlider(1, 1, len(photos), description="picture")
        self.brush = IntSlider(self.canvas.brush, 1, 20, description="brush")
        self.erase = Checkbox(False, description="erase")
        self.clear = Button(description="Clear")
        self.search = Button(description="Try the slow ways", disabled=not self.slow)
        self.image = Image(format="png", layout=Layout(max_width="100%", align_self="flex-start"))
        self.words = HTML()
        self._wire()
        self.redraw()
        controls = VBox([self.person, self.brush, self.erase, HBox([self.clear, self.search]), self.words])
        super().__init__([HBox([self.canvas, controls]), self.image], self._frame_png)

    def redraw(self, _change: object = None) -> None:
        """Draw by the quick ways, and tell their errors."""
        self._show(self.ways)

    def _show(self, ways: Mapping[str, Way]) -> None:
        holes = self.canvas.holes
        if not holes.any():
            self.image.value, self.words.value = strip(None, []), EMPTY
            return
        try:
            drawn = {name: way(self._photo * (1 - holes), holes) for name, way in ways.items()}
        except ToonkitError as error:  # say everything is painted over
            self.words.value = html.escape(str(error))
            return
        shown = {"damaged": self._photo * (1 - holes)} | drawn | {"true cartoon": self._truth}
        self.image.value = labelled_png(shown)
        self.words.value = self._table(drawn, holes)

    @property
    def _photo(self) -> Tensor:
        return self.photos[self.person.value - 1 : self.person.value]

    @property
    def _truth(self) -> Tensor:
        return self.truth[self.person.value - 1 : self.person.value]

    def _table(self, drawn: Mapping[str, Tensor], holes: Tensor) -> str:
        """The errors of each way as an HTML table."""
        rows = []
        for name, pictures in drawn.items():
            found = errors(pictures, self._truth, holes)
            cells = "".join(f"<td>{found[where]:.3f}</td>" for where in ("inside", "outside"))
            rows.append(f"<tr><td>{html.escape(name)}</td>{cells}</tr>")
        head = "<tr><th>way</th><th>error inside the hole</th><th>outside</th></tr>"
        return f"{holes.mean():.0%} of the picture is missing.<table>{head}{''.join(rows)}</table>"

    def _wire(self) -> None:
        self.canvas.observe(self.redraw, "mask")
        self.person.observe(self._another, "value")
        self.brush.observe(lambda change: self.canvas.set_trait("brush", change["new"]), "value")
        self.erase.observe(lambda change: self.canvas.set_trait("erase", change["new"]), "value")
        self.clear.on_click(lambda _: self.canvas.clear())
        self.search.on_click(lambda _: self._waiting(lambda: self._show({**self.ways, **self.slow})))

    def _another(self, _change: object) -> None:
        self.canvas.show(rows_png(self._photo, scale=1, gap=0))
        self.redraw()

    def _waiting(self, action: Callable[[], None]) -> None:
        """Do what takes a while with the button switched off, so that nobody asks twice."""
        self.search.disabled, self.words.value = True, "A moment ..."
        try:
            action()
        finally:
            self.search.disabled = False

    def _frame_png(self) -> bytes:
        return strip(self.image.value, [])
