"""Pretrained networks of others in the common benchmark: beside ours where they are here, else named as left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from toonkit.chapters import systems as listing
from toonkit.chapters.common_scores import scenes_of
from toonkit.chapters.contract import System
from toonkit.chapters.systems import public_systems, ready, systems
from toonkit.course.bench import common
from toonkit.world import ToonWorld

OURS = "animated-long"
COUNT = 40  # scenes


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One system of ours, few scenes."""
    some: dict[str, System] = {OURS: systems()[OURS]}
    monkeypatch.setattr(common, "systems", lambda: some)
    monkeypatch.setattr(common, "verified_systems", dict)
    monkeypatch.setattr(common, "QUICK", COUNT)


def test_it_draws_the_scenes_in_the_style_of_a_training_cartoon(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    styles = []

    def negative(style: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
        styles.append(style)
        return lambda pictures: -pictures

    monkeypatch.setattr(listing, "style_transfer_ready", lambda: True)
    monkeypatch.setattr(listing, "style_transfer", negative)
    monkeypatch.setattr(listing, "numbers_held", lambda: 7)
    found = common.measure(quick=True)
    assert found["left out"] == "none"
    row = found["faces, photo to toon"]["style transfer"]
    assert row["numbers"] == 7 and row["taught by"] == "vgg16"
    scenes = scenes_of("faces", COUNT)
    wanted = float((scenes["toon"] + scenes["photo"]).abs().mean())
    assert row["true error"]["value"] == pytest.approx(wanted, rel=1e-4)
    (style,) = styles  # for other families nothing of ours is there to be compared with
    assert torch.equal(style, ToonWorld("faces", "train", 256).toons([0])[0])


def test_where_it_is_not_here_it_is_left_out_by_name(few: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "style_transfer_ready", lambda: False)
    assert not any(ready(system) for system in public_systems().values())
    found = common.measure(quick=True)
    assert found["left out"] == "style transfer, style transfer, duo, style transfer, scenes"
    assert list(found["faces, photo to toon"]) == ["untranslated", OURS]
