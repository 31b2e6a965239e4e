"""Torchvision's own networks with the weights that it publishes, once these are safetensors."""

from __future__ import annotations

import safetensors.torch
import torchvision
from safetensors import SafetensorError
from torch import nn

from toonkit.images.sources import source_folder
from toonkit.networks.weights import load_into
from toonkit.project.errors import WeightsError


def load_published(network: nn.Module, name: str, advice: str = "") -> nn.Module:
    """Fill a network of torchvision's model `name` from <cache>/torchvision/NAME.safetensors; return it.

    Torchvision publishes pickled files only, and those we do not open. Raises WeightsError, with the address, the
    conversion and `advice`, where there is no such file, and for a damaged one.
    """
    path = source_folder("torchvision") / f"{name}.safetensors"
    if not path.is_file():
        address = torchvision.models.get_model_weights(name).DEFAULT.url
        raise WeightsError(
            f"{name} needs {path}. Download {address}, and if you trust it convert it once: "
            f"safetensors.torch.save_file(torch.load(FILE, weights_only=True), NAME){advice}"
        )
    try:
        load_into(network, safetensors.torch.load_file(path), f"the weights in {path}")
    except SafetensorError as error:
        raise WeightsError(f"{path} is no whole safetensors file ({error}); convert it again") from error
    return network
