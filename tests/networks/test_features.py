"""Perceptual networks against the reference evaluator of ONNX, and against their published preprocessing."""

from __future__ import annotations

import os

import numpy as np
import onnx
import pytest
import safetensors.torch
import torch
import torchvision
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from toonkit.metrics.sets import kid, pooled_features
from toonkit.networks.features import features, toonnet_features
from toonkit.networks.inputs import caffe_input, imagenet_input
from toonkit.networks.labels import Labels
from toonkit.networks.toonnet import ToonNet
from toonkit.project.errors import SourceError, ToonkitError

needs_mirror = pytest.mark.skipif("TOONKIT_MIRROR" not in os.environ, reason="TOONKIT_MIRROR is not set")
MODEL = "squeezenet/SharedContent/models/SqueezeNet_fp16.onnx"


def _in_float32(path: str) -> onnx.ModelProto:
    """The model with float32 weights and input, cut after its last fire module."""
    model = onnx.load(path)
    for entry in model.graph.initializer:
        entry.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(entry).astype(np.float32), entry.name))
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    last = next(node for node in model.graph.node if "conv10_w_0" in node.input)
    before = next(node for node in model.graph.node if node.output[0] == last.input[0])
    while before.op_type == "Dropout":
        before = next(node for node in model.graph.node if node.output[0] == before.input[0])
    model.graph.output[0].name = before.output[0]
    model.graph.output[0].type.tensor_type.ClearField("shape")
    return model


@needs_mirror
def test_squeezenet_agrees_with_the_reference_evaluator():
    torch.manual_seed(0)
    pictures = torch.rand(1, 3, 224, 224) * 2 - 1
    ours = features("squeezenet")(pictures, "fire9")
    model = _in_float32(f"{os.environ['TOONKIT_MIRROR']}/{MODEL}")
    bgr = np.ascontiguousarray(
        ((pictures.numpy()[:, ::-1] + 1) * 127.5) - np.array([104, 117, 123], np.float32).reshape(1, 3, 1, 1)
    )
    theirs = torch.from_numpy(ReferenceEvaluator(model).run(None, {"data_0": bgr.astype(np.float32)})[0])
    assert ours.shape == theirs.shape and torch.allclose(ours, theirs, atol=2e-3 * float(theirs.abs().max()))


def test_inputs_are_what_the_networks_were_trained_on():
    white, black = torch.ones(1, 3, 1, 1), -torch.ones(1, 3, 1, 1)
    assert caffe_input(white).flatten().tolist() == [151, 138, 132] and caffe_input(black).flatten().tolist() == [
        -104,
        -117,
        -123,
    ]
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 2 - 1
    assert imagenet_input(mean).abs().max() < 1e-6


@needs_mirror
def test_oxford_s_vgg16_agrees_with_its_convolutions_one_by_one():
    """Against torchvision's plan of the network, normalised by hand, in float64, each layer before its ReLU."""
    file = f"{os.environ['TOONKIT_MIRROR']}/vgg16-oxford/vgg16_conv_fp16.safetensors"
    weights = {name: tensor.double() for name, tensor in safetensors.torch.load_file(file).items()}
    torch.manual_seed(0)
    pictures = torch.rand(2, 3, 32, 48) * 2 - 1
    red, green, blue = ((pictures.double() + 1) / 2 * 255).unbind(1)
    x = torch.stack([blue - 103.939, green - 116.779, red - 123.68], 1)
    ours = features("vgg16_oxford")
    block, number, place, seen = 1, 0, 0, []
    for step in torchvision.models.vgg.cfgs["D"]:
        if step == "M":
            x = torch.nn.functional.max_pool2d(x, 2)
            block, number, place = block + 1, 0, place + 1
            continue
        number = number + 1
        name = f"features.{place}"
        x = torch.nn.functional.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=1)
        layer = f"conv{block}_{number}"
        assert torch.allclose(ours(pictures, layer).double(), x, atol=1e-4 * float(x.abs().max())), layer
        assert float(x.min()) < 0  # before the ReLU
        x, place = x.relu(), place + 2
        seen.append(layer)
    assert list(ours.layers) == seen and len(seen) == 13
    assert seen[1] == "conv1_2" and seen[-1] == "conv5_3"


@needs_mirror
def test_oxford_s_vgg16_names_its_space_and_passes_gradients():
    network = features("vgg16_oxford")
    picture = torch.zeros(1, 3, 32, 32, requires_grad=True)
    network(picture, "conv4_3").square().mean().backward()
    assert picture.grad.abs().max() > 0 and not any(weight.requires_grad for weight in network.parameters())
    sides = [torch.rand(12, 3, 32, 32, generator=torch.Generator().manual_seed(k)) * 2 - 1 for k in (0, 1)]
    score = kid("vgg16_oxford", *(pooled_features(network, side) for side in sides))
    assert score.name == "KID[vgg16_oxford]" and pooled_features(network, sides[0]).shape == (12, 512)


def test_unknown_networks_and_layers_are_refused_and_absent_weights_are_not_replaced(monkeypatch, tmp_path):
    with pytest.raises(ToonkitError, match="toonnet, toonnet_residual, squeezenet, vgg16_oxford, vgg16"):
        features("alexnet")
    with pytest.raises(ToonkitError, match="stage1, stage2"):
        toonnet_features(ToonNet())(torch.zeros(1, 3, 64, 64), "conv9")
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    with pytest.raises(SourceError, match=r"`toonkit fetch vgg19` downloads: .*574\.7 MB, licence BSD-3-Clause"):
        features("vgg19")


def test_content_features_pass_gradients_to_the_picture_but_keep_the_network():
    network = toonnet_features(ToonNet())
    picture = torch.zeros(1, 3, 64, 64, requires_grad=True)
    network(picture, "stage3").square().mean().backward()
    assert picture.grad is not None and all(not weight.requires_grad for weight in network.parameters())


def test_toonnet_answers_every_question():
    out, labels = ToonNet((8, 8, 16, 16))(torch.zeros(2, 3, 64, 64)), Labels.of_world()
    assert out["class"].shape == (2, len(labels.classes)) and out["style"].shape == (2, len(labels.styles))
    assert out["mask"].shape == (2, len(labels.masks), 64, 64)
    columns = labels.split(out["attributes"])
    assert {name: column.shape[1] for name, column in columns.items()} == {
        name: len(values) for name, values in labels.attributes.items()
    }
