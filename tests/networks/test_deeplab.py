"""DeepLab against torchvision's own network and preprocessing."""

from __future__ import annotations

from pathlib import Path

import pytest
import safetensors.torch
import torch
import torchvision
from torchvision.models.segmentation import DeepLabV3_MobileNet_V3_Large_Weights as Weights
from torchvision.transforms.v2.functional import normalize

from toonkit.networks.deeplab import NAME, PASCAL, load_deeplab
from toonkit.project.errors import WeightsError


def test_it_is_torchvisions_network_with_torchvisions_preprocessing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
    monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
    with pytest.raises(WeightsError, match=r"deeplabv3_mobilenet_v3_large needs .*convert it once"):
        load_deeplab()
    torch.manual_seed(0)
    theirs = torchvision.models.get_model(NAME, weights=None, weights_backbone=None, aux_loss=True).eval()
    (tmp_path / "torchvision").mkdir()
    path = tmp_path / "torchvision" / f"{NAME}.safetensors"
    safetensors.torch.save_file(theirs.state_dict(), path)
    pictures = torch.rand(1, 3, 64, 80)
    preset = Weights.DEFAULT.transforms()
    with torch.no_grad():
        wanted = theirs(normalize(pictures, preset.mean, preset.std))["out"]
        found = load_deeplab()(pictures * 2 - 1)
    assert found.shape == (1, len(PASCAL), 64, 80)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)
    path.write_bytes(b"cut")
    with pytest.raises(WeightsError, match="no whole safetensors file"):
        load_deeplab()


def test_its_classes_are_torchvisions() -> None:
    theirs = [name.removeprefix("__").removesuffix("__") for name in Weights.DEFAULT.meta["categories"]]
    assert list(PASCAL) == theirs
