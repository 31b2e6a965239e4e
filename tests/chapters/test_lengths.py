"""Rows trained longer: the same recipe for more steps, and found by the names of the rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toonkit.chapters.index import find_chapter
from toonkit.chapters.lengths import LENGTHS, at_length, by_length, records_at


@pytest.mark.parametrize(
    ("chapter", "rows"), [("cartoongan", ("classical", "batch_norm", "vgg16")), ("recovery", ("gan_v1", "cyclegan_v6"))]
)
def test_a_longer_row_differs_by_its_steps_alone(chapter: str, rows: tuple[str, ...]) -> None:
    variants = find_chapter(chapter).variants
    for row in rows:
        for steps in LENGTHS:
            longer = variants[at_length(row, steps)]
            assert longer.full_steps == steps > variants[row].full_steps
            assert replace(longer, full_steps=variants[row].full_steps) == variants[row]


def test_records_are_found_where_all_of_them_are_there() -> None:
    records = {"a": 1, "a_5000": 2, "b": 3, "b_15000": 4, "a_15000": 5}
    assert records_at({"a", "b"}, 5000, records) == {}
    assert records_at({"a", "b"}, 15000, records) == {"a": 5, "b": 4}
    assert records_at({"a"}, 5000, records) == {"a": 2}


def test_a_rows_records_stand_by_their_steps() -> None:
    records = {name: {"config": {"steps": steps}} for name, steps in {"a": 1500, "a_15000": 15000, "b": 20}.items()}
    assert by_length("a", records) == {1500: records["a"], 15000: records["a_15000"]}
    assert by_length("c", records) == {}
