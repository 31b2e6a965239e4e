"""Perceptual networks behind one interface: pictures in [-1, 1] to features of named layers.

A network is asked for by name and never replaced by another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import safetensors.torch
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from toonkit.images.sources import open_source
from toonkit.networks import inception_fid
from toonkit.networks.inputs import as_it_is, caffe_input, imagenet_input, tensorflow_input
from toonkit.networks.labels import Labels
from toonkit.networks.squeezenet import FIRES, squeezenet_weights
from toonkit.networks.toonnet import ToonNet
from toonkit.networks.torchvision_weights import load_pretrained
from toonkit.networks.weights import load_into, load_weights, released
from toonkit.project.errors import ToonkitError, check_name

OXFORD_MEAN = (103.939, 116.779, 123.68)  # the same, as the Oxford VGG16 was trained
OXFORD_FILE = "vgg16_conv_fp16.safetensors"
VGG16 = (2, 2, 3, 3, 3)  # convolutions of each block
VGG19 = (2, 2, 4, 4, 4)
RESNET = {f"layer{k}": k + 4 for k in (1, 2, 3, 4)}
INCEPTION = {"Mixed_5d": 10, "Mixed_6e": 15, "Mixed_7c": 18}
HEADS = ("classifier", "fc", "avgpool", "dropout")  # what torchvision's classifiers have after their stages


def smooth_resize(pictures: Tensor, side: int) -> Tensor:
    """Pictures (N, 3, H, W) at (N, 3, side, side): bilinear, antialiased."""
    if pictures.shape[-2:] == (side, side):
        return pictures
    return F.interpolate(pictures, (side, side), mode="bilinear", antialias=True)


class Features(nn.Module):
    """A frozen perceptual network. `layers` maps the field's name of a layer to how many of its stages to run.

    `side` is the size that pictures are resized to before pooling for metrics, by `resize`; 0 leaves them.
    """

    by_rows = ("forward", "several")  # each row by itself: what several processes may share out

    def __init__(
        self,
        name: str,
        stages: nn.Sequential,
        layers: dict[str, int],
        prepare: Callable[[Tensor], Tensor],
        side: int,
        resize: Callable[[Tensor, int], Tensor] = smooth_resize,
    ) -> None:
        super().__init__()
        self.name, self.layers, self.prepare, self.side, self.resize = name, layers, prepare, side, resize
        self.stages = stages.eval().requires_grad_(False)
        for stage in stages:
            if isinstance(stage, nn.ReLU):
                stage.inplace = False  # or it would change the layer before it, which `several` has kept

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
        if self.side:
            pictures = self.resize(pictures, self.side)
        return self.stages(self.prepare(pictures)).flatten(2).mean(2)


def features(name: str = "toonnet") -> Features:
    """The perceptual network `name`: toonnet and toonnet_residual (ours), squeezenet and vgg16_oxford (open sources),
    and, once `toonkit fetch NAME` brought them, torchvision's vgg16 (another training than Oxford's), vgg19, resnet34
    and resnet50, and inception_fid, the network of the field's FID.

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
    prepare = partial(caffe_input, mean=OXFORD_MEAN)
    return Features("vgg16_oxford", stages, convolutions(stages, VGG16), prepare, 224)


def convolutions(stages: nn.Sequential, counts: Sequence[int]) -> dict[str, int]:
    """The layers of a VGG, with so many convolutions in each block: each convolution's own output, before its ReLU."""
    names = [f"conv{block + 1}_{k + 1}" for block, count in enumerate(counts) for k in range(count)]
    places = [place + 1 for place, stage in enumerate(stages) if isinstance(stage, nn.Conv2d)]
    return dict(zip(names, places, strict=True))


def _vgg(name: str, counts: Sequence[int]) -> Features:
    """A VGG as torchvision trained it. Raises as `load_pretrained` does."""
    stages = _stages(torchvision.models.get_model, name)
    return Features(name, stages, convolutions(stages, counts), imagenet_input, 224)


def _resnet(name: str) -> Features:
    """A ResNet as torchvision trained it. Raises as `load_pretrained` does."""
    return Features(name, _stages(torchvision.models.get_model, name), RESNET, imagenet_input, 224)


def _inception_fid() -> Features:
    """The network of FID, with the resize that belongs to it. Raises as `load_pretrained` does."""
    stages = _stages(lambda _: inception_fid.inception_fid(), "inception_fid")
    side, resize = inception_fid.SIDE, inception_fid.resize_as_tensorflow
    return Features("inception_fid", stages, INCEPTION, tensorflow_input, side, resize)


def _stages(build: Callable[[str], nn.Module], name: str) -> nn.Sequential:
    """The convolutional part of a classifier with its pretrained weights, in order."""
    with torch.device("meta"):  # without the half gigabyte of a VGG's classifier
        network = build(name)
    load_pretrained(network, name, HEADS)
    if hasattr(network, "features"):
        return network.features
    return nn.Sequential(*(module for part, module in network.named_children() if part not in HEADS))


_NETWORKS: dict[str, Callable[[], Features]] = {
    "toonnet": lambda: _toonnet("toonnet"),
    "toonnet_residual": lambda: _toonnet("toonnet_residual"),
    "squeezenet": _squeezenet,
    "vgg16_oxford": _vgg16_oxford,
    "vgg16": lambda: _vgg("vgg16", VGG16),
    "vgg19": lambda: _vgg("vgg19", VGG19),
    "resnet34": lambda: _resnet("resnet34"),
    "resnet50": lambda: _resnet("resnet50"),
    "inception_fid": _inception_fid,
}
