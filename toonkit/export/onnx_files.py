"""`toonkit export WEIGHTS -o FILE.onnx`: a trained generator for programs that have no PyTorch.

The file is compared with PyTorch by onnxruntime before it is written; what was found lies beside it as JSON.
"""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import nn

from toonkit.chapters.contract import Config
from toonkit.chapters.loading import load_configured, weights_file
from toonkit.filters.flat import PHOTO_AND_FLAT
from toonkit.networks.drawing import input_shapes
from toonkit.networks.onnx_graphs import OPSET, TRACED, by_onnxruntime, by_pytorch, noise_inputs, onnx_session, to_onnx
from toonkit.project.atomic import make_folder, refuse_existing, write_atomically
from toonkit.project.digests import digest_of
from toonkit.project.environment import cpu_name, versions
from toonkit.project.errors import ToonkitError, WeightsError
from toonkit.project.records import write_json

TOLERANCE = 1e-4  # absolute, in pictures from -1 to 1: an 80th of one step of 8 bits
CHECKED = (TRACED, (2, 96, 160), (1, 232, 120))  # pictures, height, width that are compared
TIMED = (1, 256, 256)
ROUNDS = 7  # of both in turn; the median counts


@dataclass(frozen=True)
class Exported:
    """An ONNX file that was written, and the facts that lie beside it."""

    target: Path
    facts: Mapping[str, Any]

    def __str__(self) -> str:
        worst = max(entry["difference"] for entry in self.facts["compared"])
        speed = self.facts["milliseconds"]
        inputs = ", ".join(f"{name} {tuple(shape)}" for name, shape in self.facts["inputs"].items())
        lines = [
            f"{self.target}: {inputs}; height and width are multiples of {self.facts['multiple']}",
            *([f"the last three channels are {self.facts['flat']}"] if "flat" in self.facts else []),
            f"differs from PyTorch by {worst:.1e} at most, at {len(self.facts['compared'])} sizes",
            f"{speed['size']}: {speed['onnxruntime']:.1f} ms by onnxruntime, {speed['pytorch']:.1f} ms by PyTorch "
            f"({speed['threads']} threads)",
        ]
        return "\n".join(lines)


def export_onnx(weights: str | Path, target: str | Path, overwrite: bool = False) -> Exported:
    """Write the generator of a weights file (or of the released weights of that name) to `target`, and its facts.

    Count, height and width stay open. A generator that takes more than a picture keeps its inputs, by name. Raises
    WeightsError for weights that are absent, damaged, or of a network that draws no pictures; ToonkitError for a target
    that does not end in .onnx or is there already without `overwrite`, for a layer that ONNX has not, and where the
    file draws otherwise than PyTorch does: then nothing is written.
    """
    target = Path(target)
    beside = target.with_suffix(".json")
    _check_target(target, beside, overwrite)
    generator, config = _generator(weights)
    content = to_onnx(generator, {"toonkit": version("toonkit"), "weights_sha256": digest_of(weights_file(weights))})
    session = onnx_session(content)
    compared = [_compare(generator, session, *size) for size in CHECKED]
    facts = {
        "weights": {"file": weights_file(weights).name, "sha256": digest_of(weights_file(weights))},
        "onnx": {"file": target.name, "sha256": hashlib.sha256(content).hexdigest(), "opset": OPSET},
        "inputs": {name: list(shape) for name, shape in input_shapes(generator, "count", "height", "width").items()},
        "values": "RGB from -1 to 1, as the drawing",
        "multiple": generator.multiple,
        "tolerance": TOLERANCE,
        "compared": compared,
        "milliseconds": _timed(generator, session),
        "versions": versions() | {"onnxruntime": onnxruntime.__version__},
    }
    if PHOTO_AND_FLAT in facts["inputs"]:  # by rule, with Fourier transforms and a loop: the file has the network alone
        facts["flat"] = f"flat_cartoon of toonkit.filters.flat with strength {config.strength}, made beforehand"
    write_atomically(target, content, overwrite=True)
    write_json(beside, facts)
    return Exported(target, facts)


def _check_target(target: Path, beside: Path, overwrite: bool) -> None:
    if target.suffix.lower() != ".onnx":
        raise ToonkitError(f"{target} is to be an ONNX file; name one that ends in .onnx")
    make_folder(target.parent)
    for path in (target, beside):
        refuse_existing(path, overwrite)


def _generator(weights: str | Path) -> tuple[nn.Module, Config]:
    network, config = load_configured(weights)
    if not hasattr(network, "multiple"):
        raise WeightsError(
            f"{weights_file(weights)} holds a {type(network).__name__}, which draws no pictures; name a generator's"
        )
    return network, config


def _compare(
    generator: nn.Module, session: onnxruntime.InferenceSession, count: int, height: int, width: int
) -> dict[str, Any]:
    """How far the two drawings are apart at one size. Raises ToonkitError where that is too far."""
    inputs = noise_inputs(generator, count, height, width)
    shape = "x".join(str(side) for side in next(iter(inputs.values())).shape)
    try:
        drawn = by_onnxruntime(session, inputs)
    except Exception as error:  # onnxruntime's own errors have no common class
        raise ToonkitError(f"the ONNX file cannot draw {shape}: {error}; nothing was written") from error
    expected = by_pytorch(generator, inputs)
    difference = float(np.abs(drawn - expected).max()) if drawn.shape == expected.shape else float("inf")
    if not difference <= TOLERANCE:  # so that NaN fails too
        raise ToonkitError(
            f"at {shape} the ONNX file draws {difference:.2g} otherwise than PyTorch, more than {TOLERANCE}; "
            "nothing was written"
        )
    return {"shape": shape, "difference": difference}


def _timed(generator: nn.Module, session: onnxruntime.InferenceSession) -> dict[str, Any]:
    """Milliseconds a picture of both, in turn, so that what else the machine does is shared out fairly."""
    inputs = noise_inputs(generator, *TIMED)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "onnxruntime": lambda: by_onnxruntime(session, inputs),
        "pytorch": lambda: by_pytorch(generator, inputs),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(1 + ROUNDS):
        for name, draw in ways.items():
            started = time.perf_counter()
            draw()
            taken[name].append(1000 * (time.perf_counter() - started))
    medians = {name: round(statistics.median(each[1:]), 2) for name, each in taken.items()}  # without the first
    return medians | {
        "size": "x".join(str(side) for side in TIMED[1:]),
        "threads": torch.get_num_threads(),
        "processor": cpu_name(),
    }
