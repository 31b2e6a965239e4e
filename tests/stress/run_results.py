"""What a run leaves, to be compared byte for byte with what another left."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from toonkit.chapters.run_places import RECORD
from toonkit.networks.weights import load_weights
from toonkit.training.losses_log import LOSSES
from toonkit.training.run_files import CHECKPOINT
from toonkit.training.snapshots import SNAPSHOTS


def results(folder: Path) -> dict[str, bytes]:
    """Released weights, losses and snapshots by name; the record's measures; and the checkpoint's tensors.

    Not the checkpoint's bytes, which also say where the run was resumed.
    """
    released = [path for path in sorted(folder.glob("*.safetensors")) if path.name != CHECKPOINT]
    files = [*released, folder / LOSSES, *sorted((folder / SNAPSHOTS).rglob("*.safetensors"))]
    record = json.loads((folder / RECORD).read_text())
    measures = json.dumps([record["metrics"], record["config"].get("epochs")]).encode()
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return found | {"measures": measures, "state": _state(folder / CHECKPOINT)}


def _state(path: Path) -> bytes:
    """A digest of a checkpoint's tensors and step."""
    tensors, about = load_weights(path)
    digest = hashlib.sha256(str(about["step"]).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode() + tensor.numpy().tobytes())
    return digest.digest()
