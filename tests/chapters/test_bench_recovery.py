"""What the third report's models cost, and when an emoji becomes a cue, on networks that learn in seconds."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from toonkit.chapters.claims import Claim
from toonkit.chapters.recovery import bench as recovery
from toonkit.chapters.recovery import watermark_bench as bench
from toonkit.chapters.recovery.chapter import CHAPTER
from toonkit.chapters.recovery.cue.data import learn
from toonkit.chapters.recovery.cue.recipe import CueConfig
from toonkit.chapters.recovery.watermark import emoji_effect
from toonkit.project.errors import ToonkitError
from toonkit.project.records import metric_at
from toonkit.world import ToonWorld


@pytest.fixture(autouse=True)
def one_thread():
    """As these measurements run, so that a busy machine does not stall them; the tests that follow get theirs back."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def held():
    world = ToonWorld("faces", "test", CueConfig.size, count=40)
    return world.toons(range(40)), world.photos(range(40))


def effect(network: torch.nn.Module, held: tuple[torch.Tensor, torch.Tensor]) -> dict[str, dict[str, float]]:
    with torch.no_grad():
        found = emoji_effect(network, *held)
    return {place: {key: score.value for key, score in scores.items()} for place, scores in found.items()}


def test_the_emoji_is_a_cue_where_nothing_else_is(held):
    """The one network must tell cartoons from cartoons by the emoji, the other sees them at every pixel."""
    needed, spare = (effect(learn(CueConfig(share), steps=200), held) for share in (0.5, 0.0))
    assert needed["in its corner"]["change"] > 3 * spare["in its corner"]["change"]
    assert needed["nowhere"]["translated"] < 0.8 * needed["in its corner"]["translated"]
    assert spare["nowhere"]["translated"] == pytest.approx(spare["in its corner"]["translated"], rel=0.1)
    assert needed["moved"]["change"] < 0.5 * needed["in its corner"]["change"]  # where it was, not that it was


def test_a_training_follows_from_its_seed():
    one, same, other = (learn(CueConfig(0.5, "anywhere"), seed, 2).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(value, same[key]) for key, value in one.items())
    assert any(not torch.equal(value, other[key]) for key, value in one.items())
    with pytest.raises(ToonkitError, match="unknown place of the emoji 'left'"):
        learn(CueConfig(0.5, "left"), 0, 1)


def test_every_training_is_measured_and_every_claim_about_one(monkeypatch):
    monkeypatch.setattr(bench, "CueConfig", partial(CueConfig, people=16))
    found = bench.measure(quick=True)
    arms = [arm for name, arm in found.items() if name != "steps"]
    entries = [entry for arm in arms for place in arm.values() for entry in place.values()]
    assert len(entries) == len(bench.ARMS) * 9 and all(entry["n"] == 2 for entry in entries)
    claims = [claim for claim in CHAPTER.claims if isinstance(claim, Claim) and claim.first == "emoji"]
    assert claims
    for claim in claims:
        for path in (claim.metric, claim.second_metric):
            assert metric_at(found, path)["n"] == 2


def test_costs_are_shares_of_the_base_models(monkeypatch):
    monkeypatch.setattr(recovery, "MODELS", {name: recovery.MODELS[name] for name in ("gan_v1", "cyclegan")})
    found = recovery.measure(quick=True)
    shares = found["shares of the base"]["gan_v1"]
    assert 0.1 < shares["seconds"] < 0.7 and 0.2 < shares["memory_mb"] < 0.9
    assert shares["parameters"] == pytest.approx(0.5)  # one direction of two
    assert found["base"]["seconds"] > 0 and found["cyclegan at 256 px"]["bf16 speedup"] > 0
