"""Torchvision's own networks with pretrained weights, whoever hands them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from toonkit.networks.pretrained import pretrained
from toonkit.networks.weights import load_into

TIMM_HEADS = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"}  # of VGG
COUNTER = "num_batches_tracked"  # of a batch norm, which only counts; some files leave it out


def load_pretrained(network: nn.Module, name: str, without: Sequence[str] = ()) -> nn.Module:
    """Fill one of torchvision's networks, built on any device, with the pretrained `name`; return it on the CPU.

    Its parts `without` are left out: they become the identity. Raises as `pretrained` does, and WeightsError for
    weights of another architecture.
    """
    for part in without:
        if hasattr(network, part):
            setattr(network, part, nn.Identity())
    tensors = torchvision_names(pretrained(name))
    network = network.to_empty(device="cpu")
    counters = {key: torch.tensor(0) for key in network.state_dict() if key.endswith(COUNTER)}
    wanted = {key: tensor for key, tensor in tensors.items() if key.partition(".")[0] not in without}
    load_into(network, counters | wanted, f"the weights of {name}")
    return network


def torchvision_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A VGG's or ResNet's tensors by torchvision's names and shapes; timm calls the head of a VGG by others.

    There it is made of convolutions, (out, in, h, w), of which torchvision has the matrix, (out, in h w).
    """
    renamed = {}
    for name, tensor in tensors.items():
        layer, _, kind = name.rpartition(".")
        if layer in TIMM_HEADS:
            renamed[f"{TIMM_HEADS[layer]}.{kind}"] = tensor.flatten(1) if kind == "weight" else tensor
        else:
            renamed[name] = tensor
    return renamed
