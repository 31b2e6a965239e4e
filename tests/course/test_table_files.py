"""Tables as files: what they hold, how far orders agree, and claims of several parts summed up."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import kendalltau

from toonkit.chapters.claims import Claim
from toonkit.chapters.contract import Reported
from toonkit.chapters.index import all_chapters
from toonkit.course.claim_pages import groups, ledger, reports, rows_of, summed_up, verdict_on
from toonkit.course.reported_tables import rank_agreement, reported_rows
from toonkit.course.result_tables import fill_tables
from toonkit.course.table_files import all_tables, write_tables
from toonkit.course.tables import csv_table, latex_table
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError
from toonkit.project.records import write_json

RESULTS = project_root() / "data" / "results"


def seeds(value: float, spread: float = 0.1) -> dict[str, float]:
    return {"value": value, "n": 3, "spread": spread}


def write(folder: Path, name: str, value: float, profile: str = "full") -> None:
    entry = {"name": name, "profile": profile, "seed": [0, 1, 2], "config": {"steps": 7, "config": {"size": 64}}}
    write_json(folder / f"{name}.json", entry | {"metrics": {"drawn": {"FID": seeds(value)}}})


TABLE = Reported(
    place="table 1",
    columns={"FID": "drawn/FID"},
    rows={name: {"FID": value} for name, value in {"a": 10.0, "b": 20.0, "c": 30.0, "absent": 40.0}.items()},
    pictures=500,
)


def test_a_reported_table_stands_beside_ours(tmp_path: Path) -> None:
    for name, value in {"a": 1.0, "b": 3.0, "c": 2.0}.items():
        write(tmp_path, name, value)
    rows = reported_rows(TABLE, tmp_path)
    facts = {"pictures": 500, "features": "none", "seeds": 3, "steps": 7, "pixels": 64, "profile": "full"}
    assert rows[0] == {"row": "a", "FID reported": 10.0, "drawn/FID, ours": "1 ± 0.1"} | facts
    assert rows[3]["drawn/FID, ours"] == "no record" and rows[3]["FID reported"] == 40.0
    assert rows[4]["row"] == "rank agreement" and rows[4]["drawn/FID, ours"].startswith("tau 0.33 (p = 1.00, 3 rows)")
    assert {len(row) for row in rows} == {9}


def test_a_row_can_be_a_part_of_a_record(tmp_path: Path) -> None:
    write(tmp_path, "a", 5.0)
    table = replace(TABLE, columns={"FID": "FID"}, rows={"a/drawn": {"FID": 1.0}, "absent/drawn": {"FID": 2.0}})
    found, absent, agreement = reported_rows(table, tmp_path)
    assert found["FID, ours"] == "5 ± 0.1" and found["seeds"] == 3
    assert absent["FID, ours"] == "no record" and agreement["FID, ours"] == "1 rows: none"


def test_deviations_opposed_columns_and_what_only_the_report_has(tmp_path: Path) -> None:
    for name, value in {"a": 1.0, "b": 3.0, "c": 2.0}.items():
        write(tmp_path, name, value)
    table = Reported(
        place="table 2",
        columns={"by hand": "", "votes": "drawn/FID"},
        rows={"a": {"by hand": 7, "votes": (30.0, 1.5)}, "b": {"votes": (10.0, 2.0)}, "c": {"votes": (20.0, 0.25)}},
        pictures=9,
        opposed=("votes",),
    )
    first, *_, agreement = reported_rows(table, tmp_path)
    assert list(first)[:4] == ["row", "by hand reported", "votes reported", "drawn/FID, ours"]
    assert first["by hand reported"] == 7 and first["votes reported"] == "30 ± 1.5"
    assert agreement["drawn/FID, ours"].startswith("tau 1.00")  # most votes where ours is lowest


def test_a_record_of_one_seed_says_on_how_many_pictures(tmp_path: Path) -> None:
    entry = {"name": "a", "profile": "full", "seed": 4, "config": {"steps": 7, "config": {"size": 32}}}
    score = {"value": 2.0, "n": 123, "low": 1.0, "high": 3.0}
    write_json(tmp_path / "a.json", entry | {"metrics": {"drawn": {"FID[toonnet]": score}}})
    row = reported_rows(replace(TABLE, columns={"FID": "drawn/FID[toonnet]"}, rows={"a": {"FID": 1.0}}), tmp_path)[0]
    facts = {"pictures": 123, "features": "toonnet", "seeds": 1, "steps": 7, "pixels": 32, "profile": "full"}
    assert row == {"row": "a", "FID reported": 1.0, "drawn/FID[toonnet], ours": "2"} | facts


def test_no_quick_number_enters_a_table(tmp_path: Path) -> None:
    write(tmp_path, "a", 1.0, profile="quick")
    with pytest.raises(ToonkitError, match="quick profile"):
        reported_rows(TABLE, tmp_path)


def test_the_agreement_of_orders_is_kendalls() -> None:
    assert rank_agreement([1, 2, 3, 4], [2, 4, 6, 8]).startswith("tau 1.00")
    assert rank_agreement([1, 2, 3, 4], [8, 6, 4, 2]).startswith("tau -1.00")
    theirs = kendalltau([1, 2, 3, 4, 5], [1, 3, 2, 5, 4])
    assert (
        rank_agreement([1, 2, 3, 4, 5], [1, 3, 2, 5, 4])
        == f"tau {theirs.statistic:.2f} (p = {theirs.pvalue:.2f}, 5 rows)"
    )
    assert rank_agreement([1, 2], [1, 2]) == "2 rows: none"


def test_every_table_is_written_three_times_and_read_back(tmp_path: Path) -> None:
    tables = all_tables(RESULTS)
    assert {name for chapter in all_chapters() for name in chapter.reported} <= set(tables)
    assert {f"claims-{report}" for report in reports()} <= set(tables)
    paths = write_tables(RESULTS, tmp_path)
    assert sorted(path.name for path in paths) == sorted(f"{name}.{e}" for name in tables for e in ("md", "csv", "tex"))
    for name, rows in tables.items():
        read = list(csv.reader(io.StringIO((tmp_path / f"{name}.csv").read_text())))
        assert read == [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]


def test_latex_is_escaped() -> None:
    text = latex_table([{"a_b": "50 % of `x_1`", "v": "1 ± 2"}, {"a_b": "**holds** & more", "v": "#"}])
    assert text.splitlines()[2] == r"a\_b & v \\" and r"50 \% of x\_1 & 1 $\pm$ 2 \\" in text
    assert r"holds \& more & \# \\" in text and text.startswith(r"\begin{tabular}{lr}")
    assert csv_table([{"a": 'say "x", y', "b": 1}]) == 'a,b\n"say ""x"", y",1\n'


PART = Claim("best (than b)", "table", first="a", metric="drawn/FID", better="lower", second="b")


def test_a_claim_of_several_parts_is_summed_up_in_a_line(tmp_path: Path) -> None:
    for name, value in {"a": 2.0, "b": 3.0, "c": 1.0, "d": 2.0}.items():
        write(tmp_path, name, value)
    parts = [replace(PART, words=f"best (than {other})", second=other) for other in ("b", "c", "d")]
    other = replace(PART, words="another")
    assert [len(group) for group in groups([*parts, other])] == [3, 1]
    rows = rows_of([*parts, other], tmp_path)
    assert rows[0]["claim"] == "**best, all 3**" and rows[0]["verdict"] == "**reversed**"
    assert rows[0]["difference"] == "1 holds, 1 reversed, 1 undecided" and len(rows) == 5
    assert rows[1]["evidence"] == "[a](a.json), [b](b.json)" and rows[1]["verdict"] == "**holds**"


def test_a_sum_holds_where_all_do() -> None:
    assert summed_up(["holds", "holds"]) == "holds"
    assert summed_up(["holds", "undecided"]) == "undecided"
    assert summed_up(["holds", "undecided", "reversed"]) == "reversed"


def test_the_page_has_every_claim_and_its_records() -> None:
    page = ledger(RESULTS)
    claims = [claim for chapter in all_chapters() for claim in chapter.claims]
    assert len(claims) >= 40
    for claim in claims:
        assert f"| {claim.words} |" in page, claim.words
    for one in (one for chapter in all_chapters() for one in chapter.untested):
        assert f"| {one.words} | {one.place} | {one.why} |" in page, one.words
    assert verdict_on("the base is best by 1-NN", RESULTS) == "reversed"
    with pytest.raises(ToonkitError, match="no claim says 'nothing'"):
        verdict_on("nothing", RESULTS)


def test_numbers_and_verdicts_within_a_line(tmp_path: Path) -> None:
    write(tmp_path, "a", 2.0)
    text = "it is <!-- value:a:drawn/FID -->9<!-- /value -->, <!-- value:a:drawn/FID --><!-- /value -->."
    filled = fill_tables(text, tmp_path)
    assert filled == text.replace("9<", "2 ± 0.1<").replace("--><!-- /value", "-->2 ± 0.1<!-- /value")
    assert fill_tables(filled, tmp_path) == filled
    with pytest.raises(ToonkitError, match="no metric 'drawn/KID'"):
        fill_tables("<!-- value:a:drawn/KID --><!-- /value -->", tmp_path)
    with pytest.raises(ToonkitError, match="has no matching `<!-- /value -->`"):
        fill_tables("<!-- value:a:drawn/FID -->9", tmp_path)


def test_every_table_that_a_report_prints_stands_on_the_page_of_results() -> None:
    page = (project_root() / "data" / "results" / "README.md").read_text(encoding="utf-8")
    for chapter in all_chapters():
        for name in chapter.reported:
            assert f"<!-- reported:{name} -->" in page, name
