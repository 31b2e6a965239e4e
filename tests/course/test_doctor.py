"""The doctor: what it finds here, and how it says that something is wrong."""

from __future__ import annotations

import sys
from collections import namedtuple
from pathlib import Path

import pytest
import torch
import torchvision

from toonkit import cli
from toonkit.course import doctor, training_estimates
from toonkit.course.needs import Need
from toonkit.images.manifests import load_sources, read_manifest
from toonkit.images.report_sets import REPORTS
from toonkit.project.profiles import Profile


def test_it_finds_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    found = {finding.what: finding for finding in doctor.examine()}
    assert torch.__version__ in found["torch"].found and torchvision.__version__ in found["torch"].found
    assert found["python"].found == sys.version.split()[0]
    assert {finding.state for finding in found.values()} <= {doctor.OK, doctor.NOTE}


def test_a_wrong_mirror_is_bad_and_stops_quick(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path / "absent"))
    assert cli.main(["doctor"]) == 1
    report = capsys.readouterr().out
    assert "absent is not a folder" in report and "mend first: sources" in report
    monkeypatch.setenv("TOONKIT_MIRROR", str(tmp_path))
    assert doctor.sources() == doctor.Finding("sources", f"none in {tmp_path}", doctor.NOTE, doctor.sources().advice)


def test_a_check_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def torch_pair() -> doctor.Finding:
        raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(doctor, "torch_pair", torch_pair)
    assert cli.main(["doctor"]) == 1
    report = capsys.readouterr().out
    assert "nms does not exist" in report and "mend first: torch_pair" in report


def test_without_trouble_it_ends_with_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "examine", lambda: [doctor.Finding("python", "3.11")])
    assert cli.main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert all(name in report for name in ("quick", "full", "paper"))


def test_the_first_screen_of_paper_lists_all_that_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every network and every set of the reports, within 100 columns, with what is missing added up."""
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    assert cli.main(["doctor", "--profile", "paper"]) == 1
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 100
    tiers = {name: source.tier for name, source in load_sources().items()}
    networks = [name for name, tier in tiers.items() if tier == "network"]
    total = sum(entry.size for name in networks for entry in read_manifest(name)) / 1e9
    assert all(f"toonkit fetch {name}" in page for name in networks)
    assert all(f"missing  {name} " in page for name, tier in tiers.items() if tier in ("network", "own"))
    assert all(f"missing  {name} " in page and f"toonkit data build {name}" in page for name in REPORTS)
    assert "missing  captions " in page and "toonkit data captions tom_and_jerry_diffusion" in page
    assert f"9 of 9 are missing, {total:.2f} GB" in page and "toonkit fetch --profile paper" in page


def test_what_is_here_is_told_from_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A kept network, a source in the cache, and a set of a report that has its manifest."""
    (tmp_path / "cache" / "vgg19").mkdir(parents=True)
    (tmp_path / "cache" / "vgg19" / "weights.safetensors").touch()
    (tmp_path / "cache" / "own" / "celeba").mkdir(parents=True)
    (tmp_path / "cache" / "own" / "celeba" / "manifest.tsv").touch()
    (tmp_path / "cache" / "reports" / "tom_and_jerry_diffusion").mkdir(parents=True)
    for name in ("set.csv", "captions.jsonl"):
        (tmp_path / "cache" / "reports" / "tom_and_jerry_diffusion" / name).touch()
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path / "cache"))
    assert cli.main(["doctor", "--profile", "paper"]) == 1
    page = capsys.readouterr().out
    assert "here     vgg19 " in page and "here     celeba " in page and "8 of 9 are missing, 2.34 GB" in page
    assert "here     tom_and_jerry_diffusion " in page and "here     captions " in page
    assert "missing  image_toonification " in page
    assert cli.main(["doctor", "--profile", "quick"]) == 0
    assert "needs nothing" in capsys.readouterr().out
    assert cli.main(["doctor", "--profile", "large"]) == 2


def test_everything_there_ends_with_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    need = Need("toys", True, 1, "1.0 MB", "CC0", "Toys", "toonkit fetch toys")
    for module in ("toonkit.course.needs", "toonkit.course.needs_page"):
        monkeypatch.setattr(f"{module}.needs", lambda profile: [need])
    assert cli.main(["doctor", "--profile", "full"]) == 0
    assert "All 1 are here." in capsys.readouterr().out


def test_paper_s_hours_are_the_measured_ones_by_the_pixels_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.5 s a step of 8 x 64 x 64 pixels; 7,200 steps of 4 x 128 x 128 pixels take twice as long each."""
    config = namedtuple("Config", "batch size")(4, 128)
    variant = namedtuple("Variant", "paper_steps configured")(7200, lambda profile: config)
    chapter = namedtuple("Chapter", "name variant")("toys", lambda: ("own", variant))
    found = {"seconds": 0.5, "pixels": 8 * 64 * 64, "hours": 1.0, "device": "one core"}
    monkeypatch.setattr(training_estimates, "all_chapters", lambda: [chapter])
    monkeypatch.setattr(training_estimates, "_measured", lambda chapter: found)
    head, line, gpus = training_estimates.training_times(Profile("paper"))
    assert head.startswith("Estimates") and "one core" in head
    assert line == "  toys: 7,200 steps at 128 px, 2 hours" and "toonkit plan" in gpus
    assert "took 1.0 hours on one core (measured)" in training_estimates.training_times(Profile("full"))[0]
