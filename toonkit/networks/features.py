"""Perceptual networks behind one interface: pictures in [-1, 1] to features of named layers.

A network is asked for by name and never replaced by another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import safetensors.torch
import torch
import torch.nn.functional as F
import torchvision
from onnx import numpy_helper
from torch import Tensor, nn

from toonkit.images.sources import open_source
from toonkit.networks.inputs import as_it_is, caffe_input, imagenet_input
from toonkit.networks.labels import Labels
from toonkit.networks.toonnet import ToonNet
from toonkit.networks.torchvision_weights import load_published
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.errors import ToonkitError, WeightsError, check_name

FIRES = {2: 3, 3: 4, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11, 9: 12}  # a fire module's number and its place in torchvision
OXFORD_MEAN = (103.939, 116.779, 123.68)  # the same, as the Oxford VGG16 was trained
OXFORD_FILE = "vgg16_conv_fp16.safetensors"
OXFORD_CONVOLUTIONS = (2, 2, 3, 3, 3)  # of each block


class Features(nn.Module):
    """A frozen perceptual network. `layers` maps the field's name of a layer to how many of its stages to run.

    `side` is the size that pictures are resized to (bilinear, antialiased) before pooling for metrics; 0 leaves them.
    """

    by_rows = ("forward", "several")  # each row by itself: what several processes may share out

    def __init__(
        self, name: str, stages: nn.Sequential, layers: dict[str, int], prepare: Callable[[Tensor], Tensor], side: int
    ) -> None:
        super().__init__()
        self.name, self.layers, self.prepare, self.side = name, layers, prepare, side
        self.stages = stages.eval().requires_grad_(False)

    def forward(self, pictures: Tensor, layer: str) -> Tensor:
        """Features (N, C, h, w) of a layer; gradients pass to the pictures. Raises ToonkitError for an unknown one."""
        return self.several(pictures, [layer])[0]

    def several(self, pictures: Tensor, layers: Sequence[str]) -> list[Tensor]:
        """Features (N, C, h, w) of several layers, the first layer first, in one pass; gradients pass.

        Raises ToonkitError for an unknown layer, and for layers in another order.
        """
        places = [self.layers[check_name(f"layer of {self.name}", layer, tuple(self.layers))] for layer in layers]
        if places != sorted(places):
            raise ToonkitError(f"layers {', '.join(layers)} of {self.name} are out of order; name the first one first")
        x = self.prepare(pictures)
        done = 0
        seen = []
        for place in places:
            x = self.stages[done:place](x)  # (N, C, h, w)
            done = place
            seen.append(x)
        return seen

    @torch.no_grad()
    def pooled(self, pictures: Tensor) -> Tensor:
        """Global average of the last stage, (N, D): what FID, KID, MMD and 1-NN compare."""
        if self.side and pictures.shape[-2:] != (self.side, self.side):
            pictures = F.interpolate(pictures, (self.side, self.side), mode="bilinear", antialias=True)
        return self.stages(self.prepare(pictures)).flatten(2).mean(2)


def features(name: str = "toonnet") -> Features:
    """The perceptual network `name`: toonnet and toonnet_residual (ours), squeezenet and vgg16_oxford (open sources),
    and torchvision's vgg16 (another training than Oxford's), vgg19, resnet34 and inception_v3 (not the network of the
    original FID, whose weights are a third party's).

    Raises ToonkitError for another name, WeightsError or SourceError where its weights are not on this machine.
    """
    check_name("perceptual network", name, tuple(_NETWORKS))
    return _NETWORKS[name]()


def _toonnet(name: str) -> Features:
    return toonnet_features(load_toonnet(name), name)


def load_toonnet(name: str = "toonnet") -> ToonNet:
    """A released toonnet, ready to read pictures. Raises WeightsError where its file is absent or damaged."""
    tensors, about = load_weights(released(name))
    config = about["config"]
    network = ToonNet(config["widths"], config.get("residual", False), Labels.of_file(config))
    load_into(network, tensors, f"{name}'s weights")
    return network.eval().requires_grad_(False)


def toonnet_features(network: ToonNet, name: str = "toonnet") -> Features:
    """The trunk of a toonnet; `stage3` is the content layer (a quarter of the picture's side)."""
    layers = {f"stage{k + 1}": k + 1 for k in range(len(network.stages))}
    return Features(name, nn.Sequential(*network.stages), layers, as_it_is, 64)


def _squeezenet() -> Features:
    folder = open_source("squeezenet")
    network = torchvision.models.squeezenet1_1()
    path = folder / "SharedContent/models/SqueezeNet_fp16.onnx"
    load_into(network, squeezenet_weights(path), "the ONNX file's weights")
    layers = {"conv1": 2} | {f"fire{k}": place + 1 for k, place in FIRES.items()}
    return Features("squeezenet", network.features, layers, caffe_input, 224)


def _vgg16_oxford() -> Features:
    """The convolutions of the Oxford VGG16 (Simonyan and Zisserman): CC BY 4.0, 29.4 MB in half precision.

    Layers conv1_1 to conv5_3 are the convolutions' own outputs, before their ReLU, as perceptual losses take them.
    """
    path = open_source("vgg16-oxford") / OXFORD_FILE
    with torch.device("meta"):  # without the half gigabyte of the classifier
        stages = torchvision.models.vgg16().features
    stages = stages.to_empty(device="cpu")
    tensors = safetensors.torch.load_file(path)
    load_into(stages, {name.removeprefix("features."): tensor for name, tensor in tensors.items()}, f"{path}'s weights")
    names = [f"conv{block + 1}_{k + 1}" for block, count in enumerate(OXFORD_CONVOLUTIONS) for k in range(count)]
    places = [place + 1 for place, stage in enumerate(stages) if isinstance(stage, nn.Conv2d)]
    layers = dict(zip(names, places, strict=True))
    return Features("vgg16_oxford", stages, layers, partial(caffe_input, mean=OXFORD_MEAN), 224)


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


def _torchvision(
    name: str, layers: dict[str, int], prepare: Callable[[Tensor], Tensor] = imagenet_input, side: int = 224
) -> Features:
    """A torchvision network with the weights that it publishes. Raises WeightsError as `load_published` does."""
    network = load_published(torchvision.models.get_model(name), name, "; or choose toonnet or squeezenet")
    return Features(name, _stages(network), layers, prepare, side)


def _stages(network: nn.Module) -> nn.Sequential:
    """A classifier's convolutional part, in order."""
    if hasattr(network, "features"):
        return network.features
    head = ("AuxLogits", "avgpool", "dropout", "fc")
    return nn.Sequential(*(module for name, module in network.named_children() if name not in head))


_NETWORKS: dict[str, Callable[[], Features]] = {
    "toonnet": lambda: _toonnet("toonnet"),
    "toonnet_residual": lambda: _toonnet("toonnet_residual"),
    "squeezenet": _squeezenet,
    "vgg16_oxford": _vgg16_oxford,
    "vgg16": lambda: _torchvision("vgg16", {"conv4_3": 22, "conv5_3": 29}),
    "vgg19": lambda: _torchvision("vgg19", {"conv4_4": 26}),
    "inception_v3": lambda: _torchvision(
        "inception_v3", {"Mixed_5d": 10, "Mixed_6e": 15, "Mixed_7c": 18}, as_it_is, 299
    ),
    "resnet34": lambda: _torchvision("resnet34", {"layer1": 5, "layer2": 6, "layer3": 7, "layer4": 8}),
}
