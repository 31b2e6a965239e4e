"""The widget of the loss explorer: a slider for every loss weight, what is drawn, and a training for a minute."""

from __future__ import annotations

import asyncio
import html
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Button, Dropdown, FileUpload, FloatLogSlider, HBox, Image, Label, Layout, Text, VBox

from toonkit.chapters.explored import Explored, read_settings
from toonkit.course.explorer_pictures import fitted, losses_table, minute_png, rows_png, trade_off
from toonkit.course.frames import Framed, figure_png, strip
from toonkit.course.minute import MinuteRun
from toonkit.images import read_picture
from toonkit.project.atomic import make_folder
from toonkit.project.errors import ToonkitError, TrainingError
from toonkit.training.controls import RANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

ROWS = "Above: what is given. Below: what is drawn with the weights of the sliders."
PAUSE = 0.15  # seconds of rest before losses and curve follow the picture
LOOK = 0.2  # seconds between two looks at a training


class LossExplorer(Framed):
    """Sliders above pictures; beside them the losses, and their place on the curve that one slider draws."""

    def __init__(self, explored: Explored, folder: Path | None = None) -> None:
        """`folder` is where trainings for a minute go. Raises WeightsError where the generator is not released."""
        self.explored, self.folder = explored, folder
        self.look_at(explored.pictures)
        self.at_one = explored.losses({})
        self.sweeps: dict[str, dict[float, dict[str, float]]] = {}
        self.minute: MinuteRun | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._telling = False  # whether we write the setting ourselves
        self.sliders = {name: self._slider(name) for name in explored.controls}
        self.image = Image(format="png", layout=Layout(object_fit="contain", max_width="100%"))
        self.table, self.words = HTML(), HTML()
        self.curve = Image(format="png", layout=Layout(max_width="100%"))
        self.along = Dropdown(options=list(self.sliders), description="curve of")
        self.settings = Text(description="setting", continuous_update=False, layout=Layout(width="95%"))
        self.command = Label()
        self.upload = FileUpload(accept="image/*", description="Your picture")
        self.train, self.end = Button(description="Train for a minute"), Button(description="Stop", disabled=True)
        self.running = Image(format="png", layout=Layout(max_width="100%"))
        self._wire()
        self.redraw()
        self.details()
        controls = VBox([*self.sliders.values(), self.upload, self.along])
        trained = VBox([HBox([self.train, self.end, self.words]), self.running])
        super().__init__(
            [HBox([controls, self.table, self.curve]), Label(ROWS), self.image, self.settings, self.command, trained],
            self._frame_png,
        )

    @property
    def factors(self) -> dict[str, float]:
        """What multiplies each weight now."""
        return {name: min(max(slider.value, 1 / RANGE), RANGE) for name, slider in self.sliders.items()}

    def redraw(self, _change: object = None) -> None:
        """Draw the pictures at the sliders' setting."""
        drawn = self.explored.draw(self.given, self.factors)
        self.image.value = rows_png(self.pictures, drawn)

    def details(self) -> None:
        """Show the losses, the curve and the setting in words."""
        now = self.explored.losses(self.factors)
        self.table.value = losses_table(self.explored, self.at_one, now, self.factors)
        self.curve.value = figure_png(self._curve(now))
        self._telling = True
        self.settings.value = self.explored.settings_line(self.factors)
        self._telling = False
        self.command.value = self.explored.commands(self.factors)

    def apply(self, line: str) -> None:
        """Set the sliders to a shared line of settings. Raises ToonkitError for one of another generator, or none."""
        explored, factors = read_settings(line)
        if explored.weights != self.explored.weights:
            raise ToonkitError(
                f"this setting is of {explored.weights}, and these sliders are of {self.explored.weights}"
            )
        explored.draw(self.given[:1], factors)  # refuses what is out of range
        for name, slider in self.sliders.items():
            slider.value = factors.get(name, 1.0)

    def take(self, content: bytes) -> None:
        """Draw a picture of the user's own from now on. Raises PictureError for bytes that are none."""
        with tempfile.TemporaryDirectory(prefix="toonkit-picture-") as folder:
            path = Path(folder) / "picture.png"
            path.write_bytes(content)
            self.look_at(fitted(read_picture(path)[None]))
        self.redraw()

    def begin(self) -> None:
        """Train the recipe with the weights of the sliders, in a process of its own."""
        if self.folder:
            make_folder(self.folder, TrainingError)
        place = Path(tempfile.mkdtemp(prefix="minute-", dir=self.folder))
        self.minute = MinuteRun(self.explored, self.explored.train_options(self.factors), place)
        self.train.disabled, self.end.disabled = True, False
        threading.Thread(target=self._watch, args=(self.minute,), daemon=True).start()

    def stop(self) -> None:
        """End the training, if one goes on."""
        if self.minute:
            self.minute.stop()

    def look_at(self, pictures: Tensor) -> None:
        """Draw these pictures (N, 3, H, W) from now on."""
        self.pictures = pictures
        self.given = self.explored.given(pictures)  # (N, C, H, W), the same at every setting

    def _slider(self, name: str) -> FloatLogSlider:
        words = f"{name} ({self.explored.base[name]:g} x)"
        return FloatLogSlider(
            1.0, base=RANGE, min=-1, max=1, step=0.05, description=words, style={"description_width": "9em"}
        )

    def _wire(self) -> None:
        for slider in self.sliders.values():
            slider.observe(self._moved, "value")
        self.along.observe(lambda _: self.details(), "value")
        self.settings.observe(self._asked, "value")
        self.upload.observe(self._uploaded, "value")
        self.train.on_click(lambda _: self._try(self.begin))
        self.end.on_click(lambda _: self.stop())

    def _moved(self, _change: object) -> None:
        """The picture follows at once; what takes longer follows when the slider rests."""
        self.redraw()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nothing would ever call it
            return self.details()
        if self._waiting:
            self._waiting.cancel()
        self._waiting = loop.call_later(PAUSE, self.details)
        return None

    def _asked(self, change: dict[str, Any]) -> None:
        if not self._telling:
            self._try(lambda: self.apply(change["new"]))

    def _uploaded(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self._try(lambda: self.take(bytes(change["new"][0]["content"])))

    def _try(self, action: Any) -> None:
        """Do what was asked, and say what was wrong with it."""
        try:
            action()
            self.words.value = ""
        except ToonkitError as error:
            self.words.value = html.escape(str(error))

    def _curve(self, now: dict[str, float]) -> Figure:
        """The losses along the chosen control, and where the setting stands."""
        name = self.along.value
        if name not in self.sweeps:
            self.sweeps[name] = self.explored.sweep(name)
        return trade_off(name, self.sweeps[name], now)

    def _watch(self, run: MinuteRun) -> None:
        """Show how a training goes on until it has ended."""
        shown = -1
        while True:
            going = run.runs
            progress = run.progress()
            if progress:
                losses = ", ".join(f"{name} {value:.3f}" for name, value in progress.losses.items())
                self.words.value = f"step {progress.step} of {progress.steps}: {html.escape(losses)}"
            steps = run.steps_shown()
            if steps and steps[-1] != shown:
                shown = steps[-1]
                self.running.value = minute_png(run, self.pictures)
            if not going:
                break
            threading.Event().wait(LOOK)
        ending = run.failed or ("stopped" if run.stopped else "done")
        self.words.value = f"{html.escape(ending)}. {self.words.value}"
        self.train.disabled, self.end.disabled = False, True

    def _frame_png(self) -> bytes:
        name = next(iter(self.sliders))
        row = []
        for factor in (1 / RANGE, 1.0, RANGE):
            drawn = self.explored.draw(self.given, self.factors | {name: factor})
            row.append((f"{name} x {factor:g}", rows_png(self.pictures, drawn)))
        return strip(self.curve.value, row)
