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
from toonkit.chapters.projected import figures as projected
from toonkit.networks.drawing import draw
from toonkit.networks.weights import load_weights, released, save_weights
from toonkit.project.errors import WeightsError
from toonkit.world import ToonWorld

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


def test_people_seen_close_stand_below_those_that_were_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row `by toonnet` by the released weights, the row `by SqueezeNet` by those of the run, an error without."""
    monkeypatch.setattr(projected, "project_root", lambda: tmp_path)
    tensors, about = load_weights(released("projected-faces_128"))
    file = tmp_path / "build/train/projected-faces_128_close-full-0/generator.safetensors"
    file.parent.mkdir(parents=True)
    save_weights(file, {name: _weakened(tensor, 2) for name, tensor in tensors.items()}, about)
    sheet = projected.close().pictures
    photo = ToonWorld("faces", "test", 128).photos([0])
    for row, weights in ((1, released("projected-faces_128")), (2, file)):
        top, left = 2 + row * 258, 28  # two white pixels around pictures of 256; a strip of words
        wanted = draw(load_network(weights, projected.GENERATOR), photo)[0].repeat_interleave(2, 1)
        wanted = wanted.repeat_interleave(2, 2)
        assert torch.equal(sheet[:, top : top + 256, left : left + 256], wanted)
    file.unlink()
    with pytest.raises(WeightsError, match="projected-faces_128_close"):
        projected.close()
