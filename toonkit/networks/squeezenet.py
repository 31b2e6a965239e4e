"""SqueezeNet 1.1 out of its ONNX file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from toonkit.project.errors import WeightsError

FIRES = {2: 3, 3: 4, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11, 9: 12}  # a fire module's number and its place in torchvision


def squeezenet_weights(path: Path) -> dict[str, Tensor]:
    """Weights of SqueezeNet 1.1 in an ONNX file, in half precision there, by torchvision's names and in float32."""
    places = {"conv1": "features.0", "conv10": "classifier.1"}
    places |= {f"fire{k}": f"features.{place}" for k, place in FIRES.items()}
    out = {}
    for entry in onnx.load(str(path)).graph.initializer:
        layer, kind, _ = entry.name.rsplit("_", 2)
        fire, _, inner = layer.partition("/")
        if fire not in places:
            raise WeightsError(f"{path} holds {entry.name}, which SqueezeNet 1.1 has not; fetch it again")
        inner = inner.replace("squeeze1x1", "squeeze")
        name = ".".join(filter(None, (places[fire], inner, {"w": "weight", "b": "bias"}[kind])))
        out[name] = torch.from_numpy(np.array(numpy_helper.to_array(entry), np.float32))
    return out
