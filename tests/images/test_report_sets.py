"""Every report's data set built of stand-ins that are laid out as the real sets: what is taken, and killed calls."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from stand_ins import bring_sources, celeba, fields, panel

from toonkit.cli import main
from toonkit.images import report_choice, report_sets
from toonkit.images.own_origins import Order
from toonkit.images.own_sets import get_own, own_folder
from toonkit.images.picture import read_picture
from toonkit.images.report_building import build_report_set
from toonkit.images.report_sets import REPORTS, open_report_set, report_folder
from toonkit.images.resize import fit_picture
from toonkit.images.values import as_bytes, as_pictures
from toonkit.project.errors import SourceError, ToonkitError

COUNTS = {  # (side, class, split) of what the stand-ins give; 6 of a class: 80/20 is 5 and 1
    "animated_variants_gan": {
        **{("photo", "", "train"): 8, ("photo", "", "test"): 4},  # CelebA's own partition
        **{("toon", "", "train"): 11, ("toon", "", "test"): 1},
    },
    "cartoon_to_human_cyclegan": {
        (side, "", split): count for side in ("photo", "toon") for split, count in (("train", 5), ("test", 1))
    },
    "image_toonification": {
        **{("photo", "", "train"): 11, ("photo", "", "test"): 1},
        **{("toon", "", "train"): 10, ("toon", "", "test"): 2},
    },
    "semantic_cartoon_transfer": {
        **{("photo", "", "train"): 10, ("photo", "", "test"): 2},
        **{("toon", "", "train"): 10, ("toon", "", "test"): 2},
    },
    "tom_and_jerry_diffusion": {
        (side, kind, split): count
        for side in ("photo", "toon")
        for kind in ("cat", "mouse", "both")
        for split, count in (("train", 5), ("test", 1))
    },
}


SIDE = 64  # pixels, instead of the reports' own, to save time


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    for name, wanted in REPORTS.items():
        monkeypatch.setitem(REPORTS, name, replace(wanted, size=SIDE))
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TOONKIT_OFFLINE", "1")
    return tmp_path / "cache"


def test_faces_without_their_partition_are_refused(tmp_path):
    """Drawn at random, a person could be for training and for testing."""
    celeba(tmp_path / "celeba", partition=False)
    bring_sources("animated_variants_gan", tmp_path / "others")
    shutil.rmtree(own_folder("celeba"))
    get_own(Order("celeba", str(tmp_path / "celeba"), agree=True), say=lambda _: None)
    with pytest.raises(SourceError, match=r"no list_eval_partition\.txt, without which a person could be"):
        build_report_set("animated_variants_gan", fewer=True)


@pytest.mark.parametrize("report", list(REPORTS))
def test_a_set_is_built_as_the_report_has_it(report, tmp_path, capsys):
    bring_sources(report, tmp_path)
    with pytest.raises(SourceError, match=rf"{report} is not built; `toonkit data build {report}`"):
        open_report_set(report)
    assert main(["data", "build", report, "--fewer"]) == 0
    found = open_report_set(report)
    assert Counter((row["side"], row["class"], row["split"]) for row in found.rows) == COUNTS[report]
    for row in found.rows:
        assert read_picture(found.folder / row["path"]).shape == (3, SIDE, SIDE)
    assert len({row["sha256"] for row in found.rows}) == len(found.rows)  # nothing twice, in no two splits
    assert f"{len(found.rows)} pictures in {found.folder}" in capsys.readouterr().out
    assert sorted(path.name for path in found.folder.iterdir() if path.is_file()) == ["set.csv", "set.json"]


def test_the_numbers_are_the_reports():
    """Section 5.1 of the second report, "Dataset" of the third, 4.2 of the fourth, 4.1 and 6.1 of the fifth."""
    counts = {
        name: [(part.train, part.test) for part in wanted.parts if part.side != "toon"]
        for name, wanted in REPORTS.items()
    }
    assert counts["animated_variants_gan"] == [(6000, 600)]
    assert counts["cartoon_to_human_cyclegan"] == [(5000, 200)]
    assert counts["semantic_cartoon_transfer"][0][0] is None
    assert [sum(pair) for pair in counts["tom_and_jerry_diffusion"]] == [800, 800, 400]
    assert all(train == 4 * test for train, test in counts["tom_and_jerry_diffusion"])


def test_pictures_are_the_sources_own_resized(tmp_path):
    """CelebA is stretched, as the report says; read from the source and resized here, it is the same to the byte."""
    bring_sources("animated_variants_gan", tmp_path)
    build_report_set("animated_variants_gan", fewer=True)
    found = open_report_set("animated_variants_gan")
    row = next(row for row in found.rows if row["source"] == "celeba")
    whole = read_picture(tmp_path / "celeba" / row["origin"])
    assert whole.shape == (3, 218, 178)
    expected = as_pictures(as_bytes(fit_picture(whole, SIDE, "stretch")))
    assert torch.equal(read_picture(found.folder / row["path"]), expected)


def test_pairs_stay_pairs(tmp_path):
    bring_sources("cartoon_to_human_cyclegan", tmp_path)
    build_report_set("cartoon_to_human_cyclegan", fewer=True)
    found = open_report_set("cartoon_to_human_cyclegan")
    pairs = list(zip(found.paths("photo", "train"), found.paths("toon", "train"), strict=True))
    assert len(pairs) == 5
    origins = {row["path"]: int(row["origin"].removeprefix("post").removesuffix(".png")) for row in found.rows}
    for photo, toon in pairs:
        number = origins[f"photo/{photo.name}"]
        for place, path in ((0, photo), (3, toon)):
            expected = fit_picture(panel(900 + 10 * number + place), SIDE, "crop")
            assert (read_picture(path) - expected).abs().max() < 0.01  # eight bits


def test_pruning_leaves_out_the_blurred_the_small_the_copies_and_the_broken(tmp_path):
    bring_sources("tom_and_jerry_diffusion", tmp_path)
    cats = tmp_path / "kaggle-cats" / "CAT_00"
    write = report_choice.write_picture
    write(cats / "blurred.png", torch.zeros(3, 300, 300))
    write(cats / "small.png", fields(1, 30, 300))
    write(cats / "darker.png", fields(400, 270, 350) * 0.95)
    (cats / "broken.jpg").write_bytes(b"no picture")
    shutil.rmtree(tmp_path / "cache" / "own" / "kaggle-cats")
    get_own(Order("kaggle-cats", str(tmp_path / "kaggle-cats"), agree=True))
    built = build_report_set("tom_and_jerry_diffusion", fewer=True)
    assert built.reasons == {"blurred": 1, "duplicate": 1, "too few pixels": 1, "unreadable": 1}
    assert len(built.built.paths("photo", "train", "cat")) == 5 and len(built.built.paths("photo", "test", "cat")) == 1


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(tmp_path, cache):
    bring_sources("semantic_cartoon_transfer", tmp_path)
    tables = []
    for seed in (0, 0, 1):
        build_report_set("semantic_cartoon_transfer", seed, fewer=True)
        tables.append((report_folder("semantic_cartoon_transfer") / "set.csv").read_bytes())
        shutil.rmtree(report_folder("semantic_cartoon_transfer"))
    assert tables[0] == tables[1] != tables[2]


@pytest.mark.parametrize("kills", [(3,), (1, 9, 20), (30,)])
def test_a_killed_building_goes_on_to_the_same_bytes(tmp_path, monkeypatch, kills):
    bring_sources("tom_and_jerry_diffusion", tmp_path)
    build_report_set("tom_and_jerry_diffusion", fewer=True)
    folder = report_folder("tom_and_jerry_diffusion")
    whole = (folder / "set.csv").read_bytes()
    shutil.rmtree(folder)
    written = []
    write = report_choice.write_picture

    def dying(path, *rest, **settings):
        written.append(path)
        if len(written) in kills:
            path.with_name(".toonkit-0.part").write_bytes(b"torn")
            raise KeyboardInterrupt
        write(path, *rest, **settings)

    monkeypatch.setattr(report_choice, "write_picture", dying)
    for _ in kills:
        with pytest.raises(KeyboardInterrupt):
            build_report_set("tom_and_jerry_diffusion", fewer=True)
        with pytest.raises(SourceError, match="half built; `toonkit data build"):
            open_report_set("tom_and_jerry_diffusion")
    build_report_set("tom_and_jerry_diffusion", fewer=True)
    assert (folder / "set.csv").read_bytes() == whole
    assert len(written) == 36 + len(kills)  # what was there was not made again
    assert not list(folder.rglob("*.part")) and not list(folder.parent.glob("*.building"))


def test_a_line_that_a_kill_cut_short_is_dropped(tmp_path, monkeypatch):
    bring_sources("cartoon_to_human_cyclegan", tmp_path)
    build_report_set("cartoon_to_human_cyclegan", fewer=True)
    folder = report_folder("cartoon_to_human_cyclegan")
    whole = (folder / "set.csv").read_bytes()
    shutil.rmtree(folder)
    with pytest.raises(SourceError, match=r"voila gives 6 good pictures of 5200.*--fewer"):
        build_report_set("cartoon_to_human_cyclegan")
    lines = report_sets.building_folder("cartoon_to_human_cyclegan") / "building.jsonl"
    lines.write_bytes(lines.read_bytes()[:-20])
    build_report_set("cartoon_to_human_cyclegan", fewer=True)
    assert (folder / "set.csv").read_bytes() == whole


def test_a_set_of_other_sources_or_another_seed_is_refused(tmp_path, cache):
    bring_sources("animated_variants_gan", tmp_path)
    build_report_set("animated_variants_gan", fewer=True)
    assert build_report_set("animated_variants_gan", fewer=True).reasons == {}  # at once: it is here
    with pytest.raises(SourceError, match="built with another seed; delete it"):
        build_report_set("animated_variants_gan", 1, fewer=True)
    shutil.rmtree(cache / "own" / "celeba")
    shutil.rmtree(tmp_path / "celeba")
    celeba(tmp_path / "celeba", 9)
    get_own(Order("celeba", str(tmp_path / "celeba"), agree=True))
    with pytest.raises(SourceError, match="built with another sources; delete it"):
        build_report_set("animated_variants_gan", fewer=True)


def test_a_changed_picture_and_a_changed_source_are_seen(tmp_path, cache):
    bring_sources("animated_variants_gan", tmp_path)
    build_report_set("animated_variants_gan", fewer=True)
    found = open_report_set("animated_variants_gan")
    (found.folder / found.rows[3]["path"]).write_bytes(b"other")
    with pytest.raises(SourceError, match="is missing or changed; delete"):
        open_report_set("animated_variants_gan")
    (next((cache / "own" / "celeba" / "files").rglob("*.jpg"))).unlink()
    with pytest.raises(SourceError, match="has gone missing; delete"):
        build_report_set("animated_variants_gan", fewer=True)


def test_a_source_elsewhere_is_named(tmp_path, cache, capsys):
    bring_sources("animated_variants_gan", tmp_path)
    shutil.move(cache / "own" / "celeba", tmp_path / "elsewhere")
    assert main(["data", "build", "animated_variants_gan", "--fewer"]) == 2
    assert "celeba is not in" in capsys.readouterr().err
    place = f"celeba={tmp_path / 'elsewhere'}"
    assert main(["data", "build", "animated_variants_gan", "--fewer", "--source", place]) == 0
    with pytest.raises(ToonkitError, match="unknown source of animated_variants_gan 'voila'"):
        build_report_set("animated_variants_gan", places={"voila": tmp_path})


def test_the_table_has_what_it_takes_to_check_it_elsewhere(tmp_path):
    bring_sources("image_toonification", tmp_path)
    build_report_set("image_toonification", fewer=True)
    with (report_folder("image_toonification") / "set.csv").open(newline="") as stream:
        reader = csv.DictReader(stream)
        assert reader.fieldnames == ["path", "sha256", "source", "side", "class", "split", "origin"]
        assert {row["source"] for row in reader} == {"flickr30k", "studio-frames"}
