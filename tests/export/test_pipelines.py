"""A released model as a pipeline of diffusers: what is written draws what the released networks draw, or is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from toonkit.chapters.latents.data import autoencoder_of
from toonkit.chapters.loading import load_network
from toonkit.chapters.tomjerry.model import SourceDenoiser
from toonkit.chapters.tomjerry.pipeline import load_pipeline
from toonkit.chapters.tomjerry.translating import base_denoiser, photographs
from toonkit.cli import main
from toonkit.export.pipelines import export_pipeline, pipeline_modules
from toonkit.networks import weights
from toonkit.project.errors import ToonkitError, WeightsError
from toonkit.world import ToonWorld


def exported(folder: Path, *options: str) -> int:
    return main(["export", "tomjerry", "-o", str(folder), *options])


def test_the_command_writes_what_the_released_networks_draw(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Against the drawing by the networks themselves, which knows nothing of diffusers' pipelines."""
    folder = tmp_path / "new" / "pipeline"
    assert exported(folder) == 0
    printed = capsys.readouterr().out
    assert all(part in printed for part in ("denoiser", "parts", "autoencoder", "scheduler"))
    assert not list(folder.rglob("*.bin")) and len(list(folder.rglob("*.safetensors"))) == 3
    assert sorted(path.name for path in folder.parent.iterdir()) == ["pipeline"]
    world = ToonWorld("duo", "test", 64)
    truth = world.batch([0, 1])
    toons, labels = truth["toon"], truth["label"]
    model = SourceDenoiser(base_denoiser(), load_network("tomjerry", "parts of tomjerry")).eval()
    wanted = photographs(model, autoencoder_of("ours", "sharp"), toons, labels, seed=3, steps=2)
    found = load_pipeline(folder)(toons, [world.classes[label] for label in labels], steps=2, seed=3)
    assert torch.allclose(found, wanted, atol=1e-5) and float(wanted.std()) > 0.1


def test_only_a_pipeline_is_replaced_and_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = tmp_path / "pipeline"
    assert exported(folder) == 0
    assert exported(folder) == 2 and "is there already" in capsys.readouterr().err
    (folder / "model_index.json").write_text("{}")
    (folder / "stale.txt").write_text("of an earlier call")
    assert exported(folder, "--overwrite") == 0
    assert json.loads((folder / "model_index.json").read_text())["_class_name"] == "CartoonToPhotograph"
    assert not (folder / "stale.txt").exists()
    holiday = tmp_path / "holiday"
    holiday.mkdir()
    (holiday / "photo.png").write_bytes(b"mine")
    assert exported(holiday, "--overwrite") == 2 and (holiday / "photo.png").read_bytes() == b"mine"


def test_an_onnx_file_of_it_and_an_unknown_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert exported(tmp_path / "all.onnx") == 2
    assert "becomes a folder" in capsys.readouterr().err
    with pytest.raises(ToonkitError, match="tomjerry"):
        export_pipeline("toonnet", tmp_path / "folder")
    assert "tomjerry" in pipeline_modules() and list(tmp_path.iterdir()) == []


def test_without_released_networks_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "RELEASED", tmp_path / "none")
    with pytest.raises(WeightsError, match="no weights at"):
        export_pipeline("tomjerry", tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []
