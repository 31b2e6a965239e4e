"""The common benchmark's systems come from the chapters, and one that is not released is left out by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from toonkit.chapters import systems as listing
from toonkit.chapters.common_scores import common_scores, drawn_and_timed, scenes_of, set_scores
from toonkit.chapters.contract import System
from toonkit.chapters.index import all_chapters
from toonkit.chapters.loading import system_of
from toonkit.chapters.systems import numbers_of, ready, systems
from toonkit.course.bench import common
from toonkit.networks.weights import load_weights, released
from toonkit.world import FAMILIES


def test_every_chapters_systems_are_there_once() -> None:
    named = [name for chapter in all_chapters() for name in chapter.systems]
    assert len(named) == len(set(named)) and set(named) < set(systems())
    for name, system in systems().items():
        assert system.source in ("photo", "toon") and system.family in FAMILIES, name


def test_a_systems_files_say_what_it_draws() -> None:
    faces = [s for s in systems().values() if s.family == "faces" and s.weights and ready(s)]
    assert {system.source for system in faces} == {"photo", "toon"}
    for system in faces:
        tensors, _ = load_weights(released(system.weights[0]))
        assert numbers_of(system) == sum(tensor.numel() for tensor in tensors.values()) > 1000


def test_a_new_chapters_system_appears_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    chapter = all_chapters()[0]
    added = replace(chapter, systems={"new-one": system_of("not-here", "generator of new", source="toon")})
    monkeypatch.setattr(listing, "all_chapters", lambda: (*all_chapters(), added))
    assert not ready(systems()["new-one"])


def test_the_true_cartoons_score_best_and_other_peoples_are_found_out() -> None:
    truth = scenes_of("faces", 20)["toon"]
    found = common_scores(truth, "faces", "photo", 20, ("toonnet",))
    assert found["true error"]["value"] == 0 and found["MS-SSIM (3 scales)"]["value"] == pytest.approx(1)
    assert found["attributes kept[toonnet]"]["value"] > 0.9
    wrong = common_scores(truth.roll(1, 0), "faces", "photo", 20, ("toonnet",))
    assert wrong["true error"]["value"] > 0.1 and wrong["attributes kept[toonnet]"]["value"] < 0.7
    assert wrong["MMD[toonnet]"]["value"] == pytest.approx(found["MMD[toonnet]"]["value"], abs=1e-5)


def test_fid_is_left_out_where_its_covariance_would_be_singular() -> None:
    names = [score.name for score in set_scores("toonnet", scenes_of("faces", 20)["toon"], "faces", "toon", 20)]
    assert "FID[toonnet]" not in names and "KID[toonnet]" in names


def test_drawings_are_kept_in_range_and_timed() -> None:
    drawn, milliseconds = drawn_and_timed(lambda pictures: 3 * pictures, torch.full((60, 3, 8, 8), 0.5))
    assert drawn.shape == (60, 3, 8, 8) and float(drawn.amax()) == 1 and milliseconds >= 0


def test_the_benchmark_lists_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = systems()
    some = {name: known[name] for name in ("classical", "animated-steady")}
    absent = {"absent": System(("not-here",), lambda: lambda pictures: pictures)}
    monkeypatch.setattr(common, "systems", lambda: some | absent)
    monkeypatch.setattr(common, "QUICK", 20)
    found = common.measure(quick=True)
    assert found["left out"] == "absent"
    assert list(found["faces, photo to toon"]) == ["untranslated", "classical", "animated-steady"]
    assert set(found["blocks"]) == {"animated-steady"} and set(found["blocks"]["animated-steady"]) == {"digests", "0"}
