"""The claims page on a few records against text worked out by hand, and the length at which a verdict stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from toonkit.chapters.claims import Claim, Computed, Untested, Verdict
from toonkit.chapters.index import all_chapters
from toonkit.course import claim_pages
from toonkit.course.claim_pages import AFTER, claims_of, groups, ledger, reports, rows_of, verdict_on, verdicts_of
from toonkit.course.record_facts import features_in, training_length
from toonkit.project.environment import project_root
from toonkit.project.records import write_json

PART = Claim("a is lowest: below b", "table 1", "a", "drawn/FID", "lower", "b", group="a is lowest")
OWN = Computed("three votes decide", "page 2", "most votes", lambda _: Verdict("holds", 2.0, 2.0, "2 of 3"), "votes.py")
CLAIMS = (
    PART,
    Claim("b has sharp edges, our bar", "ours", "b", "drawn/edges", "higher", 0.5),
    replace(PART, words="... and below c", place="table 3", second="c"),
    OWN,
)
LEFT = (Untested("it is beautiful", "page 9", "nobody voted"),)
CHAPTER = SimpleNamespace(report="a_report", claims=CLAIMS, untested=LEFT)

# 2 against 3, both with deviation 0.1 over 3 seeds: the error is sqrt(2 * 0.1^2 / 3) = 0.081650, freedom 4, t 2.776445,
# so the interval is -1 -+ 0.226696. 0.8 against the bound 0.5: 0.1 / sqrt(3) = 0.057735, freedom 2, t 4.302653.
PAGE = """\
All: 3 claims by 4 comparisons: 2 holds, 0 reversed, 1 undecided; 1 that we cannot test.

## A report

3 claims by 4 comparisons: 2 holds, 0 reversed, 1 undecided; 1 that we cannot test.

| claim | place | rule | trained | difference | verdict | evidence |
| --- | --- | --- | --- | --- | --- | --- |
| **a is lowest, all 2** | table 1; table 3 | all of the next rows |  | 1 holds, 1 undecided | **undecided** |  |
| a is lowest: below b | table 1 | drawn/FID of `a` lower than that of `b` | differs: \
1,000 steps, 64 px against 1,500 steps, 64 px | -1.227 to -0.7733 | **holds** | [a](a.json), [b](b.json) |
| ... and below c | table 3 | drawn/FID of `a` lower than that of `c` | 1,000 steps, 64 px | no record yet \
| **undecided** | [a](a.json), c |
| b has sharp edges, our bar | ours | drawn/edges of `b` higher than 0.5 | 1,500 steps, 64 px | 0.05159 to 0.5484 \
| **holds** | [b](b.json) |
| three votes decide | page 2 | most votes | the report's own | 2 of 3 | **holds** | [votes.py](../../votes.py) |

What we cannot test, and why:

