"""The public style transfer: what its networks are given, by hand and by stand-ins; what is said where it is absent."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from network_files import stand_in

from toonkit.images.samples import sample_photo
from toonkit.networks import style_transfer as public
from toonkit.networks.style_transfer import StyleTransfer, numbers_held, style_transfer, style_transfer_ready
from toonkit.project.errors import SourceError, ToonkitError

needs_both = pytest.mark.skipif(
    find_spec("ai_edge_litert") is None or "TOONKIT_MIRROR" not in os.environ,
    reason="needs ai-edge-litert (pip install 'toonkit[public]') and TOONKIT_MIRROR",
)
CONTENT = ("content_image", "mobilenet_conv/Conv/BiasAdd")


class Interpreter:
    """Stands for a TFLite interpreter that computes a function of its named inputs, and keeps what it was given."""

    def __init__(self, names: tuple[str, ...], compute: Callable[..., np.ndarray]) -> None:
        self.names, self.compute = names, compute
        self.given: dict[str, np.ndarray] = {}

    def get_input_details(self) -> list[dict[str, Any]]:
        return [{"name": name, "index": 10 + place} for place, name in enumerate(self.names)]

    def get_output_details(self) -> list[dict[str, Any]]:
        return [{"name": "drawn", "index": 3}]

    def set_tensor(self, index: int, value: np.ndarray) -> None:
        self.given[self.names[index - 10]] = value

    def invoke(self) -> None:
        self.out = self.compute(**{name.partition("/")[0]: value for name, value in self.given.items()})

    def get_tensor(self, index: int) -> np.ndarray:
        assert index == 3
        return self.out


def numbers_of(style_image: np.ndarray) -> np.ndarray:
    """A hundred numbers that are the mean colour and zeros."""
    numbers = np.zeros((1, 1, 1, 100), np.float32)
    numbers[..., :3] = style_image.mean((1, 2))
    return numbers


def tinted_negative(content_image: np.ndarray, mobilenet_conv: np.ndarray) -> np.ndarray:
    """The negative in [0, 1], of which each channel is weighed by the style's mean."""
    return (1 - content_image) * mobilenet_conv[..., :3]


def interpreters() -> tuple[Interpreter, Interpreter]:
    return Interpreter(("style_image",), numbers_of), Interpreter(CONTENT, tinted_negative)


def ramps(height: int, width: int) -> torch.Tensor:
    """A picture (1, 3, H, W) whose red rises to the right, green downwards; blue is 0.2."""
    across = torch.linspace(-0.9, 0.9, width).expand(height, width)
    down = torch.linspace(-0.7, 0.9, height)[:, None].expand(height, width)
    return torch.stack([across, down, torch.full((height, width), 0.2)])[None]


def edges(pictures: torch.Tensor) -> torch.Tensor:
    """How much the grey picture changes, in squares of 4 pixels."""
    grey = pictures.mean(1, keepdim=True)
    changes = grey[..., 1:, 1:].sub(grey[..., :-1, 1:]).abs() + grey[..., 1:, 1:].sub(grey[..., 1:, :-1]).abs()
    return torch.nn.functional.avg_pool2d(changes, 4)


def alike(first: torch.Tensor, second: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([first.flatten(), second.flatten()]))[0, 1])


@pytest.mark.parametrize(("height", "width"), [(384, 384), (150, 260), (601, 400)])
def test_ranges_channels_and_sizes_are_the_networks_and_come_back(height: int, width: int) -> None:
    style = torch.tensor([1.0, 0.0, -0.5])[:, None, None].expand(3, 300, 420)  # means 1, 0.5 and 0.25 in [0, 1]
    prediction, transfer = interpreters()
    photo = ramps(height, width)
    drawn = StyleTransfer(prediction, transfer, style)(photo.repeat(2, 1, 1, 1))
    assert prediction.given["style_image"].shape == (1, 256, 256, 3)
    given = transfer.given["content_image"]
    assert given.shape == (1, 384, 384, 3) and given.dtype == np.float32 and 0 <= given.min() < given.max() <= 1
    negative = (1 - photo) / 2  # in [0, 1]
    wanted = negative * torch.tensor([1.0, 0.5, 0.25])[:, None, None] * 2 - 1
    assert drawn.shape == (2, 3, height, width) and drawn.dtype == torch.float32
    torch.testing.assert_close(drawn, wanted.repeat(2, 1, 1, 1), atol=0.02, rtol=0)  # a ramp survives the resizing


def test_of_a_style_picture_the_middle_square_counts() -> None:
    style = torch.full((3, 100, 300), -1.0)
    style[:, :, 100:200] = 1.0
    prediction, transfer = interpreters()
    StyleTransfer(prediction, transfer, style)
    assert prediction.given["style_image"].min() == pytest.approx(1, abs=1e-5)


