"""Avatars: both ways between open photographs and drawings; what is drawn, what is kept, what is scored."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from toonkit.chapters.avatars import data
from toonkit.chapters.avatars.data import LIT, PICTURES, batches, in_proportion, lit, paths_of, read_face
from toonkit.chapters.avatars.recipe import SIDES, Avatars, AvatarsConfig
from toonkit.chapters.avatars.scores import held_out, scores
from toonkit.images.caltech101 import person_of, picture_number
from toonkit.images.open_pictures import read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.sources import source_ready
from toonkit.networks.features import features
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile

NEEDED = ("squeezenet", "caltech101", "dicebear")
pytestmark = pytest.mark.skipif(not all(map(source_ready, NEEDED)), reason=f"one of {NEEDED} is not on this machine")
SMALL = AvatarsConfig(filters=4, blocks=1, head_filters=4, seen_at=64, batch=2, size=32, patch=4)


@pytest.fixture(scope="module")
def batch() -> dict[str, torch.Tensor]:
    return batches(SMALL, Profile("quick"), 0)(0)


def small(**changes: float) -> Avatars:
    torch.manual_seed(0)
    return Avatars(features("squeezenet"), replace(SMALL, **changes))


def test_no_person_and_no_drawing_is_on_both_sides_of_the_split() -> None:
    people = [{person_of(picture_number(path)) for path in paths_of("photo", split)} for split in ("train", "test")]
    assert people[0].isdisjoint(people[1]) and all(people)
    drawings = [{path.name for path in paths_of("toon", split)} for split in ("train", "test")]
    assert drawings[0].isdisjoint(drawings[1]) and all(drawings)


def test_both_sides_have_their_eyes_open_and_in_one_place() -> None:
    drawings = [path for split in ("train", "test") for path in paths_of("toon", split)]
    assert len(drawings) == 36 + 39  # of the artist's 200 the "wide" and the "happy" eyes
    whole = read_open_picture(drawings[0])  # (3, 256, 256)
    assert torch.equal(read_face(drawings[0], SMALL), whole[:, 45 : 45 + 189, 33 : 33 + 189])  # FACES of 256, rounded
    for cut in ("eyes", "eyes_and_mouth"):
        eyes = {side: eyes_of(side, replace(SMALL, cut=cut)) for side in PICTURES}
        assert (eyes["photo"] - eyes["toon"]).abs().max() <= 2.5, cut  # of 64 pixels


def test_mouths_are_in_one_place_only_where_the_cut_says_so() -> None:
    def apart(cut: str) -> int:
        config = replace(SMALL, cut=cut)
        red, green, _ = faces("photo", config, paths_of("photo", "train")).mean(0)  # lips are redder than skin
        redder = red - green - F.avg_pool2d((red - green)[None], 15, 1, 7, count_include_pad=False)[0]
        mouths: dict[str, list[Path]] = {}  # by the artist's kind, of those without a beard
        for path in paths_of("toon", "train") + paths_of("toon", "test"):
            chosen = json.loads((path.parent / "attributes.json").read_text(encoding="utf-8"))[path.stem]
            if "beard" not in chosen:
                mouths.setdefault(chosen["mouth"], []).append(path)
        kinds = torch.stack([faces("toon", config, paths).mean((0, 1)) for paths in mouths.values()])
        rows = [values[38:58, 26:38].mean(1).argmax() for values in (redder, kinds.std(0))]
        return int((rows[0] - rows[1]).abs())

    assert apart("eyes_and_mouth") <= 2 and apart("eyes") >= 6


def faces(side: str, config: AvatarsConfig, paths: list[Path]) -> Tensor:
    """All of a side, cut and scaled, (N, 3, 64, 64)."""
    return torch.stack([fit_picture(read_face(path, config), 64) for path in paths])


def eyes_of(side: str, config: AvatarsConfig) -> Tensor:
    """Rows and columns (2, 2), of 64, about which a side's mean face is darker than what is around, left and right."""
    mean = faces(side, config, paths_of(side, "train")).mean((0, 1))
    dark = (F.avg_pool2d(mean[None], 15, 1, 7, count_include_pad=False)[0] - mean - 0.1).clamp(min=0)  # (64, 64)
    found = []
    for left in (14, 34):
        part = dark[24:40, left : left + 16]
        places = torch.stack(torch.meshgrid(torch.arange(24.0, 40), torch.arange(left, left + 16.0), indexing="ij"))
        found.append((places * part).sum((1, 2)) / part.sum())
    return torch.stack(found)


def test_light_is_equal_after_and_the_stretch_is_taken_back() -> None:
    face = torch.rand(1, 60, 60, generator=torch.Generator().manual_seed(0)).expand(3, -1, -1) - 0.9  # dark greys
    middle = (lit(face)[0, 18:48, 18:48] + 1) / 2
    assert float(middle.quantile(0.5)) == pytest.approx(LIT, abs=0.01)
    black = torch.full((3, 60, 60), -1.0)
    assert torch.equal(lit(black), black)
    aligned = replace(SMALL, cut="eyes_and_mouth")
    assert in_proportion(torch.zeros(2, 3, 79, 79), "photo", aligned).shape == (2, 3, 100, 79)
    with pytest.raises(ToonkitError, match="mouths"):
        read_face(paths_of("photo", "test")[0], replace(SMALL, cut="mouths"))


def test_every_second_view_is_mirrored(monkeypatch: pytest.MonkeyPatch) -> None:
    rising = torch.linspace(-1, 1, 100).expand(3, 100, 100)  # from left to right
    monkeypatch.setattr(data, "read_face", lambda path, config: rising)
    views = batches(SMALL, Profile("quick"), 0).groups[1]["toon"].int()  # 8 drawings x 4 views, (32, 3, 32, 32)
    risen = views[..., -1] - views[..., 0]
    assert (risen[0::2] > 0).all() and (risen[1::2] < 0).all()


def test_a_batch_has_both_sides(batch: dict[str, torch.Tensor]) -> None:
    assert {side: tuple(pictures.shape) for side, pictures in batch.items()} == dict.fromkeys(PICTURES, (2, 3, 32, 32))
    assert all(float(pictures.abs().max()) <= 1 for pictures in batch.values())


def test_every_term_is_a_number_and_teaches_its_generator(batch: dict[str, torch.Tensor]) -> None:
    recipe = small()
    terms = recipe.terms(batch)
    assert all(term().isfinite() for term in next(terms)[1].values())
    _, found = next(terms)
    assert set(found) == {f"{n}_{s}" for n in ("adversarial", "cycle", "identity", "content", "colour") for s in SIDES}
    for name, term in found.items():
        drawn = recipe.networks[f"to_{name.rpartition('_')[2]}"]
        slopes = torch.autograd.grad(term(), [*drawn.parameters()], retain_graph=True)
        assert any(slope.any() for slope in slopes) and all(slope.isfinite().all() for slope in slopes), name
    assert all(weight.grad is None for weight in recipe.networks["discriminator_toon"].parameters())


@pytest.mark.parametrize("kept", ["identity", "cycle", "colour"])
def test_steps_by_one_loss_alone_lower_it(batch: dict[str, torch.Tensor], kept: str) -> None:
    alone = dict.fromkeys(("adversarial", "cycle", "identity", "content", "colour"), 0.0) | {kept: 1.0}
    recipe = small(**alone, rate=1e-2)
    losses = [recipe.step(batch, 0.0) for _ in range(12)]
    for side in SIDES:
        assert losses[-1][f"{kept}_{side}"] < 0.8 * losses[0][f"{kept}_{side}"]


def test_a_recipe_that_copies_knows_every_person_and_moves_no_nearer() -> None:
    recipe = small()
    recipe.networks |= {f"to_{side}": torch.nn.Identity() for side in SIDES}
    found = scores(recipe, Profile("quick"))
    for drawn, given in (("avatars of photographs", "photographs"), ("photographs of avatars", "avatars")):
        assert found[drawn]["KID[squeezenet]"].value == found[given]["KID[squeezenet]"].value > 0
        assert found[drawn]["error there and back"].value == 0
    assert found["avatars of photographs"]["person known"].value == found["photographs"]["person known"].value
    assert held_out("toon", SMALL, 8).shape == (8, 3, 32, 32)