| sentence | place | why it is not tested |
| --- | --- | --- |
| it is beautiful | page 9 | nobody voted |
"""


def write(folder: Path, name: str, value: float, steps: int) -> None:
    entry = {"name": name, "profile": "full", "seed": [0, 1, 2], "config": {"steps": steps, "config": {"size": 64}}}
    scores = {"FID": {"value": value, "n": 3, "spread": 0.1}, "edges": {"value": 0.8, "n": 3, "spread": 0.1}}
    write_json(folder / f"{name}.json", entry | {"metrics": {"drawn": scores}})


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, "a", 2.0, steps=1000)
    write(tmp_path, "b", 3.0, steps=1500)
    monkeypatch.setattr(claim_pages, "all_chapters", lambda: (CHAPTER,))
    return tmp_path


def test_the_page_is_the_one_worked_out_by_hand(results: Path) -> None:
    assert ledger(results) == PAGE


def test_a_group_is_one_claim_wherever_its_parts_stand(results: Path) -> None:
    assert [len(parts) for parts in groups(CLAIMS)] == [2, 1, 1]
    assert verdicts_of(CLAIMS, results) == ["undecided", "holds", "holds"]
    assert verdict_on("a is lowest", results) == "undecided" and verdict_on("a is lowest: below b", results) == "holds"
    write(results, "c", 1.0, steps=1000)
    assert verdict_on("a is lowest", results) == "reversed"


def test_rows_trained_longer_are_decided_by_the_same_rule_beside(results: Path) -> None:
    write(results, "a_5000", 3.0, steps=5000)
    assert "trained longer" not in ledger(results)  # b was not
    write(results, "b_5000", 2.0, steps=5000)
    rows = {row["claim"]: row for row in rows_of(CLAIMS, results)}
    part, bar = rows[PART.words], rows["b has sharp edges, our bar"]
    assert part["verdict"] == "**holds**" and part["difference"] == "-1.227 to -0.7733"
    assert part["trained longer"] == "5,000 steps: **reversed**, 0.7733 to 1.227"
    assert part["evidence"].endswith("[b](b.json), [a_5000](a_5000.json), [b_5000](b_5000.json)")
    assert bar["trained longer"] == "5,000 steps: **holds**, 0.05159 to 0.5484"
    assert {row["trained longer"] for words, row in rows.items() if row not in (part, bar)} == {""}


def _record(name: str = "toonnet plain", steps: int | None = 10, size: int | None = 32) -> dict:
    sized = {"config": {"size": size}} if size else {}
    return {"name": name, "config": ({"steps": steps} if steps else {}) | sized, "metrics": {}}


def test_the_training_length_is_that_of_both_sides() -> None:
    claim = Claim("w", "p", "x", "m", "lower", ("y", "z"))
    same = {name: _record() for name in "xyz"}
    assert training_length(claim, same) == "10 steps, 32 px"
    assert training_length(claim, same | {"z": _record(size=64)}) == "differs: 10 steps, 32 px against 10 steps, 64 px"
    assert training_length(claim, {}) == "" and training_length(replace(claim, second=0.0), same) == "10 steps, 32 px"
    bench = {"x": _record("a bench", None, None) | {"metrics": {"steps": 300}}}
    assert training_length(replace(claim, second=0.5, longer=5), bench) == "1,500 steps"
    assert (
        training_length(replace(claim, second=0.5), {"x": _record("a bench", None, None)})
        == "no training in the record"
    )
    older = {"x": _record("recovery cyclegan_v3", 1200, None)}
    assert training_length(replace(claim, second=0.5), older) == "1,200 steps, 64 px"


def test_features_are_read_off_the_names_of_metrics() -> None:
    assert (
        features_in(["drawn/FID[toonnet]", "MS-SSIM", "KID[vgg16_oxford]", "KID[toonnet]"]) == "toonnet, vgg16_oxford"
    )
    assert features_in(["MS-SSIM"]) == "none"


def test_what_cannot_be_tested_has_a_place_a_reason_and_no_verdict() -> None:
    with_untested = {chapter.report for chapter in all_chapters() if chapter.untested}
    assert with_untested == {chapter.report for chapter in all_chapters() if chapter.claims and chapter.report}
    said = [claim.words for chapter in all_chapters() for claim in chapter.claims]
    for one in (one for chapter in all_chapters() for one in chapter.untested):
        assert one.words and one.place and len(one.why.split()) >= 3 and one.words not in said, one


def test_what_computes_a_verdict_is_a_file_of_the_project() -> None:
    computed = [claim for chapter in all_chapters() for claim in chapter.claims if isinstance(claim, Computed)]
    assert computed and all((project_root() / claim.evidence).is_file() for claim in computed)


def test_questions_of_chapters_without_a_report_come_after_the_reports() -> None:
    """In every list of reports once, as the last, and with every claim of those chapters."""
    *before, last = reports()
    own = [claim for chapter in all_chapters() if not chapter.report for claim in chapter.claims]
    assert last == AFTER and sorted(before) == before and AFTER not in before and "" not in before
    assert list(claims_of(AFTER)) == own != []
    page = ledger(project_root() / "data" / "results")
    assert page.count("## After the reports") == 1 and own[0].words in page.split("## After the reports")[1]
