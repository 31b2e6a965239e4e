"""Drawing with a released generator: PyTorch, as `toonify` does, against onnxruntime on what `export` writes."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from toonkit.chapters.loading import load_network
from toonkit.course.speed.contest import Contest, Work
from toonkit.images.resize import fit_picture
from toonkit.images.samples import sample_photo
from toonkit.networks.drawing import TILE, draw, input_shapes
from toonkit.networks.onnx_graphs import OUTPUT, onnx_session, to_onnx

WHOLE, LARGE = 256, 640  # pixels a side
TILED = ("semantic-photographs", "cartoongan-photo")  # generators whose reach is known: LARGE is drawn in tiles
UNTILED = ("projected-faces", "recovery-cyclegan_v3")  # these look at the whole picture
REMARK = (
    "Ours stays PyTorch: it draws with any weights as they are, and on a GPU. `toonkit export` writes the file for who "
    "wants the speed."
)


class OnnxGenerator:
    """A generator's ONNX file, called as the generator is: (N, 3, H, W) to the same."""

    def __init__(self, generator: nn.Module) -> None:
        self.multiple, self.reach = generator.multiple, generator.reach
        self.session = onnx_session(to_onnx(generator, {}))
        self.input = self.session.get_inputs()[0].name

    def __call__(self, pictures: Tensor) -> Tensor:
        return torch.from_numpy(self.session.run([OUTPUT], {self.input: pictures.contiguous().numpy()})[0])


def contests() -> list[Contest]:
    """Every generator at one size, whole; a large photograph by those that can draw it in tiles."""
    return [
        Contest(
            name,
            "CPUExecutionProvider",
            _size(side),
            partial(pair, name, side),
            "onnxruntime",
            tolerance=1e-3,
            remark=REMARK,
        )
        for side, names in ((WHOLE, TILED + UNTILED), (LARGE, TILED))
        for name in names
    ]


def _size(side: int) -> str:
    return f"1 photograph of {side} x {side}, " + (f"in tiles of {TILE}" if side > TILE else "whole")


def pair(name: str, side: int) -> tuple[Work, Work]:
    """A generator and its ONNX file, drawing the same photograph."""
    generator = load_network(name)
    channels = next(iter(input_shapes(generator, 1, side, side).values()))[1]  # 6 where a generator takes two pictures
    photo = fit_picture(sample_photo("astronaut"), (side, side)).repeat(channels // 3, 1, 1)[None]
    return partial(draw, generator, photo), partial(draw, OnnxGenerator(generator), photo)
