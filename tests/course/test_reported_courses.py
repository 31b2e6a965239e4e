"""A report's epochs beside our snapshots: the order, means and deviations, and the trends, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from toonkit.chapters.contract import ReportedCourse
from toonkit.course.reported_courses import trend
from toonkit.course.reported_tables import reported_rows
from toonkit.project.records import write_json

TABLE = ReportedCourse(
    place="epochs",
    record="a",
    columns={"MMD": "MMD[toonnet]"},
    rows={50: {"MMD": 0.3}, 100: {"MMD": 0.1}, 160: {"MMD": 0.2}},
    epochs=200,
    pictures=300,
)
FACTS = {"pictures": 300, "features": "toonnet", "seeds": 2, "pixels": 64, "profile": "full"}


def write(folder: Path, profile: str = "full") -> None:
    runs = [
        {"seed": seed, "epochs": [{"step": step, "MMD[toonnet]": value + 0.1 * seed} for step, value in course]}
        for seed, course in enumerate([[(4, 3.0), (8, 2.0), (10, 1.0)]] * 2)
    ]
    config = {"steps": 10, "config": {"size": 64}, "runs": runs}
    write_json(folder / "a.json", {"name": "a", "profile": profile, "seed": [0, 1], "config": config, "metrics": {}})


def test_epochs_and_snapshots_stand_in_the_order_of_their_share(tmp_path: Path) -> None:
    write(tmp_path)
    rows = reported_rows(TABLE, tmp_path)
    assert [(row["row"], row["share"]) for row in rows] == [
        ("reported, epoch 50", "25%"),
        ("a, step 4", "40%"),
        ("reported, epoch 100", "50%"),
        ("reported, epoch 160", "80%"),
        ("a, step 8", "80%"),
        ("a, step 10", "100%"),
        ("trend with time", ""),
    ]
    assert rows[0]["MMD reported"] == 0.3 and rows[0]["MMD[toonnet], ours"] == "" and rows[0]["seeds"] == ""
    half = 0.1 / 2**0.5  # the deviation of 3.0 and 3.1
    assert (
        rows[1]
        == {"row": "a, step 4", "share": "40%", "MMD reported": "", "MMD[toonnet], ours": "3.05 ± 0.071"} | FACTS
    )
    assert f"{half:.2g}" == "0.071"
    # reported 0.3, 0.1, 0.2: of three pairs two fall and one rises, (1 - 2) / 3; ours fall all the time
    assert rows[-1]["MMD reported"] == "tau -0.33 (p = 1.00, 3 rows)"
    assert rows[-1]["MMD[toonnet], ours"].startswith("tau -1.00")
    assert {tuple(row) for row in rows} == {tuple(rows[0])}


def test_without_a_record_the_report_stands_alone(tmp_path: Path) -> None:
    rows = reported_rows(TABLE, tmp_path)
    assert len(rows) == 4 and rows[-1]["MMD[toonnet], ours"] == "0 rows: none"


def test_no_quick_course_enters_a_table(tmp_path: Path) -> None:
    write(tmp_path, profile="quick")
    with pytest.raises(Exception, match="quick profile"):
        reported_rows(TABLE, tmp_path)


def test_two_points_have_no_trend() -> None:
    assert trend({1: 2.0, 2: 1.0}) == "2 rows: none"
