"""Speed: what is compared before it is timed, what is not timed and says so, and ratios that are those of the work."""

from __future__ import annotations

import math
from functools import partial

import pytest
import torch
from torch import Tensor

from toonkit.course.bench import speed
from toonkit.course.speed import contest, filters, inference, metrics, plain_steps, steps
from toonkit.course.speed.contest import ABSENT, DIFFERS, MEASURED, NOBODY, Contest, Effort, difference, in_turn
from toonkit.course.speed_page import SLOW, speed_tables
from toonkit.project.environment import project_root
from toonkit.project.records import published_record

LITTLE = Effort(pairs=6, seconds=0.001)
RECORD = project_root() / "data" / "results" / "speed.json"


def turns(count: int) -> Tensor:
    """A result that takes time in proportion to `count`."""
    numbers = torch.linspace(0, 1, 50_000)
    for _ in range(count):
        numbers.exp()
    return numbers


def a_contest(ours: object, theirs: object, package: str = "torch", module: str = "") -> Contest:
    return Contest("ours", "theirs", "small", lambda: (lambda: ours, lambda: theirs), package, module, 1e-3)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def test_what_agrees_is_timed() -> None:
    row = a_contest([1.0, 2.0], torch.tensor([1.0, 2.0005])).result(LITTLE)
    assert row["outcome"] == MEASURED and row["difference"] == pytest.approx(5e-4, rel=1e-3)
    assert row["rival"] == f"torch {torch.__version__.partition('+')[0]}: theirs" and row["ours, ms"] > 0


@pytest.mark.parametrize(
    ("theirs", "apart"), [([1.0, 2.1], 0.1), ([1.0, math.nan], None), ([[1.0, 2.0]], None), ([1.0, math.inf], None)]
)
def test_what_differs_is_not_timed(theirs: list[float], apart: float | None) -> None:
    row = a_contest([1.0, 2.0], theirs).result(LITTLE)
    assert row["outcome"] == DIFFERS and "ratio" not in row
    assert row.get("difference") == (pytest.approx(apart) if apart else None)


def test_a_result_that_goes_astray_later_is_found() -> None:
    """As of a training step whose update is wrong: its first losses are right."""
    results = iter([1.0, 2.0])
    late = Contest("ours", "theirs", "", lambda: (lambda: 1.0, lambda: next(results)), "torch")
    assert late.result(LITTLE)["outcome"] == DIFFERS


def test_a_rival_that_is_not_here_is_a_row_that_says_so() -> None:
    row = a_contest(1.0, 1.0, "no-such-package", "no_such_package").result(LITTLE)
    assert row["outcome"] == ABSENT and row["rival"] == "theirs"
    assert Contest("ours", "none", "", None, remark="nobody").result(LITTLE)["outcome"] == NOBODY


def test_the_ratio_is_that_of_the_work() -> None:
    found = in_turn(partial(turns, 40), partial(turns, 10), Effort(pairs=9, seconds=0.01))["ratio"]
    assert 2.5 < found["value"] < 6 and found["low"] <= found["value"] <= found["high"] and found["n"] == 9


def test_who_begins_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(contest, "_calls", lambda *_: 1)
    in_turn(lambda: called.append("a") or turns(1), lambda: called.append("b") or turns(1), LITTLE)
    assert "".join(called) == "abbaabbaabba"


def agreement(one: Contest) -> float:
    ours, theirs = one.make()
    return max(difference(ours(), theirs()) for _ in range(2))


def test_filters_agree_with_those_that_compute_the_same() -> None:
    found = {one.rival: agreement(one) for one in filters.contests() if one.make and one.module != "cv2.ximgproc"}
    alike = {"guided_blur", "guided_blur, separable", "gaussian_blur2d", "GaussianBlur", "bilateral_blur"}
    assert {rival for rival, apart in found.items() if apart <= 1e-5} == alike
    assert {rival for rival, apart in found.items() if apart > 0.1} == {"bilateralFilter", "denoise_bilateral"}


def test_metrics_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "N", 200)
    monkeypatch.setattr(metrics, "SUBSET", 100)
    monkeypatch.setattr(metrics, "PAIRS", 10)
    known = [one for one in metrics.contests() if contest.importable(one.module or one.package)]
    assert "torchmetrics" in {one.package for one in known}
    for one in known:
        assert agreement(one) <= (0.02 if one.ours == "KID" else one.tolerance), one


@pytest.mark.parametrize("one", steps.contests(), ids=lambda one: one.ours)
def test_steps_agree_after_an_update_too(one: Contest) -> None:
    assert agreement(one) <= one.tolerance


def test_another_step_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    config = plain_steps.SegmentationConfig(rate=4e-3)
    monkeypatch.setattr(plain_steps, "SegmentationConfig", lambda: config)
    one = next(one for one in steps.contests() if one.ours == "segmentation")
    assert agreement(one) > 10 * one.tolerance


def test_a_drawing_agrees_whole_and_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toonkit.networks.drawing.TILE", 64)
    for side in (64, 96):
        ours, theirs = inference.pair("semantic-photographs", side)
        assert difference(ours(), theirs()) <= 1e-4


def test_the_record_has_every_contest_and_says_why_what_is_slow_stays() -> None:
    found = published_record(RECORD)["metrics"]
    for name, module in speed.GROUPS.items():
        contests = module.contests()
        assert list(found[name]) == [speed.key_of(one) for one in contests]
        for one, row in zip(contests, found[name].values(), strict=True):
            assert row["remark"] == one.remark
            slow = row["outcome"] == MEASURED and row["ratio"]["value"] > SLOW
            assert not slow or "Ours stays" in row["remark"], row


def test_the_page_has_every_kind_of_row() -> None:
    rows = {
        "a, big: x": a_contest(1.0, 1.0).result(LITTLE),
        "b, big: y": a_contest(1.0, 2.0).result(LITTLE),
        "c, big: z": a_contest(1.0, 1.0, "absent").result(LITTLE),
    }
    record = {
        "metrics": {"load": 3.2, "threads": 1, "pairs": 6, "filters": rows},
        "device": {"cpu": "a processor", "cores": 2},
        "versions": {"python": "3.11", "torch": "2"},
        "commit": "0" * 40,
        "started": "2026-01-01T00:00:00",
    }
    lines = speed_tables(record).splitlines()
    assert lines[0] == "## Filters" and lines[4].startswith("| a | torch ") and "**" in lines[4]
    assert "| another result, not timed |  |  | 1.0e+00 |" in lines[5]
    assert "| not installed here |" in lines[6]
    assert "3.2 processes" in lines[-1] and "a processor, 1 thread" in lines[-1]
