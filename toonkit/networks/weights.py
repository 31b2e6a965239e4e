"""Weights as safetensors files: written whole, with their configuration and a digest inside; nothing is unpickled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from toonkit.project.atomic import write_atomically
from toonkit.project.errors import WeightsError

RELEASED = Path(__file__).parents[2] / "data" / "weights"


def released(name: str) -> Path:
    """Where the released weights `name` live; reading them raises WeightsError if they are not there."""
    return RELEASED / f"{name}.safetensors"


def save_weights(path: str | Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> str:
    """Write tensors with `config` in the header and return the digest.

    Raises WeightsError if the disk refuses; the file that was there then stays.
    """
    whole = apart(tensors)
    text = json.dumps(config, sort_keys=True)
    digest = _digest(whole, text)
    # one entry only: the library writes several in random order, and equal weights should be equal files
    content = safetensors.torch.save(whole, {"toonkit": json.dumps({"config": text, "digest": digest})})
    write_atomically(path, content, overwrite=True, kind=WeightsError)
    return digest


def apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors by sorted name as a file holds them: on the CPU, whole, and none sharing the memory of another.

    Networks share where they tie weights, as BLIP ties the words that it reads to those that it writes.
    """
    kept: dict[str, Tensor] = {}
    places: set[int] = set()
    for name, tensor in sorted(tensors.items()):
        whole = tensor.detach().cpu().contiguous()
        place = whole.untyped_storage().data_ptr()
        kept[name] = whole.clone() if place in places else whole
        places.add(place)
    return kept


def load_weights(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read tensors and configuration. Raises WeightsError for a missing, pickled, cut or changed file.

    The tensors are copies: on Windows a file that is mapped to memory cannot be replaced by the next checkpoint.
    """
    path = Path(path)
    if not path.is_file():
        raise WeightsError(f"no weights at {path}; train them or name another file")
    with path.open("rb") as stream:
        if stream.read(2) in (b"PK", b"\x80\x02", b"\x80\x04", b"\x80\x05"):
            raise WeightsError(
                f"{path} is pickled, and opening it could run any code; convert it to safetensors where you trust it"
            )
    try:
        with safe_open(path, "pt") as file:
            note = (file.metadata() or {}).get("toonkit", "{}")
            tensors = {name: file.get_tensor(name).clone() for name in sorted(file.keys())}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is no whole safetensors file ({error}); fetch or train it again") from error
    about = _about(note)
    if not about.keys() >= {"config", "digest"}:
        raise WeightsError(f"{path} does not say how it was made; use a file that Toonkit wrote")
    if _digest(tensors, about["config"]) != about["digest"]:
        raise WeightsError(f"{path} was changed after it was written (its digest differs); fetch or train it again")
    return tensors, json.loads(about["config"])


def _about(note: str) -> dict[str, str]:
    """The header's note; empty if it is no JSON object."""
    try:
        about = json.loads(note)
    except ValueError:
        return {}
    return about if isinstance(about, dict) else {}


def load_into(network: nn.Module, tensors: Mapping[str, Tensor], name: str) -> None:
    """Fill a network. Raises WeightsError naming the first difference if the tensors belong to another architecture."""
    mine, other = network.state_dict(), f"{name} are of another architecture"
    for key in sorted(mine.keys() | tensors.keys()):
        if key not in tensors or key not in mine:
            raise WeightsError(f"{other}: {key} is {'missing from' if key in mine else 'only in'} the file")
        if mine[key].shape != tensors[key].shape:
            raise WeightsError(f"{other}: {key} is {tuple(tensors[key].shape)}, not {tuple(mine[key].shape)}")
    network.load_state_dict({key: tensors[key].to(mine[key].dtype) for key in mine})


def _digest(tensors: Mapping[str, Tensor], config: str) -> str:
    """SHA-256 over configuration, names, types, shapes and bytes."""
    state = hashlib.sha256(config.encode())
    for name, tensor in sorted(tensors.items()):
        state.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        state.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return state.hexdigest()
