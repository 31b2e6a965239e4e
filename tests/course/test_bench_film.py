"""Films: each row's command names its method, so that a row is what it is called whatever the default becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from toonkit.chapters.drawing_choice import BEST, CLASSICAL, methods
from toonkit.cli import build_parser
from toonkit.course.bench import film
from toonkit.images.films import Film


def test_every_rows_command_names_its_method() -> None:
    for row, (seconds, options) in film.commands(film.rows()).items():
        long, method, *more = row.split(", ")
        given = build_parser().parse_args(["toonify", "in.mp4", "-o", "out.mp4", *options])
        assert given.method == method and long == f"{seconds} s", row
        assert given.temporal == (film.STRENGTH if more == ["temporal"] else None), row


def test_what_the_report_and_the_command_line_draw_with_is_measured_for_ten_seconds() -> None:
    long = {row.split(", ")[1] for row, (seconds, _) in film.commands(film.rows()).items() if seconds == 10}
    assert long == {CLASSICAL, "animated", BEST} and long < set(methods())


def test_each_row_draws_a_film_of_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def watched(path: Path, count: int, *options: str) -> dict[str, float]:
        with Film(path) as given:
            assert sum(1 for _ in given.frames()) == count
        drawn.append((count, options))
        return {"frames a second": 1.0}

    monkeypatch.setattr(film, "_run", watched)
    found = film._speed((48, 80), 10, film.commands(film.rows()))
    rows = {row: entry for row, entry in found.items() if isinstance(entry, dict)}
    assert list(rows) == list(film.commands(film.rows()))
    assert drawn == [(seconds * 25 // 10, options) for seconds, options in film.commands(film.rows()).values()]


def test_flicker_is_measured_of_what_draws_photographs(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name: lambda: lambda photo: photo for name in ("classical", "animated", BEST, "tomjerry")}
    monkeypatch.setattr(film, "methods", lambda: known)
    found = film._of_camera(film._camera((32, 48), 12), film._of_films())
    assert list(found) == ["photographs", "classical", "animated", BEST]
    for name in ("animated", BEST):
        assert found[name]["without"]["value"] == pytest.approx(found["photographs"]["value"])
        assert found[name][f"temporal {film.STRENGTH}"]["value"] < found[name]["without"]["value"]
