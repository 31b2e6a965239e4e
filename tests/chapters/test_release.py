"""Releasing: seeds gathered into one record, networks copied whole or in half precision, unfinished work refused."""

from __future__ import annotations

import json
import shutil
import statistics

import pytest
import torch

from toonkit.chapters.release import release
from toonkit.chapters.run_places import RECORD, run_folder
from toonkit.networks.weights import load_weights, save_weights
from toonkit.project.digests import digest_of
from toonkit.project.errors import ToonkitError
from toonkit.project.records import published_record, write_json


def finished(root, seed: int, value: float) -> None:
    """A run as it lies in its folder."""
    folder = root / run_folder("cartoongan", "classical", "full", seed)
    folder.mkdir(parents=True)
    for network in ("generator", "discriminator"):
        save_weights(folder / f"{network}.safetensors", {"w": torch.full((1,), value)}, {"network": network})
    config = {"recipe": "cartoongan", "seed": seed, "seconds": 1.0, "resumed_at": [], "steps": 3}
    config["weights"] = {"generator": "a", "discriminator": "b"}
    score = {"value": value, "n": 1000, "low": value - 1, "high": value + 1}
    entry = {"name": "cartoongan classical", "profile": "full", "seed": seed, "config": config, "wall_seconds": 2.5}
    write_json(folder / RECORD, entry | {"metrics": {"FID[toonnet]": score}})


def test_three_seeds_become_mean_and_spread_and_the_lowest_seed_is_kept(tmp_path):
    values = {2: 7.0, 0: 4.0, 1: 5.5}
    for seed, value in values.items():
        finished(tmp_path, seed, value)
    paths = release(tmp_path, "cartoongan", "classical", "cartoongan-faces")
    assert [path.name for path in paths[1:]] == [
        "cartoongan-faces.safetensors",
        "cartoongan-faces-discriminator.safetensors",
    ]
    entry = published_record(paths[0])
    spread = statistics.stdev(values.values())
    assert entry["metrics"] == {"FID[toonnet]": {"value": 5.5, "n": 3, "spread": pytest.approx(spread)}}
    assert entry["seed"] == [0, 1, 2] and entry["wall_seconds"] == 7.5 and len(entry["digests"]) == 2
    assert [run["seed"] for run in entry["config"]["runs"]] == [0, 1, 2] and entry["config"]["steps"] == 3
    for path, network in zip(paths[1:], ("generator", "discriminator"), strict=True):
        tensors, about = load_weights(path)
        assert tensors["w"].item() == 4.0 and about["network"] == network


def test_a_run_that_is_measured_by_epoch_keeps_its_losses(tmp_path):
    for seed in range(3):
        finished(tmp_path, seed, 1.0)
        folder = tmp_path / run_folder("cartoongan", "classical", "full", seed)
        record = json.loads((folder / RECORD).read_text())
        record["config"]["epochs"] = [{"step": 3, "MMD": 0.5 + seed}]
        write_json(folder / RECORD, record)
        lines = [{"step": step, "content": step + seed} for step in (50, 100)]
        (folder / "losses.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    runs = published_record(release(tmp_path, "cartoongan", "classical")[0])["config"]["runs"]
    assert [run["losses"] for run in runs] == [{"step": [50, 100], "content": [50 + s, 100 + s]} for s in range(3)]
    assert [run["epochs"][0]["MMD"] for run in runs] == [0.5, 1.5, 2.5]


def test_one_seed_keeps_its_own_interval_and_none_is_refused(tmp_path):
    with pytest.raises(ToonkitError, match="toonkit train cartoongan classical --profile full"):
        release(tmp_path, "cartoongan", "classical")
    finished(tmp_path, 0, 4.0)
    (path,) = release(tmp_path, "cartoongan", "classical")
    assert published_record(path)["metrics"]["FID[toonnet]"]["low"] == 3.0


def test_a_variant_whose_files_are_replaced_has_released_them_no_more(tmp_path):
    finished(tmp_path, 0, 4.0)
    new, *files = release(tmp_path, "cartoongan", "classical", "cartoongan-faces")
    old, kept = new.with_name("cartoongan-old.json"), {"another.safetensors": "b" * 64}
    write_json(old, published_record(new) | {"digests": {files[0].name: "a" * 64} | kept})
    release(tmp_path, "cartoongan", "classical", "cartoongan-faces")
    assert published_record(old)["digests"] == kept
    assert published_record(new)["digests"] == {file.name: digest_of(file) for file in files}


def test_a_seed_that_was_recorded_before_stays(tmp_path):
    """Its run's folder is long gone, or on another machine; the record of one run is all that gathering needs."""
    finished(tmp_path, 0, 4.0)
    path = release(tmp_path, "cartoongan", "classical", "cartoongan-faces")[0]
    digests = published_record(path)["digests"]
    shutil.rmtree(tmp_path / run_folder("cartoongan", "classical", "full", 0))
    finished(tmp_path, 1, 5.5)
    finished(tmp_path, 2, 7.0)
    release(tmp_path, "cartoongan", "classical")
    entry = published_record(path)
    assert entry["seed"] == [0, 1, 2] and entry["metrics"]["FID[toonnet]"]["value"] == 5.5
    assert entry["digests"] == digests and len(digests) == 2  # of what is still released
    assert [run["seed"] for run in entry["config"]["runs"]] == [0, 1, 2]
    shutil.rmtree(tmp_path / run_folder("cartoongan", "classical", "full", 1))
    with pytest.raises(ToonkitError, match=r"holds seeds \[0, 1\], whose runs are not in build/train"):
        release(tmp_path, "cartoongan", "classical")
    assert published_record(path) == entry


def test_a_record_of_several_seeds_is_joined_as_if_their_runs_were_here(tmp_path):
    values = {0: 4.0, 1: 5.5, 2: 9.0, 3: -1.0}
    for seed in (0, 1):
        finished(tmp_path, seed, values[seed])
    (path,) = release(tmp_path, "cartoongan", "classical")
    for seed in (0, 1):
        shutil.rmtree(tmp_path / run_folder("cartoongan", "classical", "full", seed))
    for seed in (3, 2):
        finished(tmp_path, seed, values[seed])
    release(tmp_path, "cartoongan", "classical")
    entry = published_record(path)
    spread = statistics.stdev(values.values())
    assert entry["metrics"]["FID[toonnet]"] == pytest.approx({"value": 4.375, "n": 4, "spread": spread})
    assert entry["seed"] == [0, 1, 2, 3] == [run["seed"] for run in entry["config"]["runs"]]
    assert entry["wall_seconds"] == 10.0


def test_half_precision_keeps_what_the_networks_are_and_halves_their_bytes(tmp_path):
    """Numbers to a half's 11 bits, counters to the bit, the same header; and the record has the new digest."""
    finished(tmp_path, 0, 1 / 3)
    source = tmp_path / run_folder("cartoongan", "classical", "full", 0) / "generator.safetensors"
    numbers = torch.randn(4000, generator=torch.Generator().manual_seed(0))
    save_weights(source, {"w": numbers, "steps": torch.tensor(70_001)}, {"network": "generator"})
    whole = release(tmp_path, "cartoongan", "classical", "whole")[1].stat().st_size
    record, path, _ = release(tmp_path, "cartoongan", "classical", "small", half=True)
    tensors, about = load_weights(path)
    assert path.stat().st_size < 0.6 * whole and about == {"network": "generator"}
    torch.testing.assert_close(tensors["w"].float(), numbers, rtol=2**-11, atol=1e-7)
    assert tensors["steps"].item() == 70_001
    assert published_record(record)["digests"]["small.safetensors"] == digest_of(path)
