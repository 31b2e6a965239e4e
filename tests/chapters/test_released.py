"""The released files: the bytes that they were when they were measured, and pictures of any size drawn with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from toonkit.chapters.loading import load_network
from toonkit.networks import drawing
from toonkit.networks.drawing import draw
from toonkit.networks.weights import RELEASED, load_weights
from toonkit.project.digests import digest_of

DIGESTS = json.loads((Path(__file__).parent / "released.json").read_text())
DRAWING = ("generator", "to_photo")


def generators() -> list[str]:
    """The files with a whole generator; a style's has its own part only."""
    heads = {path.stem: load_weights(path)[1] for path in sorted(RELEASED.glob("*.safetensors"))}
    return [name for name, about in heads.items() if about.get("network") in DRAWING and about["recipe"] != "styles"]


def pictures(height: int, width: int, channels: int = 3) -> torch.Tensor:
    return torch.rand(1, channels, height, width, generator=torch.Generator().manual_seed(3)) * 2 - 1


def test_no_released_file_was_changed() -> None:
    """A file that is trained anew brings its new digest here, in the commit that brings it."""
    assert {path.name: digest_of(path) for path in RELEASED.iterdir() if path.is_file()} == DIGESTS


def test_the_released_files_are_small_enough_for_a_repository() -> None:
    assert sum(path.stat().st_size for path in RELEASED.iterdir()) <= 64e6


@pytest.mark.parametrize("name", generators())
def test_a_released_generator_draws_any_size(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = load_network(name)
    first = next(layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d))
    channels = first.in_channels - getattr(network, "noise", 0)
    for height, width in ((1, 1), (33, 47)):
        photo = pictures(height, width, channels)
        drawn = draw(network, photo)
        assert drawn.shape == (1, 3, height, width) and drawn.isfinite().all() and float(drawn.abs().max()) <= 1
    assert float(drawn.std()) > 0.01
    down, right = -33 % network.multiple, -47 % network.multiple
    padded = torch.nn.functional.pad(photo, (0, right, 0, down), "reflect")
    with torch.no_grad():
        assert torch.allclose(drawn, network(padded)[..., :33, :47], atol=1e-6)
    if network.reach is None:
        monkeypatch.setattr(drawing, "tiled", None)  # never asked
        assert draw(network, pictures(40, 24, channels)).shape == (1, 3, 40, 24)
        return
    photo = pictures(75, 151, channels)
    whole = draw(network, photo)
    calls = []
    monkeypatch.setattr(drawing, "TILE", 48)
    network.register_forward_hook(lambda *_: calls.append(1))
    assert torch.allclose(draw(network, photo), whole, atol=1e-5) and len(calls) > 1


def test_some_released_generator_is_drawn_in_tiles() -> None:
    assert load_network("cartoongan-photo").reach is not None