def test_what_is_no_picture_is_refused() -> None:
    style = torch.zeros(3, 256, 256)
    with pytest.raises(ToonkitError, match=r"lie in \[-1, 1\]"):
        StyleTransfer(*interpreters(), style + 9)
    draw = StyleTransfer(*interpreters(), style)
    with pytest.raises(ToonkitError, match=r"shape \(N, 3, H, W\)"):
        draw(torch.zeros(3, 64, 64))


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "find_spec", lambda name: None)
    assert not style_transfer_ready()
    for call in (style_transfer, numbers_held):
        with pytest.raises(
            ToonkitError, match=r"ai-edge-litert, which is not installed: pip install 'toonkit\[public\]'"
        ):
            call()


def test_without_its_files_or_with_others_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = iter(interpreters())
    contents = []

    def opened(model_content: bytes, num_threads: int) -> Any:
        contents.append(model_content)
        interpreter = next(made)
        interpreter.allocate_tensors = lambda: None
        return interpreter

    monkeypatch.setattr(public, "find_spec", lambda name: "here")
    monkeypatch.setattr(public, "import_module", lambda name: SimpleNamespace(Interpreter=opened))
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    with pytest.raises(SourceError, match="toonkit fetch magenta-style"):
        style_transfer()
    assert not style_transfer_ready()

    def write(folder: Path) -> None:
        for file in (public.PREDICTION, public.TRANSFER):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(file.encode())

    folder = stand_in(monkeypatch, tmp_path, "magenta-style", write)
    assert style_transfer_ready()
    assert style_transfer(torch.zeros(3, 64, 64))(torch.zeros(1, 3, 32, 48)).shape == (1, 3, 32, 48)
    assert contents == [public.PREDICTION.encode(), public.TRANSFER.encode()]
    (folder / public.TRANSFER).write_bytes(public.TRANSFER.encode()[::-1])
    made = iter(interpreters())
    with pytest.raises(SourceError, match="SHA-256"):
        style_transfer(torch.zeros(3, 64, 64))


@needs_both
def test_it_draws_what_the_two_files_compute_by_hand() -> None:
    """Bytes / 255 in, as its makers' example has it, and times 255 out."""
    from ai_edge_litert.interpreter import Interpreter as Runtime

    noise = np.random.default_rng(0)
    photo = noise.integers(0, 256, (384, 384, 3)).astype(np.float32) / 255
    style = noise.integers(0, 256, (256, 256, 3)).astype(np.float32) / 255
    folder = Path(os.environ["TOONKIT_MIRROR"]) / public.SOURCE
    first, second = (Runtime(model_path=str(folder / file)) for file in (public.PREDICTION, public.TRANSFER))
    for network in (first, second):
        network.allocate_tensors()
    first.set_tensor(first.get_input_details()[0]["index"], style[None])
    first.invoke()
    numbers = first.get_tensor(first.get_output_details()[0]["index"])
    for entry in second.get_input_details():
        second.set_tensor(entry["index"], photo[None] if entry["shape"][-1] == 3 else numbers)
    second.invoke()
    wanted = torch.from_numpy(second.get_tensor(second.get_output_details()[0]["index"]))[0].permute(2, 0, 1)
    tensors = [torch.from_numpy(picture).permute(2, 0, 1) * 2 - 1 for picture in (style, photo)]
    drawn = style_transfer(tensors[0])(tensors[1][None])[0]
    torch.testing.assert_close(drawn / 2 + 0.5, wanted, atol=1e-3, rtol=0)


@needs_both
def test_it_keeps_edges_in_their_places_and_takes_colours_of_the_style() -> None:
    photo = sample_photo("astronaut")[None, :, :300, 60:360]
    grain = torch.rand(1, 256, 256, generator=torch.Generator().manual_seed(0)) * 0.4
    warm = torch.cat([0.5 + grain, -0.2 + grain, -0.9 + grain])
    drawn = {name: style_transfer(style)(photo) for name, style in (("warm", warm), ("cold", warm.flip(0)))}
    for pictures in drawn.values():
        assert pictures.shape == photo.shape and pictures.abs().max() <= 1
        kept, mirrored, upside_down = (
            alike(edges(turned), edges(photo)) for turned in (pictures, pictures.flip(-1), pictures.flip(-2))
        )
        assert kept > max(mirrored, upside_down) + 0.1
    red_over_blue = {name: float((pictures[:, 0] - pictures[:, 2]).mean()) for name, pictures in drawn.items()}
    assert red_over_blue["warm"] > 0.1 > -0.1 > red_over_blue["cold"]


@needs_both
def test_the_numbers_it_holds_fill_most_of_its_files() -> None:
    """One is quantised to a byte a number, the other is of half precision; the rest is the graph."""
    folder = Path(os.environ["TOONKIT_MIRROR"]) / public.SOURCE
    most = (folder / public.PREDICTION).stat().st_size + (folder / public.TRANSFER).stat().st_size / 2
    assert 0.8 * most < numbers_held() < most


@needs_both
def test_the_style_of_photographs_is_a_training_panel() -> None:
    assert public.painted_panel().shape[0] == 3
    from toonkit.images.open_pictures import open_pictures

    panels = [path.as_posix() for path in open_pictures(public.PANELS, "train")]
    assert any(path.endswith(public.PANEL) for path in panels)
