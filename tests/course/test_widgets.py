from __future__ import annotations

import io

import pytest
import torch
from ipywidgets import FloatSlider, IntSlider
from PIL import Image

from toonkit.course import show
from toonkit.course.show import show_rows
from toonkit.course.widgets import explorer
from toonkit.project.errors import ToonkitError


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
