"""Figures of networks that were trained on this machine: each row by the weights it names, an error without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from toonkit.chapters.animated import figures as animated
from toonkit.chapters.cartoongan import figures as cartoongan
from toonkit.chapters.contract import Sheet
from toonkit.chapters.loading import load_network
from toonkit.networks.drawing import draw
from toonkit.networks.weights import load_weights, released, save_weights
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


def _weakened(tensor: torch.Tensor, number: int) -> torch.Tensor:
    return tensor * (1 - 0.1 * number) if tensor.is_floating_point() else tensor


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
    tensors, about = load_weights(released(weights))
    for number, file in enumerate(files.values()):
        file.parent.mkdir(parents=True)
        save_weights(file, {name: _weakened(tensor, number) for name, tensor in tensors.items()}, about)
    rows = figure().pictures
    assert isinstance(rows, dict) and list(rows) == ["photograph", *folders, "true cartoon"]
    for words, file in files.items():
        assert torch.equal(rows[words], draw(load_network(file, module.GENERATOR), rows["photograph"]))
    assert len({row.numpy().tobytes() for row in rows.values()}) == len(rows)
    for file in files.values():
        away = file.rename(file.with_suffix(".away"))
        with pytest.raises(WeightsError, match=file.parent.name):
            figure()
        away.rename(file)
