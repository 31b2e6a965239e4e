"""Released results come out again, and what does not is named."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toonkit.chapters.contract import Verified
from toonkit.course import verification
from toonkit.course.bench.verification import BLOCKS
from toonkit.course.verification import (
    TOLERANCES,
    entry,
    recompute,
    verified_networks,
    verified_systems,
    verify,
)
from toonkit.project.environment import project_root
from toonkit.project.errors import ToonkitError
from toonkit.project.records import make_record, published_record, write_json

NAME = "recovery-gan_v1"


@pytest.fixture(scope="module")
def blocks() -> dict[str, Any]:
    part = verified_systems()[NAME]
    return {NAME: entry(part, {str(number): part.scores(number) for number in (0, 1)})}


def test_what_was_recorded_comes_out(blocks: dict[str, Any]) -> None:
    for seed in (0, 1, 2):
        checks = recompute(blocks, verified_systems(), seed)
        assert [check.measure for check in checks] == list(TOLERANCES) and all(check.holds for check in checks)
        assert [check.recorded for check in checks] == list(blocks[NAME][str(seed % 2)].values())
    apart = abs(blocks[NAME]["0"]["true error"] - blocks[NAME]["1"]["true error"])
    assert apart > 2 * TOLERANCES["true error"]


@pytest.mark.parametrize("measure", TOLERANCES)
def test_a_number_beyond_its_tolerance_is_named(blocks: dict[str, Any], measure: str) -> None:
    wrong = copy.deepcopy(blocks)
    wrong[NAME]["0"][measure] += 2 * TOLERANCES[measure]
    with pytest.raises(ToonkitError, match=f"1 of 3 released results do not come out: {NAME}, {measure}"):
        recompute(wrong, verified_systems(), 0)
    wrong[NAME]["tolerances"][measure] *= 3  # what the record states is what counts
    assert len(recompute(wrong, verified_systems(), 0)) == 3


def test_another_file_and_an_unknown_network_are_told_apart(blocks: dict[str, Any]) -> None:
    wrong = copy.deepcopy(blocks)
    wrong[NAME]["digests"][NAME] = "0" * 64
    with pytest.raises(ToonkitError, match=f"{NAME} is not the file that was measured"):
        recompute(wrong, verified_systems(), 0)
    with pytest.raises(ToonkitError, match="gone has recorded results, and nothing computes them"):
        recompute({"gone": blocks[NAME]}, verified_systems(), 0)


def fake(value: float, sources: tuple[str, ...] = ()) -> Verified:
    return Verified(("toonnet",), lambda number: {"height": value + number}, {"height": 0.01}, sources)


@pytest.fixture
def two_records(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two records of one network each, of which one reads a source that is not here."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "empty"))
    known = {"common": {"one": fake(1.0)}, "verification": {"two": fake(2.0), "real": fake(3.0, ("felix",))}}
    monkeypatch.setattr(verification, "RECORDS", {name: lambda name=name: known[name] for name in known})
    for name, parts in known.items():
        blocks = {part: entry(how, {"0": how.scores(0), "1": how.scores(1)}) for part, how in parts.items()}
        write_json(tmp_path / f"{name}.json", make_record(name, "full", 0, {"blocks": blocks}, started=0, clock=0))
    return tmp_path


def test_both_records_are_computed_again_and_an_absent_source_is_said(two_records: Path) -> None:
    checks, without = verify(two_records, 3)
    assert [(check.network, check.recorded) for check in checks] == [("one", 2.0), ("two", 3.0)]
    assert without == ["real: `toonkit fetch felix` brings its pictures"]


@pytest.mark.parametrize("name", ["common", "verification"])
def test_without_a_record_or_its_blocks_it_fails(two_records: Path, name: str) -> None:
    write_json(two_records / f"{name}.json", make_record(name, "full", 0, {"left out": "all"}, started=0, clock=0))
    with pytest.raises(ToonkitError, match=f"the record {name} holds no blocks"):
        verify(two_records, 0)
    (two_records / f"{name}.json").unlink()
    with pytest.raises(ToonkitError, match="no readable record"):
        verify(two_records, 0)


def test_what_is_new_is_said_and_what_changed_fails(two_records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = {"one": fake(1.0), "new": fake(5.0)}
    monkeypatch.setitem(verification.RECORDS, "common", lambda: more)
    more["unreleased"] = replace(fake(6.0), weights=("not-here",))
    without = verify(two_records, 0)[1]
    assert without[0] == "new: not in its record yet; `toonkit bench common` measures it" and len(without) == 2
    more["one"] = fake(1.02)
    with pytest.raises(ToonkitError, match="1 of 1 released results do not come out: one, height: 1 recorded"):
        verify(two_records, 0)


def test_the_networks_beside_the_systems_are_measured_by_what_they_are_for() -> None:
    """A short measurement has every network whose sources are here, and a released one reads nearly all rightly."""
    measures = {name: tuple(part.tolerances) for name, part in verified_networks().items()}
    assert measures["toonnet-plain"] == ("attributes read", "pixels read")
    assert measures["semantic-photographs"] == measures["painted-photographs"] == ("change", "edges kept")
    seen = {name: verified_networks()[name].scores(0) for name in ("toonnet-plain", "segmentation-toonworld")}
    assert min(value for scores in seen.values() for value in scores.values()) > 0.9


def test_the_records_tolerances_and_digests_are_those_of_the_released_files() -> None:
    recorded = published_record(project_root() / "data/results/verification.json")["metrics"]
    assert recorded["left out"] == "none" and set(recorded["blocks"]) == set(verified_networks())
    for name, blocks in recorded["blocks"].items():
        part = verified_networks()[name]
        assert blocks["tolerances"] == part.tolerances and set(blocks["digests"]) == set(part.weights)
        assert all(set(blocks[str(number)]) == set(part.tolerances) for number in range(BLOCKS))
        digests = published_record(project_root() / f"data/results/{name}.json")["digests"]
        assert digests.items() >= {f"{weights}.safetensors": d for weights, d in blocks["digests"].items()}.items()
