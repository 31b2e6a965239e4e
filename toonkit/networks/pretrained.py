"""Pretrained networks of others: fetched and made ready in one call, and read without anything being unpickled twice.

What comes as a state dict (`.pth`, `.bin`) is opened once, for tensors only and after its digest was checked, and kept
as safetensors in its place.
"""

from __future__ import annotations

import glob
import os
import sys
from pathlib import Path

import safetensors.torch
from torch import Tensor

from toonkit.images.manifests import Entry, find_source, load_sources, read_manifest
from toonkit.images.sources import bring, open_source, source_folder
from toonkit.networks.official import load_official
from toonkit.networks.weights import load_weights, save_weights
from toonkit.project.errors import WeightsError, check_name

KEPT = "weights.safetensors"  # what a state dict becomes, in the folder of its network
PICKLED = (".pth", ".bin")
ENDINGS = (*PICKLED, ".safetensors")


def network_names() -> tuple[str, ...]:
    """The pretrained networks that the manifests list."""
    return tuple(name for name, source in load_sources().items() if source.tier == "network")


def fetch_network(name: str) -> Path:
    """Download what is missing of a network, as `images.sources.fetch` does, make it ready, and return its folder.

    With TOONKIT_MIRROR nothing is written: state dicts are read from there. Raises ToonkitError for an unknown name,
    SourceError and WeightsError for what cannot be had or is no file of tensors.
    """
    check_name("pretrained network", name, network_names())
    weights, others = network_files(name)
    folder = source_folder(name)
    kept = _is_kept(name)
    bring(find_source(name), others if kept else [weights, *others])
    for entry in others:
        open_source(name, glob.escape(entry.path))  # checks its digest
    if kept:
        pretrained(name)
    elif not weights.path.endswith(PICKLED) or os.environ.get("TOONKIT_MIRROR"):
        open_source(name, glob.escape(weights.path))
    else:
        _keep(name, weights, folder)
    return folder


def network_ready(name: str) -> bool:
    """Whether every file of a network is here, without reading them and without the network."""
    weights, others = network_files(name)
    needed = others if _is_kept(name) else [weights, *others]
    return all((source_folder(name) / entry.path).is_file() for entry in needed)


def network_files(name: str) -> tuple[Entry, list[Entry]]:
    """The file of weights of a network, and its other files: configuration and tokenizer, where it has them."""
    entries = read_manifest(name)
    (weights,) = [entry for entry in entries if entry.path.endswith(ENDINGS)]
    return weights, [entry for entry in entries if entry is not weights]


def pretrained(name: str) -> dict[str, Tensor]:
    """The tensors of a network by its makers' names, on the CPU.

    Raises SourceError, naming the command, where they are not here, and where they have other bytes than the manifest
    promises; WeightsError for a kept file that was changed or was made of another one.
    """
    weights, _ = network_files(name)
    if _is_kept(name):
        path = source_folder(name) / KEPT
        tensors, origin = load_weights(path)
        if origin.get("sha256") != weights.sha256:
            raise WeightsError(f"{path} was made of another file; delete it and run `toonkit fetch {name}`")
        return tensors
    if weights.path.endswith(PICKLED):
        return load_official(name, weights.path)
    return safetensors.torch.load_file(open_source(name, glob.escape(weights.path)) / weights.path)


def _is_kept(name: str) -> bool:
    return (source_folder(name) / KEPT).is_file()


def _keep(name: str, weights: Entry, folder: Path) -> None:
    """Write a state dict as safetensors, and remove it: what was opened once need not be opened again."""
    tensors = load_official(name, weights.path)
    print(f"{name}: keeping {weights.path} as {KEPT}", file=sys.stderr, flush=True)
    apart = {key: tensor.clone() for key, tensor in tensors.items()}  # some share their memory, which files cannot
    save_weights(folder / KEPT, apart, {"source": name, "file": weights.path, "sha256": weights.sha256})
    (folder / weights.path).unlink()
