"""Figures of networks that were trained on this machine: each row by the weights it names, an error without them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from toonkit.chapters.animated import figures as animated
from toonkit.chapters.cartoongan import figures as cartoongan
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.networks.drawing import draw
from toonkit.networks.weights import released
from toonkit.project.errors import WeightsError

CASES = [
    (
        animated,
        animated.animated_epochs,
        "animated-long",
        {
            f"after {epochs} epochs": f"animated-long-full-0/snapshots/{150 * epochs:07d}"
            for epochs in (10, 30, 50, 100)
        },
    ),
    (
        cartoongan,
        cartoongan.longer,
        "cartoongan-faces",
        {f"{row}, 5,000 steps": f"cartoongan-{row}_5000-full-0" for row in ("classical", "batch_norm")},
    ),
]


@pytest.mark.parametrize(("module", "figure", "weights", "folders"), CASES)
def test_each_row_is_drawn_by_its_own_weights(
    module: object,
    figure: Callable[[], Sheet],
    weights: str,
    folders: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "project_root", lambda: tmp_path)
    files = {words: tmp_path / "build/train" / folder / "generator.safetensors" for words, folder in folders.items()}
    for file in files.values():
        file.parent.mkdir(parents=True)
        shutil.copy(released(weights), file)
    rows = figure().pictures
    assert isinstance(rows, dict) and list(rows) == ["photograph", *folders, "true cartoon"]
    wanted = draw(load_network(weights, module.GENERATOR), rows["photograph"])
    assert all(torch.equal(rows[words], wanted) for words in folders)
    assert not torch.equal(wanted, rows["true cartoon"])
    for file in files.values():
        file.unlink()
        with pytest.raises(WeightsError, match=file.parent.name):
            figure()
        shutil.copy(released(weights), file)
