"""Profile paper on stand-ins of the reports' own sets: what a batch holds, and a run of two steps with its record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from own_sets_built import SIDE, sets_built

from toonkit.chapters import own_data, own_scores
from toonkit.chapters.index import find_chapter
from toonkit.chapters.runs import run
from toonkit.filters import edge_smoothing
from toonkit.images.picture import read_picture
from toonkit.images.report_captions import without_caption
from toonkit.images.report_sets import REPORTS, open_report_set
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.errors import ToonkitError
from toonkit.project.profiles import Profile
from toonkit.world import ToonWorld

PAPER = Profile("paper")
SHAPES = {  # chapter, variant -> what a batch of two holds
    ("animated", "skips"): {"photo": (2, 3, SIDE, SIDE), "toon": (2, 3, SIDE, SIDE), "smooth": (2, 3, SIDE, SIDE)},
    ("cartoongan", "classical"): dict.fromkeys(("photo", "classical", "toon", "smooth"), (2, 3, SIDE, SIDE)),
    ("semantic", "ours"): {
        **dict.fromkeys(("photo", "toon"), (2, 3, SIDE, SIDE)),
        "view": (2, None, SIDE // 2, SIDE // 2),
    },
    ("recovery", "cyclegan_v3"): dict.fromkeys(("photo", "toon"), (2, 3, SIDE, SIDE)),
    ("latents", "classes"): {"latent": (2, 4, SIDE // 4, SIDE // 4), "label": (2,)},
    ("tomjerry", "reported"): {
        **dict.fromkeys(("toon", "source"), (2, 3, SIDE, SIDE)),
        "latent": (2, 4, SIDE // 4, SIDE // 4),
        "label": (2,),
    },
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Every report's set; animated's has ten pictures and more for testing."""
    counts = dict.fromkeys(REPORTS) | {"animated_variants_gan": 120}
    with sets_built(tmp_path_factory.mktemp("own"), counts) as cache:
        yield cache


def batches(chapter: str, variant: str):
    found = find_chapter(chapter)
    config = replace(found.variant(variant)[1].config, size=SIDE, batch=2)
    return found.data(config, PAPER, 0)


@pytest.mark.parametrize(("chapter", "variant"), list(SHAPES))
def test_a_batch_of_the_reports_own_set(built, chapter, variant):
    source = batches(chapter, variant)
    batch = source(0)
    wanted = SHAPES[chapter, variant]
    assert batch.keys() == wanted.keys()
    for name, shape in wanted.items():
        found = tuple(batch[name].shape)
        assert all(size in (None, other) for size, other in zip(shape, found, strict=True)), name
        if batch[name].is_floating_point() and name != "latent":
            assert batch[name].min() >= -1 and batch[name].max() <= 1 and batch[name].std() > 0.05, name
    again = batches(chapter, variant)(0)
    assert all(torch.equal(batch[name], again[name]) for name in batch)
    later = source(1)
    assert any(not torch.equal(batch[name], later[name]) for name in batch)


