"""The common benchmark's systems come from the chapters, and one that is not released is left out by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from toonkit.chapters import systems as listing
from toonkit.chapters.common_scores import Task, common_scores, drawn_and_timed, scenes_of, set_scores, task_of
from toonkit.chapters.contract import System
from toonkit.chapters.index import all_chapters
from toonkit.chapters.loading import system_of
from toonkit.chapters.systems import numbers_of, ready, systems
from toonkit.course import verification
from toonkit.course.bench import common
from toonkit.course.verification import block_scores
from toonkit.networks.weights import load_weights, released
from toonkit.project.environment import project_root
from toonkit.world import FAMILIES, STYLES


def test_every_chapters_systems_are_there_once() -> None:
    named = [name for chapter in all_chapters() for name in chapter.systems]
    assert len(named) == len(set(named)) and set(named) < set(systems())
    for name, system in systems().items():
        assert system.source in ("photo", "toon") and system.family in FAMILIES and system.style in STYLES, name


def test_every_released_network_that_draws_is_compared_or_is_out_for_a_reason() -> None:
    """What data/results/README.md says of the common benchmark: it has every released network but these."""
    out = {
        "animated-portraits": "photographs that people took",
        "avatars": "avatars of them",
        "avatars-to_photo": "and back",
        "cartoongan-photo": "photographs that people took",
        "painted-photographs": "photographs that people took",
        "semantic-photographs": "photographs that people took",
        "semantic-photographs_controlled": "photographs that people took",
        "projected-faces_128": "128 pixels",
        "projected-faces_128_back": "128 pixels",
        "projected-people_128": "128 pixels",
        "projected-faces_controlled": "told their loss weights",
        "projected-people_controlled": "told their loss weights",
        "semantic-controlled": "told their loss weights",
        "semantic-no_pretraining": "not pretrained",
        "semantic-style_alone": "by style alone",
        "semantic-style_alone_no_pretraining": "not pretrained or by style alone",
        "tomjerry-reported": "the report's own diffusion recipe",
        "cue-half_drawn": "taught with an emoji on purpose",
        "cue-photographs": "taught with an emoji on purpose",
        "recovery-emoji_anywhere": "taught with an emoji on purpose",
        "recovery-emoji_in_corner": "taught with an emoji on purpose",
        "recovery-emoji_nowhere": "taught with an emoji on purpose",
    }
    drawing = {
        path.stem
        for path in released("any").parent.glob("*.safetensors")
        if load_weights(path)[1].get("network") in ("generator", "to_photo", "parts")
    }
    compared = {name for system in systems().values() for name in system.weights if ready(system)}
    assert drawing - compared <= set(out) and not compared & set(out)
    prose = (project_root() / "data/results/README.md").read_text(encoding="utf-8")
    assert all(reason in prose for reason in out.values())


def test_a_systems_files_say_what_it_draws() -> None:
    faces = [s for s in systems().values() if s.family == "faces" and s.weights and ready(s)]
    assert {system.source for system in faces} == {"photo", "toon"}
    for system in faces:
        files = [load_weights(released(name))[0] for name in system.weights]
        assert numbers_of(system) == sum(tensor.numel() for file in files for tensor in file.values()) > 1000


def test_a_style_is_compared_with_its_own_cartoons() -> None:
    tasks = {
        name: task_of(systems()[name]) for name in ("projected-faces", "projected_styles-noir", "tomjerry-concat_long")
    }
    assert [str(task) for task in tasks.values()] == [
        "faces, photo to toon",
        "faces, photo to toon in noir",
        "duo, toon to photo",
    ]
    noir = scenes_of("faces", 20, "noir")
    error = {}
    for name in ("projected-faces", "projected_styles-noir"):
        drawn, _ = drawn_and_timed(systems()[name].draw(), noir["photo"])
        error[name] = float((drawn - noir["toon"]).abs().mean())
    assert error["projected_styles-noir"] < 0.7 * error["projected-faces"]


def test_a_new_chapters_system_appears_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    chapter = all_chapters()[0]
    added = replace(chapter, systems={"new-one": system_of("not-here", "generator of new", source="toon")})
    monkeypatch.setattr(listing, "all_chapters", lambda: (*all_chapters(), added))
    assert not ready(systems()["new-one"])


def test_the_true_cartoons_score_best_and_other_peoples_are_found_out() -> None:
    truth = scenes_of("faces", 20)["toon"]
    found = common_scores(truth, Task(), 20, ("toonnet",))
    assert found["true error"]["value"] == 0 and found["MS-SSIM (3 scales)"]["value"] == pytest.approx(1)
    assert found["attributes kept[toonnet]"]["value"] > 0.9
    wrong = common_scores(truth.roll(1, 0), Task(), 20, ("toonnet",))
    assert wrong["true error"]["value"] > 0.1 and wrong["attributes kept[toonnet]"]["value"] < 0.7
    assert wrong["MMD[toonnet]"]["value"] == pytest.approx(found["MMD[toonnet]"]["value"], abs=1e-5)


def test_fid_is_left_out_where_its_covariance_would_be_singular() -> None:
    names = [score.name for score in set_scores("toonnet", scenes_of("faces", 20)["toon"], Task(), 20)]
    assert "FID[toonnet]" not in names and "KID[toonnet]" in names


def test_drawings_are_kept_in_range_and_timed() -> None:
    drawn, milliseconds = drawn_and_timed(lambda pictures: 3 * pictures, torch.full((60, 3, 8, 8), 0.5))
    assert drawn.shape == (60, 3, 8, 8) and float(drawn.amax()) == 1 and milliseconds >= 0


def test_the_benchmark_lists_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    known = systems()
    some = {name: known[name] for name in ("classical", "animated-long")}
    absent = {"absent": System(("not-here",), lambda: lambda pictures: pictures)}
    monkeypatch.setattr(common, "systems", lambda: some | absent)
    monkeypatch.setattr(common, "public_systems", dict)
    monkeypatch.setattr(common, "QUICK", 40)
    monkeypatch.setattr(verification, "systems", lambda: some)
    found = common.measure(quick=True)
    assert found["left out"] == "absent"
    assert list(found["faces, photo to toon"]) == ["untranslated", "classical", "animated-long"]
    blocks = found["blocks"]["animated-long"]
    assert set(found["blocks"]) == {"animated-long"} and set(blocks) == {"digests", "tolerances", "0", "1"}
    row = found["faces, photo to toon"]["animated-long"]
    for measure, name in (("true error", "true error"), ("MS-SSIM", "MS-SSIM (3 scales)")):
        mean = (blocks["0"][measure] + blocks["1"][measure]) / 2
        assert mean == pytest.approx(row[name]["value"], abs=1e-6)  # a block is a part of the number in the table
    again = block_scores(some["animated-long"], 1)  # drawn by itself
    assert again == pytest.approx(blocks["1"], abs=1e-5)


def test_what_was_drawn_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    def draw(pictures: torch.Tensor) -> torch.Tensor:
        drawn.append(len(pictures))
        return pictures

    monkeypatch.setattr(common, "QUICK", 40)
    one = System(("toonnet",), lambda: draw)
    for module in (common, verification):
        monkeypatch.setattr(module, "systems", lambda: {"one": one})
    monkeypatch.setattr(common, "public_systems", dict)
    found = common.measure(quick=True)
    assert drawn == [20, 20] and set(found["blocks"]["one"]) == {"digests", "tolerances", "0", "1"}


def test_a_system_that_is_released_no_more_leaves_the_record() -> None:
    rows = {"untranslated": {"FID": 1.0}, "classical": {"FID": 2.0}, "gone": {"FID": 3.0}}
    found = common.still_there({"faces, photo to toon": rows, "blocks": {"gone": {}}, "left out": "none"})
    assert found == {
        "faces, photo to toon": {"untranslated": {"FID": 1.0}, "classical": {"FID": 2.0}},
        "blocks": {},
        "left out": "none",
    }
