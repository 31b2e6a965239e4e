"""Torchvision's DeepLab v3 as a segmentation network for pictures in [-1, 1]."""

from __future__ import annotations

import torch
import torchvision
from torch import Tensor, nn

from toonkit.networks.inputs import imagenet_input
from toonkit.networks.torchvision_weights import load_pretrained

NAME = "deeplabv3_resnet50"
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
    """The network with torchvision's weights, frozen. Raises as `load_pretrained` does."""
    with torch.device("meta"):
        network = DeepLab()
    load_pretrained(network.network, NAME)
    return network.eval().requires_grad_(False)
