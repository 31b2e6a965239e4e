"""What is said of the seven models beside each other: which comparisons it is split into, and orders by chance."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations, permutations
from types import SimpleNamespace
from typing import Any

import pytest

from toonkit.chapters.claims import SIMILAR, verdict
from toonkit.chapters.index import find_chapter
from toonkit.chapters.recovery import model_claims, scores
from toonkit.chapters.recovery.model_claims import FALLING, LITTLE, PLAIN, VERSIONS, trends
from toonkit.chapters.recovery.recipe import MODELS as OURS
from toonkit.chapters.recovery.reported_tables import MODELS, TEST, VALIDATION
from toonkit.chapters.recovery.reported_votes import VOTES, votes_beside_mmd
from toonkit.chapters.scene_scores import score_scenes
from toonkit.chapters.tomjerry import scores as tomjerry_scores
from toonkit.chapters.tomjerry.reported_tables import PICTURES, TABLE_1, TABLE_2
from toonkit.project.environment import project_root


class Asked(Exception):
    """How many pictures a full run asks for."""


def asked(measure: Any, *before: Any) -> int:
    """On how many pictures `measure` measures a full run."""

    def pick(full: int, **_: Any) -> int:
        raise Asked(full)

    with pytest.raises(Asked) as found:
        measure(*before, SimpleNamespace(name="full", pick=pick))
    return found.value.args[0]


def test_the_tables_name_the_number_of_pictures_that_the_scores_ask_for() -> None:
    assert asked(scores.scores, None) == TEST and asked(scores.snapshot_scores, None) == VALIDATION
    assert asked(tomjerry_scores.scores, None) == PICTURES
    assert asked(score_scenes, None, "scenes", 64) == find_chapter("semantic").reported["semantic-table-1"].pictures


def test_each_version_adds_one_thing_to_the_one_before() -> None:
    """By our own variants: what the two differ in."""
    assert len(VERSIONS) == 15 and len(LITTLE) == 9
    for claim in VERSIONS:
        after, before = (OURS[str(name).removeprefix("recovery-")] for name in (claim.first, claim.second))
        assert len(set(after.items()) - set(before.items())) == 1, claim.words
    assert {(claim.second, claim.better) for claim in LITTLE} == {("recovery-cyclegan_v3", SIMILAR)}


def _records(**errors: list[float]) -> dict[str, Any]:
    entry = {name: {"value": sum(v) / 3, "n": 3, "spread": 0.001} for name, v in errors.items()}
    return {f"recovery-{name}": {"metrics": {"drawn": {"MMD[toonnet]": score}}} for name, score in entry.items()}


def test_some_cyclegans_are_any_of_the_five() -> None:
    first = PLAIN[0]
    assert len(first.second) == 5 and first.first == "recovery-gan_v1"
    cyclegans = {name: [0.3] * 3 for name in MODELS if name.startswith("cyclegan")}
    assert verdict(first, _records(gan_v1=[0.6] * 3, **cyclegans)).word == "reversed"
    assert verdict(first, _records(gan_v1=[0.6] * 3, **cyclegans | {"cyclegan_v5": [0.6] * 3})).word == "holds"


def test_a_discriminators_loss_falls_where_most_pairs_of_steps_fall() -> None:
    def record(name: str, *curves: list[float]) -> dict[str, Any]:
        return {"config": {"runs": [{"losses": {"step": [1, 2, 3, 4], name: curve}} for curve in curves]}}

    falling = record("judge photo", [4, 3, 2, 1], [4, 3, 1, 2], [4, 2, 3, 1])
    assert trends(falling, "photo") == pytest.approx([-1, -2 / 3, -2 / 3])
    assert trends(record("discriminator_photo", [1, 2, 3, 4]), "photo") == pytest.approx([1])
    assert verdict(FALLING[0], {"recovery-cyclegan_v3": falling}).word == "holds"
    assert model_claims.FALLING[0].group == model_claims.FALLING[1].group


def test_the_votes_order_is_the_reports_mmd_turned() -> None:
    pairs = list(combinations(MODELS, 2))
    agree = sum((sum(VOTES[a]) - sum(VOTES[b])) * (MODELS[a]["MMD"] - MODELS[b]["MMD"]) < 0 for a, b in pairs)
    assert votes_beside_mmd().low == pytest.approx(2 * agree / len(pairs) - 1)
    assert votes_beside_mmd().word == "undecided"


def test_table_2_repeats_table_1_but_for_one_number() -> None:
    means = {group: tuple(value for value, _ in entries) for group, entries in TABLE_2.items()}
    differing = {group for group, entries in TABLE_1.items() if entries[-1] != means[group]}
    assert differing == {"tom and jerry"} and TABLE_1["tom and jerry"][-1] == (75.21, 0.28)


def test_what_is_said_of_seven_by_chance_is_counted() -> None:
    """Every order of seven models, one by one: how often as much agreement comes by chance."""
    counts = Counter(abs(sum((b > a) * 2 - 1 for a, b in combinations(order, 2))) for order in permutations(range(7)))
    share = {least: sum(n for pairs, n in counts.items() if pairs / 21 >= least) / 5040 for least in (0.61, 0.71)}
    notebook = json.loads((project_root() / "notebooks" / "07_cyclegan_ablations.ipynb").read_text(encoding="utf-8"))
    text = " ".join(" ".join("".join(cell["source"]) for cell in notebook["cells"]).split())
    assert f"{share[0.61]:.1%}".replace("%", " % of all 5,040 orders") + f" (one time in {1 / share[0.61]:.0f})" in text
    assert f"{share[0.71]:.1%}".replace("%", " %") + f" (one time in {1 / share[0.71]:.0f})" in text
    findings = (project_root() / "data" / "results" / "FINDINGS.md").read_text(encoding="utf-8")
    said = re.findall(r"p = (0\.\d\d)", findings.partition("The order of the seven models")[2])[:2]
    assert said == [f"{share[0.71]:.2f}", f"{share[0.61]:.2f}"]
