"""The doctor: what it finds here, and how it says that something is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
import torchvision

from toonkit import cli
from toonkit.course import doctor


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
