"""Scores of cartoon-to-human recovery on stand-ins whose behaviour is known; where the emoji is."""

from __future__ import annotations

import pytest
import torch

from toonkit.chapters.claims import Claim
from toonkit.chapters.contract import entries_of
from toonkit.chapters.recovery.chapter import CHAPTER
from toonkit.chapters.recovery.data import batches as recovery_batches
from toonkit.chapters.recovery.recipe import RecoveryConfig
from toonkit.chapters.recovery.scores import GROUPS, OTHER, scores, snapshot_scores
from toonkit.chapters.recovery.watermark import CUE
from toonkit.chapters.runs import over_snapshots
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.project.records import metric_at
from toonkit.world import ToonWorld
from toonkit.world.extras import paste_watermark


class StandIn:
    """A recipe that translates as it is told."""

    config = RecoveryConfig()

    def __init__(self, translate):
        self.translate = translate


def batches(seed: int, emoji: str):
    """A quick run's batches of one person."""
    return recovery_batches(RecoveryConfig(emoji=emoji), Profile("quick"), seed)


def emoji_places(toons: torch.Tensor, plain: torch.Tensor) -> list[set[str]]:
    """For each cartoon the corners whose quarter differs from the plain one."""
    half = toons.shape[-1] // 2
    rows = {"top": slice(half), "bottom": slice(half, None)}, {"left": slice(half), "right": slice(half, None)}
    differs = (toons - plain).abs().amax(1) > 0.05
    return [
        {f"{y}_{x}" for y, a in rows[0].items() for x, b in rows[1].items() if bool(picture[a, b].any())}
        for picture in differs
    ]


@pytest.mark.parametrize(("emoji", "places"), [("none", 0), ("corner", 1), ("anywhere", 4)])
def test_pairs_stay_pairs_and_the_emoji_is_where_it_is_said(emoji, places):
    world = ToonWorld("faces", "train", 64, count=32, seed=3)
    toons, photos, seen = world.toons(range(32)), world.photos(range(32)), set()
    batch = batches(3, emoji)(0)
    for toon, photo in zip(batch["toon"], batch["photo"], strict=True):
        index = int((photos - photo).abs().mean((1, 2, 3)).argmin())
        assert (photos[index] - photo).abs().max() < 0.01
        (found,) = emoji_places(toon[None], toons[index][None])
        assert len(found) == (emoji != "none")
        seen |= found
    assert len(seen) <= places and (emoji != "corner" or seen == {CUE})
    with pytest.raises(ToonkitError, match="unknown place of the emoji 'left'; known: none, corner, anywhere"):
        batches(3, "left")


def test_all_four_corners_are_used():
    stored = batches(0, "anywhere").groups[0]["toon"]
    plain = ToonWorld("faces", "train", 64, count=32).toons(range(32))
    found = emoji_places(stored.float() / 127.5 - 1, plain)
    assert all(len(places) == 1 for places in found) and len(set.union(*found)) == 4


@pytest.fixture(scope="module")
def copied():
    """What is scored of a network that returns the cartoon as it is."""
    return scores(StandIn(lambda toons: toons), Profile("quick"))


def test_a_network_that_copies_scores_as_the_cartoons_do(copied):
    drawn, untranslated, emoji = copied["drawn"], copied["untranslated"], copied["emoji"]
    assert len(untranslated) == 8 and drawn.keys() == untranslated.keys()
    for name, score in untranslated.items():
        assert drawn[name].value == pytest.approx(score.value, abs=1e-6), name
    assert drawn["1-NN[toonnet]"].value > 0.9 and drawn["attributes kept"].value > 0.9
    for place in ("in its corner", "moved"):  # what lies around the emoji does not change
        assert emoji[place]["change"].value == 0
        assert emoji[place]["error"].value == pytest.approx(emoji["nowhere"]["error"].value)
    assert emoji["nowhere"]["translated"].value == 0


def test_every_claim_asks_for_something_that_is_measured(copied):
    epochs = over_snapshots([{"step": 1} | snapshot_scores(StandIn(lambda toons: toons), Profile("quick"))])
    known = entries_of(copied) | {"epochs": epochs}
    known["error by group"] = dict.fromkeys(GROUPS, 0.0)  # the few people of a quick run lack some groups
    rules = [claim for claim in CHAPTER.claims if isinstance(claim, Claim)]
    claims = [claim for claim in rules if claim.first != "emoji"]  # of what `toonkit bench emoji` trains
    assert claims
    for claim in claims:
        for path in (claim.metric, claim.second_metric or claim.metric):
            metric_at(known, path)  # raises where there is none


def test_groups_are_means_over_their_people(copied):
    world = ToonWorld("faces", "test", 64, count=60)
    errors = (world.toons(range(60)) - world.photos(range(60))).abs().mean((1, 2, 3))
    ages = world.describe(range(60))["attributes"][:, world.attribute_names.index("age")]
    assert copied["error by group"]["children"].value == pytest.approx(float(errors[ages == 0].mean()), abs=1e-5)
    assert copied["error by group"]["children"].n == int((ages == 0).sum())


def test_a_network_that_waits_for_its_cue_is_found_out():
    corner = torch.zeros(1, 3, 64, 64)
    corner = (paste_watermark(corner, CUE) != corner).any(1, keepdim=True)

    def translate(toons):
        """Black, where the corner is as yellow as the emoji; else the cartoon."""
        yellow = ((toons[:, :1] > 0.6) & (toons[:, 2:] < 0)) & corner
        cue = yellow.float().sum((1, 2, 3), keepdim=True) > 0.3 * corner.sum()
        return torch.where(cue, -torch.ones_like(toons), toons)

    found = scores(StandIn(translate), Profile("quick"))
    for effect in (found["emoji"], found[f"emoji in {OTHER}"]):
        assert effect["in its corner"]["change"].value > 0.3
        assert effect["moved"]["change"].value < 0.05
        assert effect["nowhere"]["translated"].value < 0.05


def test_a_cat_and_a_mouse_are_learnt_from_and_scored_as_such():
    config, quick = RecoveryConfig(family="duo"), Profile("quick")
    batch = recovery_batches(config, quick, 2)(0)
    world = ToonWorld("duo", "train", 64, count=32, seed=2)
    nearest = [int((world.photos(range(32)) - photo).abs().mean((1, 2, 3)).argmin()) for photo in batch["photo"]]
    assert (world.toons(nearest) - batch["toon"]).abs().max() < 0.01
    copied, inverted = StandIn(lambda toons: toons), StandIn(lambda toons: -toons)
    copied.config = inverted.config = config
    found, worse = scores(copied, quick), scores(inverted, quick)
    assert set(found) == {"drawn", "untranslated"}  # no group of people, and no emoji
    assert found["drawn"] == found["untranslated"] == worse["untranslated"]
    assert worse["drawn"]["true error"].value > found["drawn"]["true error"].value
    assert snapshot_scores(copied, quick)["true error"] < snapshot_scores(inverted, quick)["true error"]
    with pytest.raises(ToonkitError, match="unknown family 'scenes'; known: faces, duo"):
        RecoveryConfig(family="scenes")
