"""DeepLab against torchvision's own network and preprocessing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision
from network_files import stand_in
from torchvision.models.segmentation import DeepLabV3_ResNet50_Weights as Weights
from torchvision.transforms.v2.functional import normalize

from toonkit.networks.deeplab import NAME, PASCAL, load_deeplab
from toonkit.project.errors import SourceError

FILE = "deeplabv3_resnet50_coco-cd0a2569.pth"


def test_it_is_torchvisions_network_with_torchvisions_preprocessing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="toonkit fetch deeplabv3_resnet50"):
        monkeypatch.delenv("TOONKIT_MIRROR", raising=False)
        monkeypatch.setenv("TOONKIT_CACHE", str(tmp_path))
        load_deeplab()
    torch.manual_seed(0)
    theirs = torchvision.models.get_model(NAME, weights=None, weights_backbone=None, aux_loss=True).eval()
    stand_in(monkeypatch, tmp_path, NAME, lambda folder: torch.save(theirs.state_dict(), folder / FILE))
    pictures = torch.rand(1, 3, 64, 80)
    preset = Weights.DEFAULT.transforms()
    with torch.no_grad():
        wanted = theirs(normalize(pictures, preset.mean, preset.std))["out"]
        found = load_deeplab()(pictures * 2 - 1)
    assert found.shape == (1, len(PASCAL), 64, 80)
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)


def test_its_classes_are_torchvisions() -> None:
    theirs = [name.removeprefix("__").removesuffix("__") for name in Weights.DEFAULT.meta["categories"]]
    assert list(PASCAL) == theirs
