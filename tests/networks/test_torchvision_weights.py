"""Torchvision's networks out of files of random weights, against torchvision's and torch-fidelity's own modules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import safetensors.torch
import timm
import torch
import torchvision
from network_files import stand_in
from torch import Tensor, nn

from toonkit.networks.deeplab import DeepLab
from toonkit.networks.features import features
from toonkit.networks.inception_fid import inception_fid, resize_as_tensorflow
from toonkit.networks.inputs import imagenet_input
from toonkit.networks.pretrained import network_files
from toonkit.networks.torchvision_weights import torchvision_names
from toonkit.project.errors import WeightsError

OXFORD = Path(os.environ.get("TOONKIT_MIRROR", "absent")) / "vgg16-oxford" / "vgg16_conv_fp16.safetensors"
VGGS = {"vgg16": ("model.safetensors", 29, "conv5_3"), "vgg19": ("vgg19-dcbb9e9d.pth", 26, "conv4_4")}


def pictures(side: int, seed: int = 0) -> Tensor:
    return torch.rand((2, 3, side, side), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def scattered(network: nn.Module) -> nn.Module:
    """The network with weights that let something through, and with statistics of batch norms that are not trivial."""
    torch.manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


def write(network: nn.Module, path: Path) -> None:
    (torch.save if path.suffix == ".pth" else safetensors.torch.save_file)(network.state_dict(), path)


@pytest.mark.parametrize("name", VGGS)
def test_a_vgg_gives_torchvision_s_own_features_before_the_relu(name: str, monkeypatch, tmp_path: Path) -> None:
    file, stages, layer = VGGS[name]
    with torch.device("meta"):
        theirs = torchvision.models.get_model(name)
    theirs.classifier = nn.Linear(2, 2)  # not half a gigabyte: what is there is left out anyway
    theirs = scattered(theirs.to_empty(device="cpu"))
    for module in theirs.features:
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.bias, 0, 0.1)
    stand_in(monkeypatch, tmp_path, name, lambda folder: write(theirs, folder / file))
    ours = features(name)
    x = pictures(64)
    with torch.no_grad():
        wanted = theirs.features[: stages - 1](imagenet_input(x))
        wanted = theirs.features[stages - 1](wanted)
        found, later = ours.several(x, [layer, list(ours.layers)[-1]])
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
    assert float(found.min()) < 0 and later.shape[1] == 512  # what comes after has not changed it


@pytest.mark.skipif(not OXFORD.is_file(), reason="the mirror with vgg16-oxford is not here")
def test_vgg16_of_a_file_by_torchvision_s_names_has_torchvision_s_values(monkeypatch, tmp_path: Path) -> None:
    """Real weights, of another training: the values are those of torchvision's module with the same weights."""
    weights = {name: tensor.float() for name, tensor in safetensors.torch.load_file(OXFORD).items()}
    head = {"pre_logits.fc1.weight": torch.zeros(2, 2, 7, 7), "head.fc.bias": torch.zeros(2)}  # by timm's names

    def both(folder: Path) -> None:
        safetensors.torch.save_file(weights | head, folder / "model.safetensors")

    stand_in(monkeypatch, tmp_path, "vgg16", both)
    with torch.device("meta"):
        theirs = torchvision.models.vgg16().features
    theirs.load_state_dict({name.removeprefix("features."): value for name, value in weights.items()}, assign=True)
    x = pictures(64)
    with torch.no_grad():
        wanted = theirs[:28](imagenet_input(x))
        wanted = theirs[28](wanted)
        found = features("vgg16")(x, "conv5_3")
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["vgg16", "vgg19", "resnet34", "resnet50"])
def test_timm_s_names_and_shapes_become_torchvision_s(name: str) -> None:
    with torch.device("meta"):
        theirs = torchvision.models.get_model(name).state_dict()
        ours = torchvision_names(timm.create_model(name).state_dict())
    assert {key: value.shape for key, value in ours.items()} == {key: value.shape for key, value in theirs.items()}


