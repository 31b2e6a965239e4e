"""The widget of the loss explorer: a slider for every loss weight, what is drawn, and a training for a minute."""

from __future__ import annotations

import asyncio
import html
import io
import math
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from ipywidgets import HTML, Button, Dropdown, FileUpload, FloatLogSlider, HBox, Image, Label, Layout, Text, VBox
from PIL import Image as Picture
from torch import Tensor

from toonkit.chapters.explored import Explored, read_settings
from toonkit.course.frames import Framed, figure_png, strip
from toonkit.course.minute import MinuteRun
from toonkit.images import read_picture
from toonkit.images.listing import contact_sheet
from toonkit.project.errors import ToonkitError
from toonkit.training.controls import RANGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS = "Above: what is given. Below: what is drawn with the weights of the sliders."
SHOWN = 4  # pictures in a row
SCALE = 2  # of the pictures on the page
OWN = 128  # pixels of the shorter side of a picture that is dropped in
PAUSE = 0.15  # seconds of rest before losses and curve follow the picture
LOOK = 0.2  # seconds between two looks at a training
NEVER = "This weight was never varied in training, so it has no slider."


class LossExplorer(Framed):
    """Sliders above pictures; beside them the losses, and their place on the curve that one slider draws."""

    def __init__(self, explored: Explored, folder: Path | None = None) -> None:
        """`folder` is where trainings for a minute go. Raises WeightsError where the generator is not released."""
        self.explored, self.folder = explored, folder
        self.pictures = explored.batch[explored.source][:SHOWN]  # (SHOWN, 3, H, W)
        self.at_one = explored.losses({})
        self.sweeps: dict[str, dict[float, dict[str, float]]] = {}
        self.minute: MinuteRun | None = None
        self._waiting: asyncio.TimerHandle | None = None
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
        drawn = self.explored.draw(self.pictures, self.factors)
        self.image.value = rows_png(self.pictures, drawn)

    def details(self) -> None:
        """Show the losses, the curve and the setting in words."""
        now = self.explored.losses(self.factors)
        self.table.value = losses_table(self.explored, self.at_one, now, self.factors)
        self.curve.value = figure_png(self._curve(now))
        self._telling = True  # what we write ourselves is no wish
        self.settings.value = self.explored.settings_line(self.factors)
        self._telling = False
        options = " ".join(self.explored.train_options(self.factors))
        self.command.value = f"toonkit train {options} --run-dir build/mine"

    def apply(self, line: str) -> None:
        """Set the sliders to a shared line of settings. Raises ToonkitError for one of another generator, or none."""
        explored, factors = read_settings(line)
        if explored.weights != self.explored.weights:
            raise ToonkitError(
                f"this setting is of {explored.weights}, and these sliders are of {self.explored.weights}"
            )
        explored.recipe.draw(self.pictures[:1], factors)  # refuses what is out of range
        for name, slider in self.sliders.items():
            slider.value = factors.get(name, 1.0)

    def take(self, content: bytes) -> None:
        """Draw a picture of the user's own from now on. Raises PictureError for bytes that are none."""
        with tempfile.TemporaryDirectory(prefix="toonkit-picture-") as folder:
            path = Path(folder) / "picture.png"
            path.write_bytes(content)
            self.pictures = fitted(read_picture(path)[None])
        self.redraw()

    def begin(self) -> None:
        """Train the recipe with the weights of the sliders, in a process of its own."""
        place = Path(tempfile.mkdtemp(prefix="minute-", dir=self.folder))
        self.minute = MinuteRun(self.explored, self.explored.train_options(self.factors), place)
        self.train.disabled, self.end.disabled = True, False
        threading.Thread(target=self._watch, args=(self.minute,), daemon=True).start()

    def stop(self) -> None:
        """End the training, if one goes on."""
        if self.minute:
            self.minute.stop()

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
        """The losses along one control, and where the setting stands."""
        import matplotlib.pyplot as plt

        name = self.along.value
        if name not in self.sweeps:
            self.sweeps[name] = self.explored.sweep(name)
        known = self.sweeps[name]
        others = [loss for loss in self.at_one if loss != name]
        figure, axes = plt.subplots(figsize=(3.2, 2.4), layout="constrained")
        other = max(others, key=lambda loss: spread([entry[loss] for entry in known.values()]))
        axes.plot(
            [entry[name] for entry in known.values()],
            [entry[other] for entry in known.values()],
            "o-",
            color="0.6",
            markersize=4,
        )
        for factor, entry in known.items():
            axes.annotate(
                f"{factor:.2g}", (entry[name], entry[other]), fontsize=7, xytext=(3, 3), textcoords="offset points"
            )
        axes.plot(now[name], now[other], "D", color="tab:blue", label="now")
        axes.set_xlabel(f"loss {name}", fontsize=8)
        axes.set_ylabel(f"loss {other}", fontsize=8)
        axes.tick_params(labelsize=7)
        axes.legend(fontsize=7)
        plt.close(figure)
        return figure

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
            drawn = self.explored.draw(self.pictures, self.factors | {name: factor})
            row.append((f"{name} x {factor:g}", rows_png(self.pictures, drawn)))
        return strip(self.curve.value, row)


