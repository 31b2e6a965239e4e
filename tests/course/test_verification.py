"""Released results come out again, and what does not is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from toonkit.chapters.systems import systems
from toonkit.course.verification import TOLERANCES, block_scores, recompute
from toonkit.networks.weights import released
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError

NAME = "recovery-gan_v1"


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    scores = {str(number): block_scores(systems()[NAME], number) for number in (0, 1)}
    return {"blocks": {NAME: {"digests": {NAME: digest_of(released(NAME))}} | scores}}


def test_what_was_recorded_comes_out(record: dict[str, Any]) -> None:
    for number in (0, 1):
        checks = recompute(record, systems(), number)
        assert [check.measure for check in checks] == list(TOLERANCES) and all(check.holds for check in checks)
    blocks = record["blocks"][NAME]
    assert blocks["0"]["true error"] != pytest.approx(blocks["1"]["true error"], abs=TOLERANCES["true error"])


@pytest.mark.parametrize("measure", TOLERANCES)
def test_a_number_beyond_its_tolerance_is_named(record: dict[str, Any], measure: str) -> None:
    wrong = copy.deepcopy(record)
    wrong["blocks"][NAME]["0"][measure] += 2 * TOLERANCES[measure]
    with pytest.raises(ToonkitError, match=f"1 of 3 released results do not come out: {NAME}, {measure}"):
        recompute(wrong, systems(), 0)


def test_another_file_is_told_apart(record: dict[str, Any]) -> None:
    wrong = copy.deepcopy(record)
    wrong["blocks"][NAME]["digests"][NAME] = "0" * 64
    with pytest.raises(ToonkitError, match=f"{NAME} is not the file that was measured"):
        recompute(wrong, systems(), 0)
