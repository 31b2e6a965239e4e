"""Tables out of records: text, Markdown, the README's sections, and the measurements that feed them."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from toonkit.chapters.claims import Claim
from toonkit.chapters.index import find_chapter
from toonkit.course import benches
from toonkit.course.result_tables import claims_table, fill_tables, results_table, runs_table
from toonkit.course.tables import markdown_table, measured_at, number, text_table
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record, write_json

ROWS = [{"name": "a|b", "value": 1}, {"name": "long name", "value": 22}]


def test_markdown_and_text() -> None:
    assert markdown_table(ROWS) == "| name | value |\n| --- | --- |\n| a\\|b | 1 |\n| long name | 22 |\n"
    assert text_table(ROWS) == "name       value\na|b        1\nlong name  22"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (0.123456, "0.1235"),
        (12345.6, "12,346"),
        ("yes", "yes"),
        (2.0, "2"),
        ({"value": 1.5, "spread": 0.25, "n": 3}, "1.5 ± 0.25 (n = 3)"),
    ],
)
def test_number(value: object, text: str) -> None:
    assert number(value) == text


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A measurement `speed` beside the real ones."""
    module = ModuleType("toonkit.course.bench.speed")
    module.measure = lambda quick=False: {"pictures_a_second": 10.0 if quick else 20.0}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(benches, "benches", lambda: {"speed": module.__name__})


def test_a_record_says_whether_files_differed_from_its_commit() -> None:
    record = {"commit": "0123456789abcdef", "started": "2026-11-20T08:00:00"}
    assert measured_at(record) == "commit 0123456789, 2026-11-20"
    assert measured_at(record | {"commit": f"{record['commit']}+changes"}) == (
        "commit 0123456789 with changes, 2026-11-20"
    )


def test_a_bench_writes_a_record_that_fills_the_readme(speed: None, no_run: Path) -> None:
    path, entry = benches.run_bench("speed", no_run)
    assert path == no_run / "data" / "results" / "speed.json" and json.loads(path.read_text()) == entry
    text = "before\n<!-- table:speed -->\nstale\n<!-- /table:speed -->\nafter"
    filled = fill_tables(text, path.parent)
    assert "| pictures a second | 20 |" in filled and "stale" not in filled
    assert filled.startswith("before\n<!-- table:speed -->\n| measure") and filled.endswith(
        "<!-- /table:speed -->\nafter"
    )
    assert fill_tables(filled, path.parent) == filled
    assert results_table(entry) in filled


def test_a_quick_bench_is_kept_apart_and_refused(speed: None, no_run: Path) -> None:
    path, _ = benches.run_bench("speed", no_run, quick=True)
    assert path == no_run / "build" / "results" / "speed.json"
    with pytest.raises(ToonkitError, match="quick profile"):
        fill_tables("<!-- table:speed -->\n<!-- /table:speed -->", path.parent)