def rows_png(*rows: Tensor) -> bytes:
    """Rows of pictures (N, 3, H, W), below each other, as PNG; fast, for a slider."""
    sheet = contact_sheet(torch.cat([row.detach().float() for row in rows]), len(rows[0]))  # (3, H, W)
    pixels = ((sheet.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()
    picture = Picture.fromarray(pixels, "RGB")
    buffer = io.BytesIO()
    picture.resize((SCALE * picture.width, SCALE * picture.height), Picture.Resampling.NEAREST).save(
        buffer, "PNG", compress_level=1
    )
    return buffer.getvalue()


def losses_table(explored: Explored, before: dict[str, float], now: dict[str, float], factors: dict[str, float]) -> str:
    """Weights and losses as an HTML table; a weight that the generator is not told is marked."""
    rows = []
    for name, weight in explored.base.items():
        told = (
            f"{weight * factors[name]:.3g}" if name in factors else f'{weight:.3g} <abbr title="{NEVER}">fixed</abbr>'
        )
        rows.append(
            f"<tr><td>{name}</td><td>{told}</td><td>{before[name]:.4f}</td><td><b>{now[name]:.4f}</b></td></tr>"
        )
    head = "<tr><th>loss</th><th>weight</th><th>all at x 1</th><th>now</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def minute_png(run: MinuteRun, pictures: Tensor) -> bytes:
    """Curves of a training's losses above what it drew at its latest steps."""
    import matplotlib.pyplot as plt

    known = run.curves()
    figure, axes = plt.subplots(figsize=(6, 2.2), layout="constrained")
    for name, values in known.items():
        if name != "step":
            axes.plot(
                known["step"], [math.nan if value is None else value for value in values], label=name, linewidth=1
            )
    axes.set_xlabel("step", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6, ncols=3)
    plt.close(figure)
    steps = run.steps_shown()[-3:]
    return strip(
        figure_png(figure), [(f"step {step}", rows_png(pictures, run.drawn(step, pictures))) for step in steps]
    )


def fitted(picture: Tensor) -> Tensor:
    """A picture (1, 3, H, W) with its shorter side at OWN pixels, sides cut to multiples of 16."""
    height, width = picture.shape[-2:]
    scale = OWN / min(height, width)
    sides = [max(16, round(side * scale) // 16 * 16) for side in (height, width)]
    return F.interpolate(picture, sides, mode="bilinear", antialias=True).clamp(-1, 1)


def spread(values: list[float]) -> float:
    """By what share the largest of some values is above the smallest."""
    return (max(values) - min(values)) / (abs(max(values)) + 1e-9)
