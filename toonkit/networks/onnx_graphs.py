"""Generators as ONNX files in memory, and what computes them: onnxruntime, or PyTorch for the same inputs."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from toonkit.networks.drawing import input_shapes
from toonkit.project.errors import ToonkitError

OPSET = 18  # of the ONNX standard: runtimes since 2023 have it
TRACED = (1, 64, 64)  # pictures, height, width that the file is traced with; all three stay open in it
AXES = {0: "count", 2: "height", 3: "width"}  # of a picture that may be of any length
OUTPUT = "drawing"


def to_onnx(generator: nn.Module, notes: Mapping[str, str]) -> bytes:
    """A generator as the bytes of an ONNX file, with `notes` in its header. Raises ToonkitError where ONNX cannot."""
    inputs = noise_inputs(generator, *TRACED)
    axes = {name: AXES if value.ndim == 4 else {0: "count"} for name, value in inputs.items()}
    file = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what tracing may miss: the comparison finds it
            torch.onnx.export(  # by tracing: the other exporter needs a further package
                generator,
                tuple(inputs.values()),
                file,
                input_names=list(inputs),
                output_names=[OUTPUT],
                dynamic_axes=axes | {OUTPUT: AXES},
                opset_version=OPSET,
                dynamo=False,
            )
    except RuntimeError as error:
        reason = str(error).strip().partition("\n")[0]
        raise ToonkitError(f"{type(generator).__name__} cannot be written as ONNX: {reason}") from error
    model = onnx.load_from_string(file.getvalue())
    onnx.helper.set_model_props(model, dict(notes))
    return model.SerializeToString(deterministic=True)


def onnx_session(content: bytes) -> onnxruntime.InferenceSession:
    """What computes an ONNX file on the processor, with as many threads as PyTorch."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4  # errors are raised; they need not be printed too
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def noise_inputs(generator: nn.Module, count: int, height: int, width: int) -> dict[str, Tensor]:
    """Inputs of noise between -1 and 1, the same each time; sides that the generator takes."""
    sides = [side + -side % generator.multiple for side in (height, width)]
    noise = torch.Generator().manual_seed(0)
    shapes = input_shapes(generator, count, *sides)
    return {name: torch.rand(shape, generator=noise) * 2 - 1 for name, shape in shapes.items()}


@torch.no_grad()
def by_pytorch(generator: nn.Module, inputs: Mapping[str, Tensor]) -> np.ndarray:
    """What a generator draws of named inputs, (N, 3, H, W)."""
    return generator(*inputs.values()).numpy()


def by_onnxruntime(session: onnxruntime.InferenceSession, inputs: Mapping[str, Tensor]) -> np.ndarray:
    """What an ONNX file draws of the same, (N, 3, H, W)."""
    return session.run([OUTPUT], {name: value.numpy() for name, value in inputs.items()})[0]