def test_no_batch_holds_a_picture_for_testing(built):
    """What three epochs show is what the table has for training, and what goes with it is computed of it."""
    found = open_report_set("animated_variants_gan")
    source = batches("animated", "skips")
    train = [as_pictures(as_bytes(read_picture(path, SIDE))) for path in found.paths("photo", "train")]
    seen = torch.cat([source(step)["photo"] for step in range(3 * len(train) // 2)])
    known = torch.stack(train)
    nearest = (seen[:, None] - known[None]).abs().flatten(2).amax(2)  # (seen, known)
    assert nearest.amin(1).max() < 1e-6 and len(nearest.argmin(1).unique()) == len(train)
    batch = source(0)
    smooth = as_pictures(as_bytes(edge_smoothing(batch["toon"])))
    assert torch.allclose(batch["smooth"], smooth, atol=1e-6)


def test_a_cartoon_meets_a_photograph_of_its_class(built):
    found = open_report_set("tom_and_jerry_diffusion")
    classes = {}
    for kind in ("cat", "mouse", "both"):
        for path in found.paths("toon", "train", kind):
            classes[read_picture(path, SIDE).sum().item()] = kind
    batch = batches("tomjerry", "reported")(0)
    kinds = ("cat", "mouse", "both")
    assert [classes[toon.sum().item()] for toon in batch["toon"]] == [kinds[label] for label in batch["label"]]


def test_captions_are_ones_own(built):
    found = open_report_set("tom_and_jerry_diffusion")
    with pytest.raises(ToonkitError, match=r"captions\.jsonl is missing; `toonkit data captions"):
        batches("captions", "both")
    names = [path.name for path in (*found.paths("photo", "train"), *found.paths("toon", "test"))]
    lines = [json.dumps({"file": name, "caption": "a cat on a sofa"}) for name in names]
    (found.folder / "captions.jsonl").write_text("\n".join(lines) + "\n")
    try:
        with pytest.raises(
            ToonkitError, match="captions of 0 pictures of the side photo for testing, and a score needs 1"
        ):
            batches("captions", "both")
        all_names = {Path(row["path"]).name for row in found.rows}
        assert set(without_caption("tom_and_jerry_diffusion")) == all_names - set(names)
        lines += [json.dumps({"file": path.name, "caption": "a cat"}) for path in found.paths("photo", "test")]
        (found.folder / "captions.jsonl").write_text("\n".join(lines) + "\n")
        source = batches("captions", "both")
        assert len(source.batches.groups[0]["picture"]) == len(found.paths("photo", "train"))  # none for testing
        assert source(0)["picture"].shape == (2, 3, SIDE, SIDE) and source(0)["tokens"].shape[0] == 2
    finally:
        (found.folder / "captions.jsonl").unlink()


def test_a_picture_larger_than_the_set_is_refused(built):
    chapter = find_chapter("animated")
    config = replace(chapter.variant("skips")[1].config, size=2 * SIDE)
    with pytest.raises(ToonkitError, match=r"pictures of 64 pixels are asked for, and those of .* have 32"):
        chapter.data(config, PAPER, 0)


def test_too_few_for_testing_are_said_before_a_training_of_days(built, monkeypatch):
    monkeypatch.setattr(own_data, "LEAST", 10)
    with pytest.raises(ToonkitError, match=r"has 2 of the side photo for testing, and a score needs 10; build it of"):
        batches("semantic", "ours")


def test_two_steps_in_the_reports_own_setting(built, tmp_path):
    here = {"content": "toonnet", "layer": "stage3", "content_side": "0"}  # instead of half a gigabyte of VGG16
    plan = {"steps": 2, "snapshots": 1, "quiet": True}
    record = run("animated", "skips", "paper", 0, tmp_path / "run", size=SIDE, changes=here, **plan)
    assert (record["profile"], record["config"]["steps"]) == ("paper", 2)
    assert record["config"]["config"]["batch"] == 1 and record["config"]["config"]["rate"] == 1e-4  # section 5.2
    assert {"drawn", "photograph", "to photographs", "epochs"} <= record["metrics"].keys()
    assert record["metrics"]["drawn"]["KID[inception_fid]"]["n"] >= 1
    assert (tmp_path / "run" / "generator.safetensors").is_file()


def test_pairs_are_scored_in_the_spaces_of_the_field(built, monkeypatch):
    """Nothing is nearer to the true photographs than these themselves."""
    pairs = ToonWorld("faces", "test", SIDE).batch(range(12))
    monkeypatch.setattr(own_scores, "held_out_own", lambda report, side, size: pairs[side])
    truth = iter(pairs["photo"].split(own_scores.BATCH))
    facts = {"config": SimpleNamespace(size=SIDE), "device": torch.device("cpu")}
    recipe = SimpleNamespace(translate=lambda toons: next(truth), **facts)
    found = own_scores.score_own_pairs(recipe, "cartoon_to_human_cyclegan")
    names = {"MMD[resnet34]", "1-NN[resnet34]", "true error", "KID[inception_fid]"}
    assert names <= found["drawn"].keys() == found["untranslated"].keys()
    assert found["drawn"]["true error"].value == 0 < found["untranslated"]["true error"].value
    assert found["drawn"]["MMD[resnet34]"].value < found["untranslated"]["MMD[resnet34]"].value


def test_networks_that_will_measure_are_asked_for_before_training(built, monkeypatch):
    monkeypatch.setattr(own_data, "network_ready", lambda name: name != "resnet34")
    with pytest.raises(ToonkitError, match=r"profile 'paper' cannot run here: .*`toonkit fetch resnet34` brings them"):
        batches("animated", "skips")


def test_the_numbers_of_steps_are_the_reports():
    steps = {name: find_chapter(name).variant()[1].paper_steps for name in ("animated", "semantic", "recovery")}
    assert steps == {"animated": 180_000, "semantic": 200 * 30_783 // 16, "recovery": 780_000}
