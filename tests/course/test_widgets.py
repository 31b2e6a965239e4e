from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import torch
from ipywidgets import Checkbox, Dropdown, FloatLogSlider, FloatSlider, IntSlider
from PIL import Image

from toonkit.course import show
from toonkit.course.figures import save_figure
from toonkit.course.frames import GAP, LABEL, WIDTH, stops, strip
from toonkit.course.show import show_rows
from toonkit.course.widgets import explorer
from toonkit.images.listing import contact_sheet
from toonkit.project.errors import ToonkitError

WIDGET = "application/vnd.jupyter.widget-view+json"


def brightness(png: bytes) -> float:
    """The value (0-255) in the middle of the figure."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    return picture.getpixel((picture.width // 2, picture.height // 2))


def test_moving_a_slider_draws_again_with_all_values() -> None:
    level, size = FloatSlider(-1.0, min=-1, max=1), IntSlider(8, min=1, max=20)
    seen = []

    def draw(level: float, size: int):
        seen.append((level, size))
        return show(torch.full((1, 3, size, size), level))

    box = explorer(draw, level=level, size=size)
    first = box.children[-1].value
    level.value = 1.0
    assert seen == [(-1.0, 8), (1.0, 8)]
    assert brightness(first) == 0 and brightness(box.children[-1].value) == 255
    assert [control.description for control in box.children[:2]] == ["level", "size"]


def test_what_cannot_be_explored_is_refused() -> None:
    with pytest.raises(ToonkitError, match="control"):
        explorer(show)
    with pytest.raises(ToonkitError, match="figure"):
        explorer(lambda level: level, level=FloatSlider(0.5))


def test_rows_stand_beside_their_names() -> None:
    rows = {
        "dark": torch.full((3, 3, 8, 6), -1.0),
        "pale": torch.full((3, 3, 8, 6), 0.5),
        "white": torch.ones(3, 3, 8, 6),
    }
    (axes,) = show_rows(rows).axes
    picture = axes.images[0].get_array()
    assert picture.shape == (2 + 3 * 10, 2 + 3 * 8, 3)
    at = {label.get_text(): y for label, y in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)}
    assert {name: float(picture[int(y), 4, 0]) for name, y in at.items()} == {"dark": 0.0, "pale": 0.75, "white": 1.0}
    with pytest.raises(ToonkitError, match=r"one shape.*\(2, 3, 8, 8\)"):
        show_rows({"one": torch.zeros(2, 3, 8, 8), "other": torch.zeros(3, 3, 8, 8)})


def test_no_pixel_of_a_row_is_resampled(tmp_path: Path) -> None:
    """Each pixel of the pictures is a square of whole pixels of the figure, whatever stands beside them."""
    generator = torch.Generator().manual_seed(0)
    rows = {name: torch.rand(2, 3, 5, 7, generator=generator) * 2 - 1 for name in ("a", "a name of many letters")}
    figure = show_rows(rows, 3)
    drawn = torch.from_numpy(np.array(Image.open(save_figure(figure, tmp_path / "rows.png")))).permute(2, 0, 1)
    sheet = contact_sheet(torch.cat([*rows.values()]), 2).repeat_interleave(3, 1).repeat_interleave(3, 2)
    right = drawn[:, :, -sheet.shape[2] :]
    assert right.shape == sheet.shape
    assert (right - (sheet + 1) * 127.5).abs().max() <= 1
    assert drawn.shape[2] - sheet.shape[2] > 100  # the words have their place


def frame_of(widget) -> Image.Image:
    """The picture that stands in the place of a widget."""
    bundle = widget._repr_mimebundle_()
    assert WIDGET in bundle
    return Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).convert("RGB")


def test_a_page_without_a_kernel_shows_the_first_frame_and_a_strip_of_stops() -> None:
    """Above the picture of now, below it the first control from its lowest to its highest."""
    size = IntSlider(8, min=1, max=20)
    box = explorer(
        lambda level, size: show(torch.full((1, 3, size, size), level)),
        level=FloatSlider(-1.0, min=-1, max=1),
        size=size,
    )
    picture, now = frame_of(box), Image.open(io.BytesIO(box.children[-1].value))
    assert picture.getpixel((now.width // 2, now.height // 2)) == (0, 0, 0)
    each = (picture.width - 3 * GAP) // 4
    below = [picture.getpixel((k * (each + GAP) + each // 2, now.height + GAP + LABEL + each // 2)) for k in range(4)]
    assert [round(value[0] / 85) for value in below] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (FloatSlider(0.5, min=0.0, max=3.0), [0.0, 1.0, 2.0, 3.0]),
        (IntSlider(1, min=1, max=2), [1, 2]),
        (IntSlider(0, min=0, max=9), [0, 3, 6, 9]),
        (FloatLogSlider(1.0, base=4, min=-1, max=1), [0.25, 4 ** (-1 / 3), 4 ** (1 / 3), 4.0]),
        (Dropdown(options=["a", "b"]), ["a", "b"]),
        (Dropdown(options=[("one", 1), ("two", 2)]), [1, 2]),
        (Checkbox(False), []),
    ],
)
def test_stops_of_a_control(control, expected: list) -> None:
    assert stops(control) == (expected if isinstance(control, Dropdown) else pytest.approx(expected))


def test_a_wide_figure_and_its_strip_fit_the_page() -> None:
    wide = io.BytesIO()
    Image.new("RGB", (3000, 300), "red").save(wide, "PNG")
    sheet = Image.open(io.BytesIO(strip(wide.getvalue(), [("one", wide.getvalue()), ("two", wide.getvalue())])))
    assert sheet.width == WIDTH
    assert sheet.getpixel((WIDTH // 2, 20)) == (255, 0, 0)
    assert sheet.getpixel((WIDTH - 10, sheet.height - 5)) == (255, 0, 0)


def test_a_drawing_may_be_a_png() -> None:
    """Shown as it is, with nothing of matplotlib on the way."""
    level = IntSlider(0, min=0, max=255)

    def draw(level: int) -> bytes:
        buffer = io.BytesIO()
        Image.new("L", (40, 30), level).save(buffer, "PNG")
        return buffer.getvalue()

    box = explorer(draw, level=level)
    level.value = 200
    assert box.children[-1].value == draw(200)


def test_names_stand_to_the_left_of_rows() -> None:
    figure = show(torch.zeros(6, 3, 4, 4), columns=3, rows=["above", "below"])
    texts = {place.texts[0].get_text(): place for place in figure.axes if place.texts}
    assert list(texts) == ["above", "below"]
    assert texts["below"].get_subplotspec().rowspan.start == 1 and texts["below"].get_subplotspec().colspan.start == 0
    with pytest.raises(ToonkitError, match="1 names for 2 rows"):
        show(torch.zeros(6, 3, 4, 4), columns=3, rows=["above"])
