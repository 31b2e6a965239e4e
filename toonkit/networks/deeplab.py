"""Torchvision's DeepLab v3 as a segmentation network for pictures in [-1, 1]."""

from __future__ import annotations

import safetensors.torch
import torchvision
from safetensors import SafetensorError
from torch import Tensor, nn

from toonkit.images.sources import source_folder
from toonkit.networks.inputs import imagenet_input
from toonkit.networks.weights import load_into
from toonkit.project.errors import WeightsError

NAME = "deeplabv3_mobilenet_v3_large"
PASCAL = (
    *("background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)


class DeepLab(nn.Module):
    """Pictures (N, 3, H, W) in [-1, 1] to logits (N, 21, H, W) of the classes in PASCAL."""

    def __init__(self) -> None:
        super().__init__()
        self.network = torchvision.models.get_model(NAME, weights=None, weights_backbone=None, aux_loss=True)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.network(imagenet_input(pictures))["out"].float()  # (N, 21, H, W)


def load_deeplab() -> DeepLab:
    """The network with weights from <cache>/torchvision/NAME.safetensors, frozen.

    Raises WeightsError, with the address and the conversion, where there is no such file: torchvision publishes a
    pickled one.
    """
    path = source_folder("torchvision") / f"{NAME}.safetensors"
    if not path.is_file():
        address = torchvision.models.get_model_weights(NAME).DEFAULT.url
        raise WeightsError(
            f"DeepLab needs {path}. Download {address}, and if you trust it convert it once: "
            "safetensors.torch.save_file(torch.load(FILE, weights_only=True), NAME)"
        )
    network = DeepLab()
    try:
        load_into(network.network, safetensors.torch.load_file(path), f"the weights in {path}")
    except SafetensorError as error:
        raise WeightsError(f"{path} is no whole safetensors file ({error}); convert it again") from error
    return network.eval().requires_grad_(False)
