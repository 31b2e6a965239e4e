"""A public pretrained network to stand beside ours: Google Magenta's arbitrary style transfer, in any picture's style.

One network reads 100 numbers off a style picture, another draws a photograph with them. Both come as TFLite files of
the source `magenta-style` and run with the optional package ai-edge-litert.

Source: Ghiasi, Lee, Kudlur, Dumoulin, Shlens, "Exploring the structure of a real-time, arbitrary neural artistic
stylization network", 2017, whose losses are distances in VGG16's features.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from toonkit.filters.checks import check_pictures
from toonkit.images.open_pictures import read_open_picture
from toonkit.images.resize import fit_picture
from toonkit.images.sources import open_source, source_ready
from toonkit.project.errors import ToonkitError

NAME = "style transfer"
SOURCE = "magenta-style"
PREDICTION = "gl2style_transfer/style_transfer_model/style_predict_quantized_256.tflite"
TRANSFER = "gl2style_transfer/style_transfer_model/style_transfer_f16_384.tflite"
TAUGHT_BY = ("vgg16",)  # distances in its features were the losses
STYLE_SIDE, SIDE = 256, 384  # pixels of the squares that the two networks take
STYLE, PHOTOGRAPH = "style_image", "content_image"  # their inputs' names
NUMBERS = "mobilenet_conv/Conv/BiasAdd"  # what the first gives the second, (1, 1, 1, 100)
PACKAGE, MODULE = "ai-edge-litert", "ai_edge_litert"
PANELS = "peppercarrot-panels"
PANEL = "episode06/E06P09_00.jpg"  # of the training split, chosen by eye of eight: the style of photographs


class StyleTransfer:
    """Draws photographs (N, 3, H, W) in [-1, 1] in the style of one picture (3, h, w); the same shape.

    The network takes squares of SIDE pixels alone. So a photograph is resized to one, each side by itself, and what is
    drawn is resized back: of a larger photograph the finest details are lost, and a long one has longer strokes. Of
    the style picture the largest square in the middle counts. Raises ToonkitError for what are no pictures.

    `prediction` and `transfer` are TFLite interpreters; their pictures are (1, side, side, 3) in [0, 1], RGB.
    """

    def __init__(self, prediction: Any, transfer: Any, style: Tensor) -> None:
        self.transfer = transfer
        square = fit_picture(check_pictures(style[None]), STYLE_SIDE)  # (1, 3, 256, 256)
        self.numbers = _computed(prediction, {STYLE: _channels_last(square)})  # (1, 1, 1, 100)

    def __call__(self, photos: Tensor) -> Tensor:
        squares = fit_picture(check_pictures(photos), SIDE, "stretch")  # (N, 3, 384, 384)
        drawn = torch.cat([self._square(square[None]) for square in squares])
        return fit_picture(drawn, tuple(photos.shape[-2:]), "stretch").to(photos)  # (N, 3, H, W)

    def _square(self, square: Tensor) -> Tensor:
        """One picture (1, 3, 384, 384), drawn."""
        drawn = _computed(self.transfer, {PHOTOGRAPH: _channels_last(square), NUMBERS: self.numbers})
        return torch.from_numpy(drawn).permute(0, 3, 1, 2) * 2 - 1  # from (1, 384, 384, 3) in [0, 1]


def style_transfer(style: Tensor | None = None) -> StyleTransfer:
    """What draws in the style of a picture (3, h, w) in [-1, 1]; without one, in that of the painted panel PANEL.

    Raises ToonkitError where the package ai-edge-litert is not installed, SourceError where a source is not here or a
    file has another digest.
    """
    runtime = _package("interpreter")
    networks = [_interpreter(runtime, file) for file in (PREDICTION, TRANSFER)]
    return StyleTransfer(*networks, painted_panel() if style is None else style)


def style_transfer_ready() -> bool:
    """Whether the package is installed and the networks' files are here, without reading them."""
    return find_spec(MODULE) is not None and source_ready(SOURCE)


def painted_panel() -> Tensor:
    """The style picture, a panel of Pepper&Carrot, (3, h, w) in [-1, 1]. Raises SourceError where it is not here."""
    return read_open_picture(open_source(PANELS, PANEL) / PANEL)


def numbers_held() -> int:
    """How many numbers the two files hold. Raises as `style_transfer` does."""
    schema = _package("schema_py_generated")
    held = 0
    for file in (PREDICTION, TRANSFER):
        model = schema.Model.GetRootAs(_content(file))
        graph = model.Subgraphs(0)
        tensors = [graph.Tensors(place) for place in range(graph.TensorsLength())]
        stored = [tensor for tensor in tensors if model.Buffers(tensor.Buffer()).DataLength()]  # not computed
        held += sum(int(np.prod(tensor.ShapeAsNumpy())) for tensor in stored)
    return held


def _package(part: str) -> ModuleType:
    """A module of the optional package."""
    if find_spec(MODULE) is None:
        raise ToonkitError(f"{NAME} needs {PACKAGE}, which is not installed: pip install 'toonkit[public]'")
    return import_module(f"{MODULE}.{part}")


def _interpreter(runtime: ModuleType, file: str) -> Any:
    """What computes a TFLite file on the processor, with as many threads as PyTorch."""
    interpreter = runtime.Interpreter(model_content=_content(file), num_threads=torch.get_num_threads())
    interpreter.allocate_tensors()
    return interpreter


def _content(file: str) -> bytes:
    """A file of the source, checked against its digest."""
    return (open_source(SOURCE, glob.escape(file)) / file).read_bytes()


def _channels_last(pictures: Tensor) -> np.ndarray:
    """Pictures (N, 3, H, W) in [-1, 1] as (N, H, W, 3) in [0, 1]."""
    return ((pictures.detach().cpu().float() + 1) / 2).permute(0, 2, 3, 1).contiguous().numpy()


def _computed(interpreter: Any, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """The one output of a network for inputs by name."""
    places = {entry["name"]: entry["index"] for entry in interpreter.get_input_details()}
    for name, value in inputs.items():
        interpreter.set_tensor(places[name], value)
    interpreter.invoke()
    (output,) = interpreter.get_output_details()
    return interpreter.get_tensor(output["index"])