def test_a_convolution_of_timm_s_head_is_the_matrix_of_torchvision_s() -> None:
    torch.manual_seed(0)
    convolution, matrix = nn.Conv2d(3, 5, 7), nn.Linear(3 * 7 * 7, 5)
    renamed = torchvision_names({f"pre_logits.fc1.{key}": value for key, value in convolution.state_dict().items()})
    matrix.load_state_dict({key.removeprefix("classifier.0."): value for key, value in renamed.items()})
    x = torch.randn(2, 3, 7, 7)
    torch.testing.assert_close(matrix(x.flatten(1)), convolution(x).flatten(1), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["resnet34", "resnet50"])
def test_a_resnet_ends_in_torchvision_s_own_pooled_features(name: str, monkeypatch, tmp_path: Path) -> None:
    theirs = scattered(torchvision.models.get_model(name))
    stand_in(monkeypatch, tmp_path, name, lambda folder: write(theirs, folder / "model.safetensors"))
    theirs.fc = nn.Identity()
    x = pictures(224)
    with torch.no_grad():
        wanted = theirs(imagenet_input(x))
        found = features(name).pooled(x)
    torch.testing.assert_close(found, wanted, atol=1e-5 * float(wanted.abs().max()), rtol=1e-4)


def test_weights_of_another_network_are_refused(monkeypatch, tmp_path: Path) -> None:
    other = torchvision.models.resnet18()
    stand_in(monkeypatch, tmp_path, "resnet34", lambda folder: write(other, folder / "model.safetensors"))
    with pytest.raises(WeightsError, match="the weights of resnet34 are of another architecture"):
        features("resnet34")


def test_the_inception_network_of_fid_is_torch_fidelity_s(monkeypatch, tmp_path: Path) -> None:
    fidelity = pytest.importorskip(
        "torch_fidelity.feature_extractor_inceptionv3", reason="torch-fidelity is not installed"
    )
    network = scattered(inception_fid())
    file = "pt_inception-2015-12-05-6726825d.pth"
    folder = stand_in(monkeypatch, tmp_path, "inception_fid", lambda at: write(network, at / file))
    theirs = fidelity.FeatureExtractorInceptionV3("inception", ["2048"], str(folder / file))
    ours = features("inception_fid")
    for side in (64, 400):
        picture_bytes = torch.randint(0, 256, (1, 3, side, side + 7), dtype=torch.uint8)
        with torch.no_grad():
            (wanted,) = theirs(picture_bytes)
            found = ours.pooled(picture_bytes.float() / 127.5 - 1)
        assert found.shape == (1, 2048)
        torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
    with torch.no_grad():
        shapes = [seen.shape[1:] for seen in ours.several(pictures(299)[:1], list(ours.layers))]
    assert shapes == [(288, 35, 35), (768, 17, 17), (2048, 8, 8)]


def test_the_resize_of_tensorflow_reads_pixel_k_at_k_times_the_ratio() -> None:
    """A ramp stays a ramp until its last pixel, and half a step between two bytes is rounded away before."""
    ramp = torch.arange(4.0).mul(60).view(1, 1, 1, 4).expand(1, 3, 4, 4)
    found = resize_as_tensorflow(ramp / 127.5 - 1, 8).add(1).mul(127.5)
    torch.testing.assert_close(found[0, 0, 0], torch.tensor([0.0, 30, 60, 90, 120, 150, 180, 180]), atol=1e-3, rtol=0)
    same = resize_as_tensorflow((ramp + 0.4) / 127.5 - 1, 4).add(1).mul(127.5)
    torch.testing.assert_close(same, ramp, atol=1e-3, rtol=0)


def listed_bytes(network: nn.Module) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in network.state_dict().values())


def test_the_listed_files_are_as_large_as_the_networks() -> None:
    """A file is its tensors and a little more: names, and in a state dict some alignment."""
    with torch.device("meta"):
        names = ("vgg16", "vgg19", "resnet34", "resnet50", "squeezenet1_1")
        networks = {name: torchvision.models.get_model(name) for name in names}
        networks |= {"inception_fid": inception_fid(), "deeplabv3_resnet50": DeepLab().network}
    for name, network in networks.items():
        size = network_files(name)[0].size
        assert 0 < size - listed_bytes(network) < 0.005 * size, name
