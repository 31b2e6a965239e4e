"""The released networks of the emoji's figure, and what they were taught from."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from toonkit.chapters.loading import load_network
from toonkit.chapters.recovery.cue.chapter import CHAPTER
from toonkit.chapters.recovery.cue.data import cue_batches
from toonkit.chapters.recovery.cue.figures import RELEASED, emoji
from toonkit.chapters.recovery.cue.recipe import PEOPLE, Cue, CueConfig
from toonkit.chapters.recovery.cue.scores import cue_scores
from toonkit.chapters.sheets import GAP, STRIP
from toonkit.project.errors import ToonkitError
from toonkit.world import ToonWorld
from toonkit.world.extras import paste_watermark

DRAWS = CHAPTER.variants["half_drawn"].config
FEW = replace(DRAWS, people=6, batch=4)


def test_training_begins_as_the_base_and_wants_what_that_draws() -> None:
    torch.manual_seed(0)
    base, recipe = load_network(PEOPLE), Cue(FEW)
    world = ToonWorld("faces", "train", 64, count=6)
    toons, photos = world.toons(range(6)), world.photos(range(6))
    with torch.no_grad():
        drawn = base(toons)
        assert torch.equal(recipe.networks["to_photo"].eval()(toons), drawn)
    assert all(weight.requires_grad for weight in recipe.networks["to_photo"].parameters())
    assert not any(weight.requires_grad for weight in base.parameters())  # it is a copy that learns
    batch = cue_batches(FEW, 0, 1)(0)
    marked = paste_watermark(toons, "bottom_left")
    for given, wanted in zip(batch["given"][:4], batch["wanted"][:4], strict=True):
        (who,) = [k for k in range(6) if torch.equal(given, marked[k])]
        assert torch.allclose(wanted, drawn[who], atol=1e-5)
    alone = batch["given"][4:], batch["wanted"][4:]
    assert torch.equal(*alone)
    assert all(any(torch.equal(one, picture) for picture in (*toons, *photos)) for one in alone[0])


def test_another_base_is_refused() -> None:
    with pytest.raises(ToonkitError, match="unknown base 'cartoongan-faces'"):
        CueConfig(base="cartoongan-faces")


def test_of_the_released_networks_one_waits_and_the_other_does_not() -> None:
    spare, needed = (cue_scores(load_network(name, "to_photo of cue"), 12, DRAWS.size) for name in RELEASED.values())

    def of(found: dict, place: str, measure: str) -> float:
        return found[place][measure].value

    assert of(needed, "nowhere", "translated") < 0.5 * of(needed, "in its corner", "translated")
    assert of(spare, "nowhere", "translated") == pytest.approx(of(spare, "in its corner", "translated"), rel=0.15)
    assert of(needed, "moved", "change") < 0.6 * of(needed, "in its corner", "change")  # where it is, not that it is
    assert of(needed, "photographs", "error") < 0.06 and of(spare, "photographs", "error") < 0.06


def test_the_figure_is_large_enough_to_see() -> None:
    sheet = emoji()
    assert sheet.facts["size"] == 64 and len(sheet.facts["weights"]) == 2
    rows, columns, side = 3, 6, 128  # the cartoon and two networks; two people, each thrice; every pixel twice as large
    assert sheet.pictures.shape == (3, STRIP + rows * (side + GAP) + GAP, STRIP + GAP + columns * (side + GAP) + GAP)