@pytest.fixture
def by_rows(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A measurement of two rows in each of two groups, which counts up; and what was asked of it."""
    module, asked = ModuleType("toonkit.course.bench.rows"), []

    def measure(quick: bool = False, only: tuple[str, ...] = ()) -> dict[str, dict[str, dict[str, float]]]:
        asked.append(only)
        return {group: {row: {"score": float(len(asked))} for row in only or ("a", "b")} for group in ("one", "two")}

    module.rows, module.measure = lambda: ("a", "b"), measure  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(benches, "benches", lambda: {"rows": module.__name__})
    return asked


def test_a_row_is_measured_again_and_the_others_stay(by_rows: list[tuple[str, ...]], no_run: Path) -> None:
    _, first = benches.run_bench("rows", no_run)
    path, entry = benches.run_bench("rows", no_run, only=["b"])
    assert by_rows == [(), ("b",)] and json.loads(path.read_text()) == entry
    assert entry["metrics"] == {group: {"a": {"score": 1.0}, "b": {"score": 2.0}} for group in ("one", "two")}
    assert [one["started"] for one in entry["config"]["before"]] == [first["started"]]
    assert f"So much for b; the other rows on {first['device']['cpu']}" in results_table(entry)
    assert len(benches.run_bench("rows", no_run, only=["a"])[1]["config"]["before"]) == 2
    assert "So much" not in results_table(first)


def test_a_row_measured_once_more_leaves_no_trace_of_the_time_between(
    by_rows: list[tuple[str, ...]], no_run: Path
) -> None:
    _, first = benches.run_bench("rows", no_run)
    for _ in range(2):
        _, entry = benches.run_bench("rows", no_run, only=["b"])
        assert [one["started"] for one in entry["config"]["before"]] == [first["started"]]
    assert entry["metrics"]["one"] == {"a": {"score": 1.0}, "b": {"score": 3.0}}


def test_what_a_subject_has_no_more_leaves_its_record(by_rows: list[tuple[str, ...]], no_run: Path) -> None:
    benches.run_bench("rows", no_run)
    sys.modules["toonkit.course.bench.rows"].still_there = lambda found: {  # type: ignore[attr-defined]
        group: {name: row for name, row in rows.items() if name != "a"} for group, rows in found.items()
    }
    path, _ = benches.run_bench("rows", no_run, only=["b"])
    assert json.loads(path.read_text())["metrics"] == {group: {"b": {"score": 2.0}} for group in ("one", "two")}


def test_an_unknown_row_and_one_without_a_record_are_refused(by_rows: list[tuple[str, ...]], no_run: Path) -> None:
    with pytest.raises(ToonkitError, match="unknown row of rows 'c'; known: a, b"):
        benches.run_bench("rows", no_run, only=["c"])
    with pytest.raises(ToonkitError, match="no readable record"):
        benches.run_bench("rows", no_run, only=["a"])
    assert by_rows == []


def test_a_subject_without_rows_is_measured_whole(speed: None, no_run: Path) -> None:
    with pytest.raises(ToonkitError, match="speed is measured whole"):
        benches.run_bench("speed", no_run, only=["a"])


def test_unknown_bench_absent_record_and_open_marker(speed: None, tmp_path: Path) -> None:
    with pytest.raises(ToonkitError, match="unknown measurement 'sped'; known: speed"):
        benches.run_bench("sped", tmp_path)
    with pytest.raises(ToonkitError, match=r"no readable record at .*x\.json"):
        fill_tables("<!-- table:x -->\n<!-- /table:x -->", tmp_path)
    with pytest.raises(ToonkitError, match="no matching"):
        fill_tables("<!-- table:x -->\n", tmp_path)


def test_real_measurements_can_be_called() -> None:
    known = benches.benches()
    assert set(known) == {
        "baselines",
        "common",
        "emoji",
        "film",
        "filters",
        "inpainting",
        "latency",
        "panels",
        "photographs",
        "pictures",
        "recovery",
        "sampling",
        "scale",
        "speed",
        "tomjerry",
        "verification",
        "world",
    }
    for module in known.values():
        assert callable(importlib.import_module(module).measure)


def _seeds(value: float, spread: float = 0.1) -> dict[str, float]:
    return {"value": value, "n": 3, "spread": spread}


def test_measures_of_a_part_or_of_one_question_are_left_to_the_notebook(tmp_path: Path) -> None:
    score = _seeds(1.0)
    metrics = {
        "drawn": {"MMD[toonnet]": score, "true error": score},
        "untranslated": {"MMD[toonnet]": score},
        "error by group": {"children": score},
        "emoji": {"moved": {"error": score}},
        "epochs": {"lowest": {"MMD[toonnet]": score}, "last less first": {"MMD[toonnet]": score}},
    }
    entry = {"name": "recovery gan_v1", "profile": "full", "seed": [0, 1, 2], "config": {"steps": 7}}
    write_json(tmp_path / "recovery-gan_v1.json", entry | {"metrics": metrics})
    head = "| variant | steps | seeds | MMD[toonnet] | true error | lowest MMD[toonnet] |"
    assert runs_table(find_chapter("recovery"), tmp_path).splitlines()[0] == head


def test_variants_and_claims_are_read_from_their_records(tmp_path: Path) -> None:
    for variant, fid in (("none", 5.0), ("classical", 2.0), ("photographs", 1.0)):
        one = {"value": fid, "n": 1000, "low": fid - 0.1, "high": fid + 0.1}
        score = one if variant == "photographs" else _seeds(fid)
        metrics = {"drawn": {"FID[toonnet]": score}, "photograph": {"FID[toonnet]": _seeds(9.0, 0.0)}}
        seeds = 0 if variant == "photographs" else [0, 1, 2]
        entry = {"name": f"cartoongan {variant}", "profile": "full", "seed": seeds, "config": {"steps": 7}}
        write_json(tmp_path / f"cartoongan-{variant}.json", entry | {"metrics": metrics})
    lines = runs_table(find_chapter("cartoongan"), tmp_path).splitlines()
    assert lines[0] == "| variant | steps | seeds | FID[toonnet] |"
    assert lines[2:4] == ["| `classical` | 7 | 3 | 2 ± 0.1 |", "| `none` | 7 | 3 | 5 ± 0.1 |"]
    assert lines[4:6] == ["| `photographs` | 7 | 1 | 1 |", ""]
    other = {"name": "cartoongan scenes", "profile": "full", "seed": 0, "config": {"steps": 7}, "metrics": {"cats": 1}}
    write_json(tmp_path / "cartoongan-scenes.json", other)
    assert "scenes" not in runs_table(find_chapter("cartoongan"), tmp_path)  # was not measured alike
    trained = {"runs": [{"seed": 0, "precision": "bf16"}, {"seed": 1, "precision": "float32"}, {"seed": 2}]}
    both = published_record(tmp_path / "cartoongan-none.json") | {"config": {"steps": 7, **trained}}
    write_json(tmp_path / "cartoongan-none.json", both)
    lines = runs_table(find_chapter("cartoongan"), tmp_path).splitlines()
    assert lines[0] == "| variant | steps | seeds | precision | FID[toonnet] |"
    assert lines[2:4] == ["| `classical` | 7 | 3 |  | 2 ± 0.1 |", "| `none` | 7 | 3 | bf16, float32 | 5 ± 0.1 |"]
    better = Claim(
        words="it helps",
        place="ours",
        first="cartoongan-classical",
        metric="drawn/FID[toonnet]",
        better="lower",
        second="cartoongan-none",
    )
    absent = replace(better, words="it hurts", better="higher", second="cartoongan-batch_norm")
    one = {"name": "cartoongan resnet", "profile": "full", "seed": 0, "config": {"steps": 7}}
    one["metrics"] = {"drawn": {"FID[toonnet]": {"value": 1.0, "n": 1000, "low": 0.9, "high": 1.1}}}
    write_json(tmp_path / "cartoongan-resnet.json", one)
    alone = replace(better, second="cartoongan-resnet")
    rows = claims_table([better, absent, alone], tmp_path).splitlines()[2:]
    assert rows[2].endswith("| fewer than 3 seeds | **undecided** |")
    assert "drawn/FID[toonnet] of `cartoongan-classical` lower than that of `cartoongan-none`" in rows[0]
    assert rows[0].endswith("| **holds** |") and rows[1].endswith("| no record yet | **undecided** |")
