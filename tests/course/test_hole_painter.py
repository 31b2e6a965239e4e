"""Holes painted by hand: what is painted is what the ways are given, and the errors are those inside it."""

from __future__ import annotations

import base64
import io
import re

import pytest
import torch
from PIL import Image
from torch import Tensor

from toonkit.course.explorer_pictures import labelled_png
from toonkit.course.hole_painter import EMPTY, HolePainter
from toonkit.project.errors import ToonkitError

SIDE = 16


@pytest.fixture
def painter() -> HolePainter:
    """Two black photographs, whose cartoons are white; one way leaves all as it is, one draws the truth."""
    photos, truth = torch.full((2, 3, SIDE, SIDE), -1.0), torch.ones(2, 3, SIDE, SIDE)
    hole = torch.zeros(SIDE, SIDE)
    hole[2:6, 3:7] = 1
    ways = {"nothing": lambda damaged, holes: damaged, "the truth": lambda damaged, holes: torch.ones_like(damaged)}
    slow = {"slow": lambda damaged, holes: damaged + holes}
    return HolePainter(photos, truth, ways, slow, hole)


def told(painter: HolePainter) -> dict[str, tuple[float, float]]:
    """Errors inside and outside by way, as the table has them."""
    cells = re.findall(r"<tr><td>([\w ]+)</td><td>([\d.]+)</td><td>([\d.]+)</td></tr>", painter.words.value)
    return {name: (float(inside), float(outside)) for name, inside, outside in cells}


def paint(painter: HolePainter, rows: slice, columns: slice) -> None:
    """As the page does: a letter for each pixel of the whole mask."""
    mask = torch.zeros(SIDE, SIDE, dtype=torch.uint8)
    mask[rows, columns] = 1
    painter.canvas.mask = "".join(map(str, mask.flatten().tolist()))


def test_errors_are_inside_what_is_painted(painter: HolePainter) -> None:
    """A damaged black photograph is grey (0) in its hole: 1 from the white cartoon there, 2 elsewhere."""
    assert told(painter) == {"nothing": (1.0, 2.0), "the truth": (0.0, 0.0)}
    assert painter.words.value.startswith("6% of the picture is missing")
    before = painter.image.value
    paint(painter, slice(0, 8), slice(0, SIDE))
    assert painter.words.value.startswith("50% of the picture is missing")
    assert painter.image.value != before and told(painter)["nothing"] == (1.0, 2.0)


def test_the_mask_goes_both_ways(painter: HolePainter) -> None:
    holes: Tensor = painter.canvas.holes
    assert holes.shape == (1, 1, SIDE, SIDE) and holes.sum() == 16 and holes[0, 0, 2, 3] == 1 and holes[0, 0, 3, 2] == 0
    painter.canvas.holes = 1 - holes
    assert painter.canvas.holes.sum() == SIDE * SIDE - 16


def test_nothing_painted_asks_for_a_hole_and_all_painted_is_told(painter: HolePainter) -> None:
    painter.clear.click()
    assert painter.words.value == EMPTY and painter.canvas.holes.sum() == 0
    painter.ways["nothing"] = refuse
    paint(painter, slice(0, SIDE), slice(0, SIDE))
    assert painter.words.value == "&lt;everything&gt; is missing"


def refuse(damaged: Tensor, holes: Tensor) -> Tensor:
    raise ToonkitError("<everything> is missing")


def test_slow_ways_draw_at_the_button_only(painter: HolePainter) -> None:
    assert "slow" not in told(painter)
    painter.search.click()
    assert told(painter)["slow"] == (0.0, 2.0) and not painter.search.disabled
    paint(painter, slice(0, 8), slice(0, SIDE))
    assert "slow" not in told(painter)


def test_another_person_is_given_to_the_canvas_and_the_ways(painter: HolePainter) -> None:
    painter.photos = torch.cat([painter.photos[:1], torch.full_like(painter.photos[:1], 0.5)])
    painter.person.value = 2
    shown = Image.open(io.BytesIO(base64.b64decode(painter.canvas.picture.split(",")[1]))).convert("RGB")
    assert shown.size == (SIDE, SIDE) and shown.getpixel((0, 0)) == (191, 191, 191)
    assert told(painter)["nothing"] == (1.0, 0.5)


def test_brush_and_eraser_reach_the_canvas(painter: HolePainter) -> None:
    painter.brush.value, painter.erase.value = 3, True
    assert painter.canvas.brush == 3 and painter.canvas.erase
    for words in ("Arrow keys", "Space", "Tab leaves"):
        assert words in painter.canvas.label


def test_a_page_without_a_kernel_shows_the_first_hole(painter: HolePainter) -> None:
    picture = Image.open(io.BytesIO(base64.b64decode(painter._repr_mimebundle_()["image/png"]))).convert("RGB")
    assert len(set(picture.get_flattened_data() if hasattr(picture, "get_flattened_data") else picture.getdata())) > 3


def test_pictures_that_are_not_square_are_refused() -> None:
    with pytest.raises(ToonkitError, match="square"):
        HolePainter(torch.zeros(1, 3, 8, 10), torch.zeros(1, 3, 8, 10), {})


def test_groups_stand_beside_each_other_below_their_names() -> None:
    picture = Image.open(io.BytesIO(labelled_png({"one": torch.ones(1, 3, 20, 20), "two": -torch.ones(2, 1, 20, 20)})))
    assert picture.width >= 2 * (20 + 4) + 2 * (2 * 20 + 6)
