"""State dicts as their makers publish them (`.pth`): opened only when their bytes are the ones a manifest promises.

Everything else that is pickled stays closed, see `networks.weights`.
"""

from __future__ import annotations

import glob
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from toonkit.images.manifests import read_manifest
from toonkit.images.sources import open_source
from toonkit.project.digests import digest_of
from toonkit.project.errors import WeightsError


def load_official(source: str, file: str) -> dict[str, Tensor]:
    """The tensors of one file of an open source by name, as they are stored (float16 stays float16).

    The file's size and SHA-256 are compared with the manifest before it is opened, and it is opened for tensors only.
    Raises WeightsError for a file that the manifest does not list and for one that holds anything but tensors by name,
    SourceError where it is absent or has other bytes.
    """
    listed = [entry.path for entry in read_manifest(source)]
    if file not in listed:
        raise WeightsError(
            f"{file} is not in the manifest of {source}, so it stays closed; listed: {', '.join(listed)}"
        )
    path = open_source(source, glob.escape(file)) / file
    return _tensors(path)


def load_pinned(path: Path, digest: str) -> dict[str, Tensor]:
    """The tensors of a state dict that an installed package ships, if its SHA-256 is the one given.

    Raises WeightsError for an absent file, other bytes, and one that holds anything but tensors by name.
    """
    if not path.is_file():
        raise WeightsError(f"no weights at {path}; install the package again")
    if digest_of(path) != digest:
        raise WeightsError(f"{path} is not the file {digest[:8]}, so it stays closed; install the pinned version")
    return _tensors(path)


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise WeightsError(f"{path} is no whole file of tensors ({reason}); it is not used") from error
    if not isinstance(held, Mapping) or not held:
        raise WeightsError(f"{path} holds a {type(held).__name__}, not tensors by name; it is not used")
    for name, value in held.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise WeightsError(f"{path} holds {name!r}, a {type(value).__name__}, which is no tensor; it is not used")
    return dict(held)
