"""What trainings cost: rows of records, checked against the records themselves."""

from __future__ import annotations

import json

import pytest

from toonkit.course.cost_tables import AFTER, beside, cost_rows, costs_table, run_of
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError

RESULTS = project_root() / "data" / "results"


def test_minutes_are_those_of_one_run_on_one_core(tmp_path) -> None:
    record = json.loads((RESULTS / "cartoongan-classical.json").read_text(encoding="utf-8"))
    record["config"]["runs"] = [{"seconds": 600, "threads": 2}, {"seconds": 1800, "threads": 1}]
    record["seed"] = [0, 1]
    (tmp_path / "cartoongan-classical.json").write_text(json.dumps(record), encoding="utf-8")
    found = run_of("cartoongan-classical", tmp_path)
    assert found["core-minutes"] == "25" and found["steps"] == f"{record['config']['steps']:,}"  # of 20 and 30
    assert found["px"] == "64" and found["seeds"] == "2"


def test_each_measure_stands_beside_that_of_the_undrawn_picture() -> None:
    metrics = json.loads((RESULTS / "projected-faces.json").read_text(encoding="utf-8"))["metrics"]
    drawn, before = (metrics[part]["true error"]["value"] for part in ("drawn", "untranslated"))
    row = beside("projected-faces", "untranslated", ("true error", "none such"), RESULTS)
    assert row["none such"] == ""
    assert [float(word.strip("()")) for word in row["true error"].split()] == pytest.approx([drawn, before], rel=1e-3)


def test_the_page_has_a_row_for_every_released_network_of_the_recipe() -> None:
    page = costs_table(RESULTS)
    released = {path.stem for path in (project_root() / "data" / "weights").glob("projected-*")}
    alone = {name for name in released if name.split("-")[-1] in ("faces", "people") or "_128" in name}
    assert len(alone) == 5 and all(f"| `{name}` |" in page for name in alone | {"painted-photographs"})
    assert cost_rows(AFTER, ("true error",), RESULTS).count("\n") == 2 + sum(len(names) for _, names in AFTER.values())
    with pytest.raises(ToonkitError, match=r"no record of .*the report's.* has none such"):
        cost_rows(AFTER, ("true error", "none such"), RESULTS)
